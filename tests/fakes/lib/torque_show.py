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
    return text[:28] if len(text) > 22 else text


def brief(jobs):
    lines = ["Job id                    Name             User            Time Use S Queue",
             "------------------------- ---------------- --------------- -------- - -----"]
    for job, letter in jobs:
        used = "00:00:00" if job["started"] else "0"
        lines.append(f"{short_id(job):<25} {job['name']:<16} {job['user'][:15]:<15} {used:>8} "
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
    if job["started"]:
        spent = options.clock((job["ended"] or time.time()) - job["started"])
        found.append(("resources_used", {"cput": "00:00:00", "energy_used": "0", "mem": "0kb",
                                         "vmem": "0kb", "walltime": spent}))
    found += [("job_state", letter), ("queue", job["queue"]), ("server", pbs_submit.server()),
              ("Checkpoint", "u"), ("ctime", int(job["submitted"])),
              ("Error_Path", f"{job['host']}:{pbs_run.home_of(job, 'e', 'ER')}")]
    if job["started"]:
        found.append(("exec_host", f"{job['host']}/0"))
    found += [("Hold_Types", "u" if job["state"] == "held" else "n"), ("Join_Path", extra["join"]),
              ("Keep_Files", "n"), ("Mail_Points", "a"), ("mtime", int(job["ended"] or job["submitted"])),
              ("Output_Path", f"{job['host']}:{pbs_run.home_of(job, 'o', 'OU')}"), ("Priority", "0"),
              ("qtime", int(job["submitted"])), ("Rerunable", "True"),
              ("Resource_List", {"nodes": "1", "nodect": "1", **extra["resources"]})]
    if job["started"]:
        found.append(("session_id", str(job["pid"] or 0)))
    found += [("Variable_List", ",".join(f"{key}={text}" for key, text in extra["variables"].items())),
              ("euser", job["user"]), ("etime", int(job["submitted"]))]
    status = pbs_run.exit_status(job, WALLTIME_EXCEEDED)
    if job["state"] == "ended":
        # Deleted before it ran: the server writes 271 all the same.
        found.append(("exit_status", str(271 if status is None else status)))
    found.append(("submit_args", " ".join(extra["arguments"])))
    if job["started"]:
        found.append(("start_time", int(job["started"])))
    if job["state"] == "ended":
        found.append(("comp_time", int(job["ended"])))
    return found + [("fault_tolerant", "False"), ("job_radix", "0"), ("submit_host", job["host"])]


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
    return "<Data>" + "".join(
        f"<Job><Job_Id>{pbs_submit.full_id(job['id'])}</Job_Id>"
        + "".join(element(name, value) for name, value in attributes(job, letter)) + "</Job>"
        for job, letter in jobs) + "</Data>\n"


def element(name, value):
    inner = "".join(element(key, text) for key, text in value.items()) if isinstance(value, dict) \
        else escape(str(value))
    return f"<{name}>{inner}</{name}>"
