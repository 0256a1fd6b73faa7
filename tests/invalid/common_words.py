# /// script
# [tool.dpdispatcher]
# [tool.dpdispatcher.machine]
# batch_type = "Slurm"
# context_type = "LazyLocalContext"
# local_root = "./"
# partition = "a"
# [tool.dpdispatcher.resources]
# group_size = 1
# queue = "short"
# partition = "short"
# nodes = 2
# cpus = 4
# ncpus = 4
# ntasks = 4
# gpus = 1
# ngpus = 1
# time = "1:00:00"
# time_limit = "1:00:00"
# wall_time = "1:00:00"
# mem = "4GB"
# project = "p"
# [[tool.dpdispatcher.task_list]]
# task_work_path = "./"
# mem = 2
# ///
