# /// script
# [tool.dpdispatcher]
# continue_on_failure = true
# previous_submission_hash = "0123456789012345678901234567890123456789"
# [tool.dpdispatcher.machine]
# batch_type = "Slurm"
# context_type = "LazyLocalContext"
# local_root = "./"
# create_remote_root = true
# retry_count = -1
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# task_work_path = "./"
# task_need_resources = { task_need_gpus = 1 }
# ///
