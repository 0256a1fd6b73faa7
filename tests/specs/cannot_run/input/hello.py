# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "DistributedShell"
# context_type = "HDFSContext"
# local_root = "./"
# remote_root = "/scratch"
# [tool.dpdispatcher.resources]
# group_size = 1
# [tool.dpdispatcher.resources.kwargs]
# yarn_path = "/opt/yarn"
# img_name = "image"
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "./"
# ///
print("hello world!")
