# Runs in a folder of its own below remote_root: inputs go there, results come back.
#
# /// script
# [tool.dpdispatcher]
# work_base = "./"
# forward_common_files = ["units.json"]
# backward_common_files = []
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "LocalContext"
# remote_root = "scratch"
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "case"
# forward_files = ["lengths.txt"]
# backward_files = ["total.txt", "log"]
# ///

import json

with open("../units.json") as file:
    factor = json.load(file)["to_metres"]

with open("lengths.txt") as file:
    total = sum(float(line) for line in file)

print(f"{total} feet")
with open("total.txt", "w") as file:
    file.write(f"{total * factor:.2f} m\n")
