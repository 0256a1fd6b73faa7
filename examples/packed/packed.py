# Six tasks in two jobs, in each two at once. Shell lines before and after the tasks of a job.
#
# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "LazyLocalContext"
# [tool.dpdispatcher.resources]
# group_size = 3
# para_deg = 2
# prepend_script = ["export GREETING=hello"]
# append_script = ["date > finished.txt"]
# [[tool.dpdispatcher.task_list]]
# command = "python3 -u"
# task_work_path = "[a-f]"
# outlog = "greeting.txt"
# backward_files = ["greeting.txt"]
# ///

import os

print(os.environ["GREETING"], os.path.basename(os.getcwd()))
