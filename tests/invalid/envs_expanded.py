# /// script
# [tool.dpdispatcher]
# [tool.dpdispatcher.machine]
# batch_type = "Slurm"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# envs = { A = "price $5", B = "`date`", C = "C:\\\\dir", D = "'price $5'", E = ["a", "$A"], F = "plain", G = 5 }
# [[tool.dpdispatcher.task_list]]
# task_work_path = "./"
# ///
