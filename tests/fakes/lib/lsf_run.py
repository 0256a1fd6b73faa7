"""How LSF and its relative run a job and bring its output home."""

import os
import signal
import time

import store

TERM_REASONS = {
    "cancelled": "TERM_OWNER: job killed by owner.",
    "walltime": "TERM_RUNLIMIT: job killed after reaching LSF run time limit.",
}

#: bkill: SIGINT, SIGTERM, SIGKILL, JOB_TERMINATE_INTERVAL (10 s) apart.
KILL = [(signal.SIGINT, 10), (signal.SIGTERM, 10), (signal.SIGKILL, 10)]

#: The run limit: SIGUSR2 first.
LIMIT = [(signal.SIGUSR2, 10), *KILL]


def streams(job):
    """Spool files; standard error goes with the output unless -e says another place."""
    spool = store.path_of("spool", job["id"])
    return spool + ".out", spool + ".err" if job["extra"]["e"] else None


def late(job, elapsed):
    """Nothing is written into the streams at the limit: the report tells it."""


def exit_code(job):
    """As bjobs shows it: the script's, or 128 + the signal."""
    return job["code"] if job["code"] is not None else 128 + (job["signal"] or 0)


def place(job, pattern):
    """%J is the job's id, %I its index; a folder gets a file named after the id."""
    path = os.path.expandvars(pattern.replace("%J", job["id"]).replace("%I", "0"))
    path = os.path.join(job["folder"], path)
    return os.path.join(path, f"{job['id']}.out") if os.path.isdir(path) else path


def deliver(job):
    """Appends the streams to their files at the end of the job, the report first."""
    out, err = streams(job)
    extra = job["extra"]
    with open(out, "rb") as file:
        output = file.read()
    if extra["o"]:
        text = output if extra["quiet"] else report(job).encode() + output
        put(place(job, extra["o"]), text, extra["o_over"])
    if err:
        with open(err, "rb") as file:
            put(place(job, extra["e"]), file.read(), extra["e_over"])
    # The next run of the same number would be another job's.
    for spooled in filter(None, (out, err)):
        os.remove(spooled)


def put(path, content, over):
    try:
        with open(path, "wb" if over else "ab") as file:
            file.write(content)
    except OSError:
        pass


def report(job):
    """The mail that LSF writes at the head of the output file."""
    def when(moment):
        return time.strftime("%a %b %e %H:%M:%S %Y", time.localtime(moment))

    code, extra, rule = exit_code(job), job["extra"], "-" * 60
    done = "Successfully completed." if code == 0 else f"Exited with exit code {code}."
    reason = TERM_REASONS.get(job["reason"], "")
    outcome = f"{reason}\n{done}" if reason else done
    return f"""Sender: LSF System <lsfadmin@{job['host']}>
Subject: Job {job['id']}: <{job['name']}> in cluster <cluster1> {'Done' if code == 0 else 'Exited'}

Job <{job['name']}> was submitted from host <{job['host']}> by user <{job['user']}> in cluster <cluster1> at {when(job['submitted'])}
Job was executed on host(s) <{job['host']}>, in queue <{job['queue']}>, as user <{job['user']}> in cluster <cluster1> at {when(job['started'])}
<{os.environ.get('HOME', '/')}> was used as the home directory.
<{job['folder']}> was used as the working directory.
Started at {when(job['started'])}
Terminated at {when(job['ended'])}
Results reported at {when(job['ended'])}

Your job looked like:

{rule}
# LSBATCH: User input
{extra['script']}
{rule}

{outcome}

Resource usage summary:

    CPU time :                                   0.00 sec.
    Max Memory :                                 -
    Run time :                                   {int(job['ended'] - job['started'])} sec.
    Turnaround time :                            {int(job['ended'] - job['submitted'])} sec.

The output (if any) follows:

"""


RUNNING = {"cancel": KILL, "walltime": LIMIT, "streams": streams, "late": late, "deliver": deliver}
