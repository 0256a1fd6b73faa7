# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# task_work_path = "run0"
# task_resources = 1
# [[tool.dpdispatcher.task_list]]
# task_work_path = "run1"
# task_resources = 1
# [[tool.dpdispatcher.task_list]]
# task_work_path = "run2"
# task_resources = 1
# ///

print("hello")
