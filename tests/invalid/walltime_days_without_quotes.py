# /// script
# [tool.dpdispatcher]
# [tool.dpdispatcher.machine]
# batch_type = "Slurm"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# walltime = 2-00:00:00
# [[tool.dpdispatcher.task_list]]
# task_work_path = "./"
# ///
