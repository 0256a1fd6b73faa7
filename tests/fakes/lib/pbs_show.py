"""How OpenPBS shows jobs: qstat, qstat -a, qstat -f, qstat -f -F json."""

import json
import re
import time

import habits
import options
import pbs_run
import pbs_site
import pbs_submit

WALLTIME_EXCEEDED = -29  # JOB_EXEC_KILL_WALLTIME


def listed(jobs, given, operands):
    """`jobs` with their state letters, in the format that the options ask for."""
    if "E" in given:
        jobs = sorted(jobs, key=lambda pair: int(pair[0]["id"]))
    alternate = set(given) & set("aiHnrsuTG")
    if alternate and not ("w" in given and "f" in given):
        return in_columns(jobs, "w" in given) + (as_json([]) if given.get("F") == "json" else "")
    if given.get("F") == "json":
        return as_json(jobs)
    if "f" in given:
        return "".join(in_full(job, letter, "w" in given) for job, letter in jobs)
    return brief(jobs, first_asked_is_shown(jobs, operands))


def first_asked_is_shown(jobs, operands):
    """The header comes with the answer for the first operand: if that fails, there is none."""
    first = operands[0].split(".")[0] if operands else None
    return not operands or any(job["id"] == first for job, _ in jobs) or not first.isdigit()


def cut(text, width):
    """What does not fit ends with an asterisk in the last column."""
    return text if len(text) <= width else text[:width - 1] + "*"


def short_id(job):
    """The number and the first part of the server's name, in 17 columns."""
    return cut(".".join(pbs_submit.full_id(job["id"]).split(".")[:2]), 17)


def brief(jobs, with_header):
    if not jobs:
        return ""
    lines = []
    if with_header:
        lines = ["Job id            Name             User              Time Use S Queue",
                 "----------------  ---------------- ----------------  -------- - -----"]
    for job, letter in jobs:
        # A name of 16 characters is cut too: 15 and the asterisk.
        name = job["name"] if len(job["name"]) < 16 else job["name"][:15] + "*"
        used = "00:00:00" if job["started"] else "0"
        lines.append(f"{short_id(job):<17} {name:<16} {cut(job['user'], 16):<16}  {used:>8} "
                     f"{cut(letter, 1):>1} {cut(job['queue'], 16):<16}")
    return "\n".join(lines) + "\n"


HEADS = (("Job ID", 15, 30), ("Username", 8, 15), ("Queue", 8, 15), ("Jobname", 10, 15),
         ("SessID", 6, 8), ("NDS", 3, 4), ("TSK", 3, 5))


def in_columns(jobs, wide):
    """The alternate format, narrow or wide (-w)."""
    if not jobs:
        return ""
    widths = [wide_width if wide else width for _, width, wide_width in HEADS]
    indent = " " * (sum(widths) + len(widths))
    lines = ["", f"{pbs_submit.server()}: ", f"{indent}Req'd  Req'd   Elap",
             " ".join(f"{head:<{width}}" for (head, _, _), width in zip(HEADS, widths)) + " Memory Time  S Time",
             " ".join("-" * width for width in widths) + " ------ ----- - -----"]
    for job, letter in jobs:
        elapsed = options.clock((job["ended"] or time.time()) - job["started"])[:5] if job["started"] else " -- "
        asked = options.clock(job["walltime"])[:5] if job["walltime"] is not None else " -- "
        cells = [pbs_submit.full_id(job["id"]), job["user"], job["queue"], job["name"],
                 str(job["pid"] or " -- "), "1", "1"]
        row = " ".join(f"{cut(cell, width):{'<' if at < 4 else '>'}{width}}"
                       for at, (cell, width) in enumerate(zip(cells, widths)))
        lines.append(f"{row}    --  {asked:>5} {cut(letter, 1)} {elapsed:>5}")
    return "\n".join(lines) + "\n"


def attributes(job, letter):
    """As the server lists them: (name, value), a value being a mapping for resources and variables."""
    def when(moment):
        return time.strftime("%a %b %e %H:%M:%S %Y", time.localtime(moment))

    extra, number = job["extra"], job["id"]
    owner = f"{job['user']}@{job['host']}"
    found = [("Job_Name", job["name"]), ("Job_Owner", owner)]
    if job["started"]:
        spent = options.clock((job["ended"] or time.time()) - job["started"])
        found.append(("resources_used", {"cpupercent": "0", "cput": "00:00:00", "mem": "0b", "ncpus": "1",
                                         "vmem": "0kb", "walltime": spent}))
    found += [("job_state", letter), ("queue", job["queue"]), ("server", pbs_submit.server()),
              ("Checkpoint", "u"), ("ctime", when(job["submitted"])),
              ("Error_Path", f"{job['host']}:{pbs_run.home_of(job, 'e', 'ER')}")]
    if job["extra"].get("starts_at"):
        found.append(("Execution_Time", job["extra"]["starts_at"]))
    if job["started"]:
        found += [("exec_host", f"{job['host']}/0"), ("exec_vnode", f"({job['host']}:ncpus=1)")]
    found += [("Hold_Types", "u" if extra["held"] else "n"), ("Join_Path", extra["join"]),
              ("Keep_Files", "n"), ("Mail_Points", "a"), ("mtime", when(job["ended"] or job["submitted"])),
              ("Output_Path", f"{job['host']}:{pbs_run.home_of(job, 'o', 'OU')}"), ("Priority", "0"),
              ("qtime", when(job["submitted"])), ("Rerunable", "True"),
              ("Resource_List", resource_list(extra["resources"]))]
    if job["started"]:
        found.append(("stime", when(job["started"])))
        if job["ended"]:
            found.append(("obittime", when(job["ended"])))
        found += [("session_id", str(job["pid"] or 0)), ("jobdir", job["folder"])]
    found += [("substate", str(substate(job))), ("Variable_List", extra["variables"])]
    if comment(job):
        found.append(("comment", comment(job)))
    # A job that was held has had no time at which it could begin.
    if not extra["held"] and not extra.get("starts_at"):
        found.append(("etime", when(job["submitted"])))
    if job["started"]:
        found.append(("run_count", "1"))
        if job["ended"]:
            found.append(("Stageout_status", "1"))
    status = pbs_run.exit_status(job, WALLTIME_EXCEEDED)
    if status is not None:
        found.append(("Exit_status", str(status)))
    found.append(("Submit_arguments", " ".join(extra["arguments"])))
    if job["state"] == "ended":
        found.append(("history_timestamp", str(int(job["ended"]))))
    return found + [("project", "_pbs_project_default"), ("Submit_Host", job["host"])]


def resource_list(resources):
    asked = pbs_site.requested(resources)
    return {"ncpus": str(asked["cpus"]), "nodect": str(asked["nodes"]),
            "place": "free" if "select" in resources else "pack", "select": "1:ncpus=1", **resources}


def queues(names, kind, known, unknown):
    """qstat -Q -f: of these queues, or of all."""
    for name in names:
        if name not in known:
            raise habits.Refused(unknown[0], unknown[1].format(name))
    print("".join(pbs_site.described(name, kind) for name in names or known), end="")
    return 0


def substate(job):
    if job["state"] == "ended":
        if job["reason"] == "cancelled":
            return 91
        return 92 if pbs_run.exit_status(job, WALLTIME_EXCEEDED) == 0 else 93
    if job["extra"].get("starts_at"):
        return 30
    return {"queued": 10, "held": 20, "running": 42, "stopped": 43}[job["state"]]


def comment(job):
    if not job["started"]:
        asked = pbs_site.requested(job["extra"]["resources"])["cpus"]
        total = pbs_site.NODE_CPUS["pbs"]
        return f"Can Never Run: Insufficient amount of resource: ncpus (R: {asked} A: {total} T: {total})" \
            if asked > total and job["state"] == "queued" else ""
    start = time.strftime("Job run at %a %b %d at %H:%M on ", time.localtime(job["started"]))
    start += f"({job['host']}:ncpus=1)"
    if job["state"] != "ended":
        return start
    if job["reason"] != "exit":
        by = f"{job['user']}@{job['host']}"
        return start + (f" and terminated by {by}" if job["reason"] == "cancelled"
                        else " and exceeded resource walltime")
    return start + (" and finished" if job["code"] == 0 else " and failed")


def in_full(job, letter, one_line):
    """qstat -f: long values broken at commas, or at 78 columns, with a tab before the rest."""
    lines = [f"Job Id: {pbs_submit.full_id(job['id'])}"]
    for name, value in attributes(job, letter):
        if name == "Variable_List":
            value = ",".join(f"{key}={text}" for key, text in value.items())
        pairs = [(name, value)] if isinstance(value, str) else \
            [(f"{name}.{key}", text) for key, text in value.items()]
        lines += [f"    {key} = {text}" if one_line else wrapped(f"    {key} = ", text) for key, text in pairs]
    return "\n".join(lines) + "\n\n"


def wrapped(start, text):
    done, room = start, 78 - len(start)
    for at, piece in enumerate(text.split(",")):
        piece = "," + piece if at else piece
        if at and len(piece) >= room:
            done, room = done + ",\n\t", 70
            piece = piece[1:]
        while len(piece) > room:
            done, piece, room = done + piece[:room] + "\n\t", piece[room:], 70
        done, room = done + piece, room - len(piece)
    return done


def number_or_text(text):
    """JSON values that look like numbers are written as numbers, a job's name among them."""
    if re.fullmatch(r"-?(0|[1-9]\d*)", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?(0|[1-9]\d*)\.\d+", text) else text


def as_json(jobs):
    frame = {"timestamp": int(time.time()), "pbs_version": "23.06.06", "pbs_server": pbs_submit.server()}
    if jobs:
        frame["Jobs"] = {
            pbs_submit.full_id(job["id"]): {
                name: number_or_text(value) if isinstance(value, str)
                else {key: number_or_text(text) for key, text in value.items()}
                for name, value in attributes(job, letter)}
            for job, letter in jobs}
    return json.dumps(frame, indent=4, separators=(",", ":")) + "\n"
