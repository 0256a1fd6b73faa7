"""How LSF shows jobs: bjobs, bjobs -o, bjobs -l, bhist, bhist -l."""

import json
import re
import time

import habits
import lsf_run


def month(moment):
    return time.strftime("%b %e %H:%M", time.localtime(moment))


def stamp(moment):
    return time.strftime("%a %b %e %H:%M:%S", time.localtime(moment))


def short_name(name, width):
    """Of a long name the end is shown, behind an asterisk."""
    return name if len(name) <= width else "*" + name[-(width - 1):]


def brief(shown, wide, header=True):
    """The default columns; in wide format nothing is cut."""
    lines = ["JOBID   USER    STAT  QUEUE      FROM_HOST   EXEC_HOST   JOB_NAME   SUBMIT_TIME"] if header else []
    for job, stat in shown:
        if wide:
            runs_on = job["host"] if job["started"] else "   -    "
            lines.append(f"{job['id']:<7} {job['user']:<7} {stat:<5} {job['queue']:<10} {job['host']:<11} "
                         f"{runs_on:<11} {job['name']:<10} {month(job['submitted'])}")
        else:
            runs_on = job["host"] if job["started"] else ""
            lines.append(f"{job['id']:<7} {job['user'][:7]:<7} {stat[:5]:<5} {job['queue'][:10]:<10} "
                         f"{job['host'][:11]:<11} {runs_on[:11]:<11} {short_name(job['name'], 10):<10} "
                         f"{month(job['submitted'])}")
    return "".join(line + "\n" for line in lines)


def finish_time(job):
    return month(job["ended"]) + " L" if job["ended"] else "-"


def exit_code_cell(job):
    if job["state"] != "ended" or not job["started"] or lsf_run.exit_code(job) == 0:
        return "-"
    return str(lsf_run.exit_code(job))


def exit_reason(job):
    return lsf_run.TERM_REASONS.get(job["reason"], "-").rstrip(".") if job["state"] == "ended" else "-"


#: Fields of -o: heading, recommended width, value.
FIELDS = {
    "jobid": ("JOBID", 7, lambda job, stat: job["id"]),
    "jobindex": ("JOBINDEX", 8, lambda job, stat: "0"),
    "stat": ("STAT", 5, lambda job, stat: stat),
    "user": ("USER", 7, lambda job, stat: job["user"]),
    "queue": ("QUEUE", 10, lambda job, stat: job["queue"]),
    "job_name": ("JOB_NAME", 10, lambda job, stat: job["name"]),
    "command": ("COMMAND", 15, lambda job, stat: job["extra"]["command"]),
    "proj_name": ("PROJ_NAME", 11, lambda job, stat: job["extra"]["project"]),
    "from_host": ("FROM_HOST", 11, lambda job, stat: job["host"]),
    "exec_host": ("EXEC_HOST", 11, lambda job, stat: job["host"] if job["started"] else "-"),
    "exit_code": ("EXIT_CODE", 10, lambda job, stat: exit_code_cell(job)),
    "exit_reason": ("EXIT_REASON", 50, lambda job, stat: exit_reason(job)),
    "submit_time": ("SUBMIT_TIME", 15, lambda job, stat: month(job["submitted"])),
    "start_time": ("START_TIME", 15, lambda job, stat: month(job["started"]) if job["started"] else "-"),
    "finish_time": ("FINISH_TIME", 16, lambda job, stat: finish_time(job)),
    "run_time": ("RUN_TIME", 15, lambda job, stat: "0 second(s)" if not job["started"] else
                 f"{int((job['ended'] or time.time()) - job['started'])} second(s)"),
    "sub_cwd": ("SUB_CWD", 10, lambda job, stat: job["extra"]["submit_folder"]),
    "exec_cwd": ("EXEC_CWD", 10, lambda job, stat: job["folder"] if job["started"] else "-"),
    "output_file": ("OUTPUT_FILE", 10, lambda job, stat: job["extra"]["o"] or "-"),
    "pids": ("PIDS", 20, lambda job, stat: str(job["pid"] or "-")),
    "slots": ("SLOTS", 5, lambda job, stat: str(job["extra"]["processors"])),
}
FIELDS |= {alias: FIELDS[name] for alias, name in {
    "id": "jobid", "name": "job_name", "cmd": "command", "proj": "proj_name", "fhost": "from_host",
    "ehost": "exec_host", "ecode": "exit_code", "ereason": "exit_reason", "stime": "submit_time",
    "ftime": "finish_time", "rtime": "run_time"}.items()}


def chosen_fields(format_text):
    """[(field, width or None, to the right)], and the delimiter."""
    delimiter = re.search(r"delimiter\s*=\s*(['\"])(.)\1", format_text)
    names = re.sub(r"delimiter\s*=\s*(['\"]).*?\1", "", format_text).split()
    fields = []
    for word in names:
        name, colon, width = word.partition(":")
        if name.lower() not in FIELDS:
            raise habits.Refused(255, f"{name}: Illegal field name. Cannot display the job information.")
        right, digits = width.startswith("-"), width.lstrip("-")
        chosen = int(digits) if digits else FIELDS[name.lower()][1] if colon else None
        fields.append((name.lower(), chosen, right))
    return fields, delimiter[2] if delimiter else None


def cell(name, text, width, right):
    """Without a width nothing is cut; a job's name loses its beginning, other texts their end."""
    if width is None:
        return text
    if len(text) > width:
        text = short_name(text, width) if name in ("job_name", "name") else text[:width]
    return text.rjust(width) if right else text.ljust(width)


def customised(shown, format_text, header):
    fields, delimiter = chosen_fields(format_text)
    rows = [[FIELDS[name][0] for name, _, _ in fields]] if header else []
    rows += [[FIELDS[name][2](job, stat) for name, _, _ in fields] for job, stat in shown]
    if delimiter:
        return "".join(delimiter.join(row) + "\n" for row in rows)
    return "".join(" ".join(cell(name, text, width, right) for (name, width, right), text in zip(fields, row))
                   + "\n" for row in rows)


def as_json(shown, format_text, complaints):
    fields, _ = chosen_fields(format_text)
    records = [{FIELDS[name][0]: "" if (text := FIELDS[name][2](job, stat)) == "-" else text
                for name, _, _ in fields} for job, stat in shown]
    records += [{"JOBID": text.split("<")[1].split(">")[0], "ERROR": text} for text in complaints if "<" in text]
    return json.dumps({"COMMAND": "bjobs", "JOBS": len(records), "RECORDS": records}, indent=2) + "\n"


def folded(text):
    """At 79 columns, the rest indented by 21."""
    lines, rest = [text[:79]], text[79:]
    while rest:
        lines.append(" " * 21 + rest[:58])
        rest = rest[58:]
    return "\n".join(lines) + "\n"


def heading(job, stat):
    named = f"Job Name <{job['name']}>, " if job["extra"]["named"] else ""
    status = f"Status <{stat}>, " if stat else ""
    queue = f"Queue <{job['queue']}>, " if stat else ""
    return folded(f"Job <{job['id']}>, {named}User <{job['user']}>, Project <{job['extra']['project']}>, "
                  f"{status}{queue}Command <{job['extra']['command']}>")


def story(job):
    """What happened when, one paragraph each."""
    extra, host = job["extra"], job["host"]
    out = f", Output File <{extra['o']}>" if extra["o"] else ""
    err = f", Error File <{extra['e']}>" if extra["e"] else ""
    told = [(job["submitted"], f"Submitted from host <{host}>, CWD <{extra['submit_folder']}>{out}{err};")]
    if job["started"]:
        told.append((job["started"], f"Started 1 Task(s) on Host(s) <{host}>, Allocated 1 Slot(s) on Host(s) "
                     f"<{host}>, Execution CWD <{job['folder']}>;"))
    if job["state"] == "ended":
        told += [(job["ended"], text) for text in ending(job)]
    return "".join(folded(f"{stamp(moment)}: {text}") for moment, text in told)


def ending(job):
    reason = lsf_run.TERM_REASONS.get(job["reason"])
    if not job["started"]:
        return [f"Exited; {reason}"]
    code = lsf_run.exit_code(job)
    if code == 0 and not reason:
        return ["Done successfully. The CPU time used is 0.0 seconds;"]
    told = [f"Exited with exit code {code}. The CPU time used is 0.0 seconds."]
    return [*told, f"Completed <exit>; {reason}"] if reason else told


def in_long(shown):
    blocks = []
    for job, stat in shown:
        limit = f"\n RUNLIMIT\n {job['walltime'] / 60:.1f} min\n" if job["walltime"] else ""
        blocks.append("\n" + heading(job, stat) + story(job) + limit +
                      "\n SCHEDULING PARAMETERS:\n"
                      "           r15s   r1m  r15m   ut      pg    io   ls    it    tmp    swp    mem\n"
                      " loadSched   -     -     -     -       -     -    -     -     -      -      -\n"
                      " loadStop    -     -     -     -       -     -    -     -     -      -      -\n")
    return ("-" * 78 + "\n").join(blocks) + "\n"


def seconds_spent(job):
    now = job["ended"] or time.time()
    waited = int((job["started"] or now) - job["submitted"])
    ran = int(now - job["started"]) if job["started"] else 0
    return waited, ran


def history(shown):
    lines = ["Summary of time in seconds spent in various states:",
             "JOBID   USER    JOB_NAME  PEND    PSUSP   RUN     USUSP   SSUSP   UNKWN   TOTAL"]
    for job, _ in shown:
        waited, ran = seconds_spent(job)
        lines.append(f"{job['id']:<7} {job['user'][:7]:<7} {short_name(job['name'], 9):<9} {waited:<7} {0:<7} "
                     f"{ran:<7} {0:<7} {0:<7} {0:<7} {waited + ran:<7}")
    return "\n".join(lines) + "\n"


def history_long(shown):
    blocks = []
    for job, _ in shown:
        waited, ran = seconds_spent(job)
        blocks.append("\n" + heading(job, None) + story(job) +
                      f"\nSummary of time in seconds spent in various states by  {stamp(time.time())}\n"
                      "  PEND     PSUSP    RUN      USUSP    SSUSP    UNKWN    TOTAL\n"
                      f"  {waited:<8} {0:<8} {ran:<8} {0:<8} {0:<8} {0:<8} {waited + ran:<8}\n")
    return ("-" * 78 + "\n").join(blocks)
