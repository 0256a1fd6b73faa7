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
# project_id = 1235
# [tool.dpdispatcher.machine.remote_profile.input_data]
# machine_type = "c2_m4_cpu"
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
