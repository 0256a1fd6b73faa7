# What another attempt of a task does not change, from the task's own words.

# dpdisp_add_error KEY DIRECTORY LOG START: where the log ends with the name of such an error (Python's, bash's, dash's) after byte
# START, its last line is recorded with the next record. "%20" stands for a space, "%25" for "%" and "_" for every byte that is not visible ASCII.
dpdisp_add_error() {
  local log=$dpdisp_root/$2/$3 line
  case $3 in
    '') return 0 ;;
    /*) log=$3 ;;
  esac
  [[ -s $log ]] || return 0
  line=$(command tail -c "+$(($4 + 1))" <"$log" 2>/dev/null | command tail -c 1000 | LC_ALL=C command awk '
    NF { line = $0 }
    END {
      if (line !~ /^(Syntax|Indentation|Tab|Import|ModuleNotFound|Name)Error(:|$)|: (command )?not found$/) exit
      line = substr(line, 1, 200)
      gsub(/[^ -~]/, "_", line); gsub(/%/, "%25", line); gsub(/ /, "%20", line)
      print line
    }')
  [[ -n $line ]] || return 0
  line="$dpdisp_copy taskError $1 $line"
  dpdisp_unwritten="$dpdisp_unwritten$line #${#line}"$'\n'
}
