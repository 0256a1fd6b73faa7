"""The queue: one JSON file in $FAKE_QUEUE_DIR behind a lock.

A job is a mapping: id, name, queue, user, host, state (queued held running stopped ended), reason
(exit cancelled walltime), code (of exit) or signal, times in seconds since the epoch (submitted,
started, ended; None until then), walltime in seconds or None, and what the systems keep for
themselves under "extra".
"""

import contextlib
import fcntl
import json
import os
import shlex
import time


def folder():
    return os.environ["FAKE_QUEUE_DIR"]


def path_of(*parts):
    return os.path.join(folder(), *parts)


def note_call(name, arguments):
    """One line for each call, whatever the arguments contain, so that lines can be counted."""
    line = shlex.join([name, *arguments]).replace("\\", "\\\\").replace("\n", "\\n")
    with open(path_of("calls"), "a", errors="surrogateescape") as calls:
        calls.write(line + "\n")


def empty_state():
    first = int(os.environ.get("FAKE_FIRST_ID", "1"))
    return {"next": first, "jobs": {}, "workers": [], "timeouts": 0, "lost": False}


def read_state():
    try:
        with open(path_of("state.json")) as file:
            return json.load(file)
    except FileNotFoundError:
        return empty_state()


def write_state(text):
    with open(path_of("state.new"), "w") as file:
        file.write(text)
    os.replace(path_of("state.new"), path_of("state.json"))


@contextlib.contextmanager
def locked():
    """The state, for this process alone; changes are saved at the end."""
    with open(path_of("lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            state = read_state()
            before = json.dumps(state)
            yield state
            after = json.dumps(state)
            if after != before:
                write_state(after)
        finally:
            # A worker that was forked here has the same lock: unlock it for both.
            fcntl.flock(lock, fcntl.LOCK_UN)


def add_job(state, job):
    """Gives the job its number and saves its script in the spool directory."""
    number = str(state["next"])
    state["next"] += 1
    state["jobs"][number] = {
        "id": number, "state": "held" if job.get("held") else "queued", "reason": None,
        "code": None, "signal": None, "pid": None, "submitted": time.time(), "started": None,
        "ended": None, "shown": False, **job["record"],
    }
    with open(path_of("spool", number + ".script"), "wb") as file:
        file.write(job["script"])
    os.chmod(path_of("spool", number + ".script"), 0o700)
    with open(path_of("spool", number + ".env"), "w") as file:
        json.dump(job["environment"](number), file)
    return state["jobs"][number]


def ended_without_running(job):
    job.update(state="ended", reason="cancelled", ended=time.time())


def remembered(job, keep_s):
    """Whether the system still lists the job: until `keep_s` after its end, or $FAKE_KEEP."""
    if job["state"] != "ended":
        return True
    if os.environ.get("FAKE_VANISH") == "1":
        return False
    return time.time() - job["ended"] < float(os.environ.get("FAKE_KEEP", keep_s))


def known_jobs(state, keep_s):
    return [job for job in state["jobs"].values() if remembered(job, keep_s)]


def is_asked_to_end(job):
    return os.path.exists(path_of("spool", job["id"] + ".cancel"))


def ask_to_end(job):
    """Ends a waiting job; asks the worker of a running one."""
    if job["state"] in ("queued", "held"):
        ended_without_running(job)
    else:
        open(path_of("spool", job["id"] + ".cancel"), "w").close()
