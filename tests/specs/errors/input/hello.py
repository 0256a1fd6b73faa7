# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "LazyLocalContext"
# [tool.dpdispatcher.resources]
# group_size = "four"
# [[tool.dpdispatcher.task_list]]
# comand = "python3"
# task_workpath = "./"
# ///
print("hello world!")
