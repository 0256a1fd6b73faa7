# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LocalContext"
# local_root = "./"
# remote_root = "./far"
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "t*"
# forward_files = ["in.txt"]
# ///
print("hello world!")
