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
# command = "python3"
# task_work_path = "t*"
# [[tool.dpdispatcher.task_list]]
# command = "python3 -u"
# task_work_path = "t*"
# [[tool.dpdispatcher.task_list]]
# command = "python3 -v"
# task_work_path = "t1"
# outlog = "other"
# errlog = "other"
# ///
print("hello")
