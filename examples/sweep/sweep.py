#!/usr/bin/env -S dpdisp run
# One task per folder that the pattern matches; each reads its own input.
#
# /// script
# [tool.dpdispatcher]
# work_base = "runs"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "LazyLocalContext"
# [tool.dpdispatcher.resources]
# group_size = 1
# envs = { STEPS = 1000 }
# [[tool.dpdispatcher.task_list]]
# command = "python3"
# task_work_path = "*"
# backward_files = ["energy.txt"]
# ///

import json
import os

with open("input.json") as file:
    temperature = json.load(file)["temperature"]

steps = int(os.environ["STEPS"])
energy = sum(temperature / (step + 1) for step in range(steps))

with open("energy.txt", "w") as file:
    file.write(f"{energy:.3f}\n")
