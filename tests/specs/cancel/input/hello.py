# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "LazyLocalContext"
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "./"
# ///
import time
time.sleep(20)
