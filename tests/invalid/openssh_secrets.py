# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Slurm"
# context_type = "SSHContext"
# local_root = "./"
# remote_root = "/scratch/ana"
# [tool.dpdispatcher.resources]
# group_size = 1
# [tool.dpdispatcher.machine.remote_profile]
# hostname = "cluster"
# transport = "openssh"
# password = "${env:CLUSTER_PASSWORD}"
# passphrase = "${file:~/.ssh/passphrase}"
# totp_secret = "${env:CLUSTER_TOTP}"
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
