# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# queue_name = short
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
