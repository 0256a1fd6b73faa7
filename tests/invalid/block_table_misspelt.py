# /// script
# [tool.dpdispacher]
# work_base = "./"
# [tool.dpdispacher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispacher.resources]
# group_size = 1
# [[tool.dpdispacher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
