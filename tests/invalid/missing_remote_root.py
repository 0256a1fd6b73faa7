# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Slurm"
# context_type = "SSHContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# [tool.dpdispatcher.machine.remote_profile]
# hostname = "cluster"
# username = "ana"
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
