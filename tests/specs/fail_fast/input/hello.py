# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# retry_count = 0
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "t*"
# ///
import os, sys, time
if os.getcwd().endswith("t0"):
    time.sleep(0.5)
    sys.exit(3)
time.sleep(60)
