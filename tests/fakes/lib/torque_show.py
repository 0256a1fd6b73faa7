"""How Torque shows jobs: qstat, qstat -a, qstat -f, and qstat -x, which is XML here."""

import time
from xml.sax.saxutils import escape

import options
import pbs_run
import pbs_show
import pbs_submit

WALLTIME_EXCEEDED = -11  # JOB_EXEC_OVERLIMIT_WT


def listed(jobs, given):
    if not jobs:
        return ""
    if "x" in given:
        return as_xml(jobs)
    if "f" in given:
        return "".join(in_full(job, letter, "1" in given) for job, letter in jobs)
    if set(given) & set("ainrsuGM"):
        return in_columns(jobs)
    return brief(jobs)


def short_id(job):
    """The number and the first part of the server's name; a very long one is cut, past its column."""
    text = ".".join(pbs_submit.full_id(job["id"]).split(".")[:2])
    return text[:28]


def cut_name(name):
    """Of a long name the end is shown, behind three dots."""
    return name if len(name) <= 16 else "..." + name[-13:]


def brief(jobs):
    lines = ["Job ID                    Name             User            Time Use S Queue",
             "------------------------- ---------------- --------------- -------- - -----"]
    for job, letter in jobs:
        used = "00:00:00" if job["started"] else "0"
        lines.append(f"{short_id(job):<26} {cut_name(job['name']):<16} {job['user'][:15]:<15} {used:>8} "
                     f"{letter[:1]:>1} {job['queue'][:15]:<15}")
    return "\n".join(lines) + "\n"


def in_columns(jobs):
    """The alternate format of -a, -i, -r, -u."""
    indent = " " * 82
    lines = ["", f"{pbs_submit.server()}: ", f"{indent}Req'd       Req'd       Elap",
             "Job ID                  Username    Queue    Jobname          SessID  NDS   TSK   Memory      Time    S   Time",
             "----------------------- ----------- -------- ---------------- ------ ----- ------ --------- --------- - ---------"]
    for job, letter in jobs:
        elapsed = options.clock((job["ended"] or time.time()) - job["started"]) if job["started"] else "   -- "
        asked = options.clock(job["walltime"]) if job["walltime"] is not None else "   -- "
        lines.append(f"{pbs_submit.full_id(job['id'])[:23]:<23} {job['user'][:11]:<11} {job['queue'][:8]:<8} "
                     f"{job['name'][:16]:<16} {str(job['pid'] or '--')[:6]:>6} {'1':>5} {'1':>6} {'--':>9} "
                     f"{asked:>9} {letter[:1]} {elapsed:>9}")
    return "\n".join(lines) + "\n"


def attributes(job, letter):
    """As the server lists them: (name, value); times stay numbers until they are shown."""
    extra = job["extra"]
    found = [("Job_Name", job["name"]), ("Job_Owner", f"{job['user']}@{job['host']}")]
    if job["started"] and job["state"] != "stopped":
        spent = options.clock((job["ended"] or time.time()) - job["started"])
        found.append(("resources_used", {"cput": "00:00:00", "vmem": "0kb", "walltime": spent, "mem": "0kb",
                                         "energy_used": "0"}))
    found += [("job_state", letter), ("queue", job["queue"]), ("server", pbs_submit.server()),
              ("Checkpoint", "u"), ("ctime", int(job["submitted"])),
              ("Error_Path", f"{job['host']}:{pbs_run.home_of(job, 'e', 'ER')}")]
    if job["started"]:
        found.append(("exec_host", f"{job['host']}/0"))
    if extra.get("starts_at"):
        found.append(("Execution_Time", extra["starts_at"]))
    found += [("Hold_Types", "u" if extra["held"] else "n"), ("Join_Path", extra["join"]),
              ("Keep_Files", "n"), ("Mail_Points", "a"), ("mtime", int(job["ended"] or job["submitted"])),
              ("Output_Path", f"{job['host']}:{pbs_run.home_of(job, 'o', 'OU')}"), ("Priority", "0"),
              ("qtime", int(job["submitted"])), ("Rerunable", "True"),
              ("Resource_List", {"walltime": "01:00:00", "nodes": "1", "nodect": "1", **extra["resources"]})]
    if job["started"]:
        found.append(("session_id", str(job["pid"] or 0)))
    found += [("Variable_List", ",".join(f"{key}={text}" for key, text in extra["variables"].items())),
              ("euser", job["user"]), ("egroup", job["user"]), ("queue_type", "E")]
    if job["started"]:
        found.append(("comment", time.strftime("Job started on %a %b %d at %H:%M", time.localtime(job["started"]))))
    # A job that was held has had no time at which it could begin.
    if not extra["held"] and not extra.get("starts_at"):
        found.append(("etime", int(job["submitted"])))
    status = pbs_run.exit_status(job, WALLTIME_EXCEEDED)
    if status is not None and status > 256:
        status = 271  # whichever signal it was
    if status is not None:
        found.append(("exit_status", str(status)))
    found.append(("submit_args", " ".join(extra["arguments"])))
    if job["started"]:
        found.append(("start_time", int(job["started"])))
        if letter == "R":
            found.append(("Walltime.Remaining", "3600"))
        found.append(("start_count", "1"))
    found.append(("fault_tolerant", "False"))
    if job["started"] and job["ended"]:
        found.append(("comp_time", int(job["ended"])))
    found.append(("job_radix", "0"))
    if job["started"] and job["ended"]:
        found.append(("total_runtime", f"{job['ended'] - job['started']:.6f}"))
    return found + [("submit_host", job["host"]), ("init_work_dir", extra["submit_folder"]),
                    ("request_version", "1")]


def in_full(job, letter, one_line):
    lines = [f"Job Id: {pbs_submit.full_id(job['id'])}"]
    for name, value in attributes(job, letter):
        if isinstance(value, int):
            value = time.ctime(value)
        pairs = [(name, value)] if isinstance(value, str) else \
            [(f"{name}.{key}", text) for key, text in value.items()]
        lines += [f"    {key} = {text}" if one_line else pbs_show.wrapped(f"    {key} = ", text)
                  for key, text in pairs]
    return "\n".join(lines) + "\n\n"


def as_xml(jobs):
    """One line, and times in seconds since the epoch."""
    return '<?xml version="1.0"?>\n' + "<Data>" + "".join(
        f"<Job><Job_Id>{pbs_submit.full_id(job['id'])}</Job_Id>"
        + "".join(element(name, value) for name, value in attributes(job, letter)) + "</Job>"
        for job, letter in jobs) + "</Data>\n"


def element(name, value):
    inner = "".join(element(key, text) for key, text in value.items()) if isinstance(value, dict) \
        else escape(str(value))
    return f"<{name}>{inner}</{name}>"
