# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "LazyLocalContext"
# retry_count = 1
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "t*"
# ///
import os, sys
if os.getcwd().endswith("t1"):
    sys.exit("no convergence after 40 steps")
print("done")
