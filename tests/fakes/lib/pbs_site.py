"""The queues of the sites whose answers are in tests/transcripts, with FAKE_SITE=1: limits, access lists, a site's own rule."""

import os
import re

import habits
import options

# After queue_type, total_jobs and state_count, as `qstat -Q -f` shows them.
PBS_QUEUES = {
    "workq": ["resources_assigned.ncpus = 0", "resources_assigned.nodect = 0", "enabled = True", "started = True"],
    "limq": ["max_queued = [u:PBS_GENERIC=3]", "resources_max.mem = 1gb", "resources_max.ncpus = 4",
             "resources_max.nodect = 2", "resources_max.walltime = 01:00:00",
             "resources_default.walltime = 00:10:00", "max_run = [u:PBS_GENERIC=1]", "enabled = True",
             "started = True"],
    "allq": ["max_queued = [o:PBS_ALL=2]", "resources_min.ncpus = 2", "enabled = True", "started = True"],
    "offq": ["enabled = False", "started = True"],
    "stopq": ["enabled = True", "started = False"],
    "aclq": ["acl_user_enable = True", "acl_users = root", "enabled = True", "started = True"],
    "routeq": ["route_destinations = workq", "started = True"],
    "soloq": ["max_queued_res.ncpus = [u:PBS_GENERIC=4]", "enabled = True", "started = True"],
    "hookq": ["enabled = True", "started = True"],
}

TORQUE_QUEUES = {
    "batch": ["resources_default.walltime = 01:00:00", "enabled = True", "started = True"],
    "limq": ["resources_max.walltime = 01:00:00", "resources_max.procct = 4", "resources_max.mem = 1gb",
             "resources_max.nodect = 2", "mtime = 1795787867", "max_user_run = 1", "enabled = True", "started = True"],
    "allq": ["enabled = True", "started = True"],
    "offq": ["enabled = False", "started = True"],
    "aclq": ["acl_user_enable = True", "acl_users = root", "enabled = True", "started = True"],
}

# What Torque shows before the counts.
TORQUE_FIRST = {"limq": ["max_user_queuable = 3"], "allq": ["max_queuable = 2"]}

PBS_SERVER = [
    "server_state = Active",
    "server_host = pbshost",
    "scheduling = True",
    "total_jobs = 252",
    "state_count = Transit:0 Queued:0 Held:0 Waiting:0 Running:0 Exiting:0 Begun:0",
    "default_queue = workq",
    "log_events = 511",
    "mailer = /usr/sbin/sendmail",
    "mail_from = adm",
    "query_other_jobs = True",
    "resources_default.ncpus = 1",
    "default_chunk.ncpus = 1",
    "resources_assigned.ncpus = 0",
    "resources_assigned.nodect = 0",
    "scheduler_iteration = 600",
    "resv_enable = True",
    "node_fail_requeue = 310",
    "max_array_size = 10000",
    "resend_term_delay = 5",
    "pbs_license_min = 0",
    "pbs_license_max = 2147483647",
    "pbs_license_linger_time = 31536000",
    "license_count = Avail_Global:1000000 Avail_Local:1000000 Used:0 High_Use:0",
    "pbs_version = 23.06.06",
    "eligible_time_enable = False",
    "job_history_enable = True",
    "max_concurrent_provision = 5",
    "clear_topjob_estimates_enable = False",
    "max_job_sequence_id = 9999999",
]

TORQUE_SERVER = [
    "server_state = Active",
    "scheduling = True",
    "total_jobs = 53",
    "state_count = Transit:0 Queued:0 Held:0 Waiting:0 Running:0 Exiting:0 Complete:53",
    "acl_hosts = {server}",
    "managers = root@{server}",
    "operators = root@{server}",
    "default_queue = batch",
    "log_events = 2047",
    "mail_from = adm",
    "resources_assigned.nodect = 0",
    "resources_assigned.mem = 0b",
    "scheduler_iteration = 5",
    "node_check_rate = 150",
    "tcp_timeout = 300",
    "job_stat_rate = 3",
    "poll_jobs = True",
    "down_on_error = True",
    "mom_job_sync = True",
    "pbs_version = 6.1.3",
    "keep_completed = 300",
    "next_job_number = 361",
    "net_counter = 20 3 1",
    "moab_array_compatible = True",
    "nppcu = 1",
    "timeout_for_job_delete = 120",
    "timeout_for_job_requeue = 120",
    "note_append_on_error = True",
]

NODE_CPUS = {"pbs": 64, "torque": 16}


def is_on():
    return habits.is_on("FAKE_SITE")


def described(name, kind):
    """qstat -Q -f of one queue. The fake counts no jobs there."""
    first = TORQUE_FIRST.get(name, []) if kind == "torque" else []
    counts = "Transit:0 Queued:0 Held:0 Waiting:0 Running:0 Exiting:0 "
    end = "Begun\n\t:0 " if kind == "pbs" else "Comp\n\tlete:0 "
    lines = (PBS_QUEUES if kind == "pbs" else TORQUE_QUEUES)[name]
    shown = [f"queue_type = {'Route' if name == 'routeq' else 'Execution'}", *first, "total_jobs = 0",
             f"state_count = {counts}{end}", *lines]
    return f"Queue: {name}\n" + "".join(f"    {line}\n" for line in shown) + "\n"


def server(kind, name, queue):
    """qstat -B -f."""
    lines = [line.format(server=name) for line in (PBS_SERVER if kind == "pbs" else TORQUE_SERVER)]
    shown = [f"default_queue = {queue}" if line.startswith("default_queue") else line for line in lines]
    return f"Server: {name}\n" + "".join(f"    {line}\n" for line in shown)


def values(name, kind, attribute):
    lines = (PBS_QUEUES if kind == "pbs" else TORQUE_QUEUES)[name] + TORQUE_FIRST.get(name, [])
    return [line.split(" = ", 1)[1] for line in lines if line.startswith(attribute + " = ")]


def requested(resources):
    """CPUs, MB and seconds of a job."""
    select = resources.get("select", resources.get("nodes", ""))
    count = int(select.split(":")[0]) if select.split(":")[0].isdigit() else 1
    part = dict(piece.partition("=")[::2] for piece in select.split(":")[1:])
    cpus = resources.get("ncpus") or part.get("ncpus") or part.get("ppn") or "1"
    return {
        "nodes": count, "cpus": count * int(cpus), "gpus": int(part.get("gpus", "0") or 0),
        "mem": mebibytes(part.get("mem") or resources.get("mem") or "0"),
        "walltime": options.seconds(resources.get("walltime", "0")) or 0,
    }


def mebibytes(text):
    number, unit = re.fullmatch(r"(\d+)([kmg]?)b?", text).groups()
    return int(number) * {"": 1 / 1024**2, "k": 1 / 1024, "m": 1, "g": 1024}[unit]


def queued_by(jobs, queue, user=None):
    return [job for job in jobs if job["state"] != "ended" and job["queue"] == queue
            and user in (None, job["user"])]


def is_beyond(queue, kind, wanted):
    """The first maximum that the job exceeds, by its name, or None."""
    cpus = "procct" if kind == "torque" else "ncpus"
    amounts = (("mem", "mem", mebibytes), (cpus, "cpus", int), ("nodect", "nodes", int),
               ("walltime", "walltime", options.seconds))
    for name, own, read in amounts:
        for most in values(queue, kind, f"resources_max.{name}"):
            if wanted[own] > read(most):
                return name
        for least in values(queue, kind, f"resources_min.{name}"):
            if wanted[own] < read(least):
                return name
    return None


def refuse(code, text):
    raise habits.Refused(code, f"qsub: {text}")


def check_pbs(queue, resources, jobs):
    if queue == "hookq" and "walltime" not in resources:
        refuse(32, "A walltime is required on this cluster; see https://wiki.example.org")
    if "enabled = False" in PBS_QUEUES[queue]:
        refuse(173, "Queue is not enabled")
    if values(queue, "pbs", "acl_users"):
        refuse(159, "Unauthorized Request ")
    wanted = requested(resources)
    if is_beyond(queue, "pbs", wanted):
        refuse(188, "Job violates queue and/or server resource limits")
    mine = queued_by(jobs, queue, options.user())
    for limit in values(queue, "pbs", "max_queued"):
        kind, most = re.fullmatch(r"\[([uo]):\w+=(\d+)\]", limit).groups()
        if kind == "u" and len(mine) >= int(most):
            refuse(38, "would exceed queue generic's per-user limit")
        if kind == "o" and len(queued_by(jobs, queue)) >= int(most):
            refuse(38, f"Maximum number of jobs already in queue {queue}")
    for limit in values(queue, "pbs", "max_queued_res.ncpus"):
        used = sum(requested(job["extra"]["resources"])["cpus"] for job in mine)
        if used + wanted["cpus"] > int(re.search(r"=(\d+)", limit)[1]):
            refuse(39, f"would exceed per-user limit on resource ncpus in queue {queue}")


NO_NODES = "cannot locate feasible nodes (nodes file is empty, all systems are busy, or no nodes have the requested feature)"


def check_torque(queue, resources, jobs):
    def fail(code, text, what):
        refuse(code, f"submit error ({text} MSG={what})")

    who = f"user {options.user()}@{os.environ.get('FAKE_SERVER', 'server')}, queue {queue}"
    if "enabled = False" in TORQUE_QUEUES[queue]:
        fail(175, "Queue is not enabled", f"queue is disabled: {who}")
    if values(queue, "torque", "acl_users"):
        fail(159, "Unauthorized Request ", f"user ACL rejected the submitting user: {who}")
    wanted = requested(resources)
    beyond = is_beyond(queue, "torque", wanted)
    if beyond:
        fail(190, "Job exceeds queue resource limits", f"cannot satisfy queue max {beyond} requirement")
    properties = [part for part in resources.get("nodes", "").split(":")[1:] if "=" not in part]
    if wanted["cpus"] > NODE_CPUS["torque"] or wanted["nodes"] > 1 or wanted["gpus"] or properties:
        fail(190, "Job exceeds queue resource limits", NO_NODES)
    if queue == "allq" and len(queued_by(jobs, queue)) >= 2:
        fail(200, "Maximum number of jobs already in queue",
             f"total number of jobs in queue exceeds the queue limit: {who}")
    if queue == "limq" and len(queued_by(jobs, queue, options.user())) >= 3:
        fail(228, "Maximum number of jobs already in queue for user",
             f"total number of current user's jobs exceeds the queue limit: {who}")
