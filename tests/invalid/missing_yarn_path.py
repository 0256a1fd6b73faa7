# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "DistributedShell"
# context_type = "HDFSContext"
# local_root = "./"
# remote_root = "/user/ana"
# [tool.dpdispatcher.resources]
# group_size = 1
# kwargs = { img_name = "python:3.12" }
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
