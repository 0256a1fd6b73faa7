# Sweeps.
# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "LocalContext"
# remote_root = "far"
# retry_count = 0
# [tool.dpdispatcher.resources]
# group_size = 3
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "t*"
# forward_files = ["x"]
# backward_files = ["out.txt"]
# ///

# What follows has more comments.
import os, sys

name = os.path.basename(os.getcwd())
with open("../count-" + name, "a") as count:
    count.write("x")
if name == "t2":
    sys.exit("# not yet")  # "soon"

open("out.txt", "w").write(name)

# end
