# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Bohrium"
# context_type = "Bohrium"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# [tool.dpdispatcher.machine.remote_profile]
# program_id = 1234
# [tool.dpdispatcher.machine.remote_profile.input_data]
# deadline = 2026-01-31
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
