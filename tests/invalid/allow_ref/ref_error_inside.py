# /// script
# [tool.dpdispatcher]
# work_base = "./"
# resources = { "$ref" = "inside.yaml" }
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///

print("hello")
