# /// script
# [tool.dpdispatcher]
# work_base = "work"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "LocalContext"
# remote_root = "far"
# [tool.dpdispatcher.resources]
# group_size = 2
# strategy = { customized_script_header_template_file = "sub/head.txt" }
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "t*"
# ///
print("hello world!")
