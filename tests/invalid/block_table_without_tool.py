# /// script
# [dpdispatcher]
# work_base = "./"
# [dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# [dpdispatcher.resources]
# group_size = 1
# [[dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
