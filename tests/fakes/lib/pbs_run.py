"""How the two PBS systems run a job and bring its output home."""

import os
import shutil
import signal

import store

#: Of the manual: SIGTERM, and SIGKILL after kill_delay (10 s).
SIGNALS = [(signal.SIGTERM, 10), (signal.SIGKILL, 10)]


def streams(job):
    """Spool files of standard output and error; no second one where they are joined."""
    joined = job["extra"]["join"] in ("oe", "eo")
    spool = store.path_of("spool", job["id"])
    return spool + ".OU", None if joined else spool + ".ER"


def late(job, elapsed):
    """What the execution daemon writes into the error stream at the walltime."""
    out, err = streams(job)
    with open(err or out, "a") as stream:
        stream.write(f"=>> PBS: job killed: walltime {int(elapsed) + 1} exceeded limit {job['walltime']}\n")


def home_of(job, letter, suffix):
    """Where a stream goes: -o or -e, a folder getting <id>.OU, else <name>.o<number> at the submit."""
    chosen = job["extra"][letter]
    if chosen and os.path.isdir(chosen):
        return os.path.join(chosen, f"{job['id']}.{os.environ.get('FAKE_SERVER', 'server')}.{suffix}")
    return chosen or os.path.join(job["extra"]["submit_folder"], f"{job['name']}.{letter}{job['id']}")


def deliver(job):
    """Copies the streams home at the end of the job; what cannot be copied stays in the spool."""
    out, err = streams(job)
    letter = "e" if job["extra"]["join"] == "eo" else "o"
    homes = [(out, home_of(job, letter, "OU" if letter == "o" else "ER"))]
    if err:
        homes.append((err, home_of(job, "e", "ER")))
    for spooled, home in homes:
        try:
            shutil.copyfile(spooled, home)
            os.remove(spooled)
        except OSError:
            pass


RUNNING = {"cancel": SIGNALS, "walltime": SIGNALS, "streams": streams, "late": late, "deliver": deliver}


def exit_status(job, walltime_code):
    """Exit_status: the script's own, 256 + the signal, or the system's reason; None if it never ran."""
    if job["started"] is None or job["state"] != "ended":
        return None
    if job["reason"] == "walltime":
        return walltime_code
    return job["code"] if job["code"] is not None else 256 + job["signal"]
