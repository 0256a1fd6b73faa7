# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# walltime = "01:00:00"
# exclusive = false
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
