# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Fugaku"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# memory = "4GB"
# qos = "long"
# exclusive = true
# account = "lab"
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
