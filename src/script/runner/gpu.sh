# A GPU for each running task: the one with the fewest running tasks, in turn.

# dpdisp_share_gpus COUNT: sets the devices to the first COUNT of those that the batch system gave, else to 0 to COUNT - 1. The number
# of tasks at once holds for each of them.
dpdisp_share_gpus() {
  local rest=${CUDA_VISIBLE_DEVICES-} gpu
  dpdisp_next_gpu=0
  for ((gpu = 0; gpu < $1; gpu++)); do
    if [[ -z ${CUDA_VISIBLE_DEVICES-} ]]; then
      dpdisp_gpus[gpu]=$gpu
    elif [[ -n $rest ]]; then
      dpdisp_gpus[gpu]=${rest%%,*}
      case $rest in
        *,*) rest=${rest#*,} ;;
        *) rest= ;;
      esac
    fi
  done
  dpdisp_at_once=$((dpdisp_at_once * ${#dpdisp_gpus[@]}))
}

# dpdisp_assign_gpu NUMBER: sets dpdisp_gpu for that task; empty where GPUs are not shared.
dpdisp_assign_gpu() {
  local count=${#dpdisp_gpus[@]} best='' at step
  dpdisp_gpu=
  [[ $count -gt 0 ]] || return 0
  for ((step = 0; step < count; step++)); do
    at=$(((dpdisp_next_gpu + step) % count))
    if [[ -z $best || ${dpdisp_gpu_load[at]:-0} -lt ${dpdisp_gpu_load[best]:-0} ]]; then best=$at; fi
  done
  dpdisp_gpu_load[best]=$((${dpdisp_gpu_load[best]:-0} + 1))
  dpdisp_next_gpu=$((best + 1))
  dpdisp_gpu_of[$1]=$best
  dpdisp_gpu=${dpdisp_gpus[best]}
}

dpdisp_release_gpu() {
  local at=${dpdisp_gpu_of[$1]-}
  [[ -n $at ]] || return 0
  dpdisp_gpu_load[at]=$((dpdisp_gpu_load[at] - 1))
  unset "dpdisp_gpu_of[$1]"
}
