# /// script
# [tool.dpdispatcher]
# work_base = "./"
# resources = { "$ref" = "chain_a.json" }
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
