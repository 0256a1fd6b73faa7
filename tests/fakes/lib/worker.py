"""Runs jobs: one detached process for each used slot, which takes the next job until none is left."""

import json
import os
import signal
import subprocess
import time

import store

LOOK_EVERY_S = 0.03


def slots():
    return int(os.environ.get("FAKE_SLOTS", "4"))


def grace_s(real_s):
    """Seconds between two signals: $FAKE_GRACE, since the systems' own are long for a test."""
    return min(real_s, float(os.environ.get("FAKE_GRACE", "1")))


def is_alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


def start_workers(running):
    """Fills the free slots. `running` is how a system runs jobs, see its module."""
    with store.locked() as state:
        state["workers"] = [pid for pid in state["workers"] if is_alive(pid)]
        waiting = sum(job["state"] == "queued" for job in state["jobs"].values())
        for _ in range(min(waiting, slots() - len(state["workers"]))):
            state["workers"].append(detached(running))


def detached(running):
    """A process in a session of its own without our open files; returns its pid."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        grandchild = os.fork()
        if grandchild == 0:
            become_worker(running)
        os.write(writer, b"%d" % grandchild)
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pids:
        return int(pids.read())


def become_worker(running):
    try:
        nothing = os.open("/dev/null", os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        os.closerange(3, 256)
        # Started from a background shell, SIGINT is ignored, and jobs would inherit that.
        for name in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_DFL)
        os.chdir("/")
        work(running)
    finally:
        os._exit(0)


def work(running):
    while os.path.isdir(store.folder()):
        with store.locked() as state:
            waiting = [job for job in state["jobs"].values() if job["state"] == "queued"]
            if not waiting or len(state["workers"]) > max(slots(), 1):
                state["workers"].remove(os.getpid())
                return
            job = waiting[0]
            job.update(state="running", started=time.time())
        changes = run(job, running)
        if not os.path.isdir(store.folder()):
            return
        with store.locked() as state:
            state["jobs"][job["id"]].update(state="ended", ended=time.time(), **changes)


def open_output(path):
    """Opened for appending; where that fails, the output is lost."""
    try:
        return open(path, "ab")
    except OSError:
        return open("/dev/null", "ab")


def run(job, running):
    """Runs the job to its end; returns how it ended."""
    with open(store.path_of("spool", job["id"] + ".env")) as file:
        environment = json.load(file)
    out, err = running["streams"](job)
    with open_output(out) as stdout, open_output(err or out) as stderr:
        try:
            process = subprocess.Popen(
                words_of(job), cwd=job["folder"], env=environment, stdin=subprocess.DEVNULL,
                stdout=stdout, stderr=stdout if err is None else stderr, start_new_session=True,
            )
        except OSError as fault:
            stderr.write(f"{fault}\n".encode())
            return finished(job, running, {"reason": "exit", "code": 127, "signal": None})
        try:
            with store.locked() as state:
                state["jobs"][job["id"]]["pid"] = process.pid
            ending = watch(process, job, running)
        finally:
            # Processes that the job left behind end with it, and the job with its queue.
            send(process.pid, signal.SIGKILL)
    return finished(job, running, ending)


def words_of(job):
    """The command that runs the spooled script: its own #! line, else the shell of the job, as a login shell."""
    script = store.path_of("spool", job["id"] + ".script")
    with open(script, "rb") as file:
        first = file.readline().decode(errors="replace").strip()
    if job["shell"]:
        return [job["shell"], "-l", script]
    if first.startswith("#!"):
        return [*first[2:].strip().split(None, 1), script]
    return ["/bin/sh", script]


def watch(process, job, running):
    """Waits for the end; sends the system's signals, in its order, at a cancel or the walltime."""
    marker = store.path_of("spool", job["id"] + ".cancel")
    reason, signals, next_at = "exit", [], 0.0
    while process.poll() is None:
        elapsed = time.time() - job["started"]
        if not os.path.isdir(store.folder()):
            send(process.pid, signal.SIGKILL)
        elif reason == "exit" and os.path.exists(marker):
            reason, signals = "cancelled", list(running["cancel"])
        elif reason == "exit" and job["walltime"] is not None and elapsed > job["walltime"]:
            reason, signals = "walltime", list(running["walltime"])
            running["late"](job, elapsed)
        if signals and time.time() >= next_at:
            number, wait_s = signals.pop(0)
            send(process.pid, number)
            next_at = time.time() + grace_s(wait_s)
        time.sleep(LOOK_EVERY_S)
    code = process.returncode
    return {"reason": reason, "code": code if code >= 0 else None,
            "signal": -code if code < 0 else None}


def send(group, number):
    """To the whole process group; a stopped one is continued, or it would never get the signal."""
    try:
        os.killpg(group, number)
        os.killpg(group, signal.SIGCONT)
    except (ProcessLookupError, PermissionError):
        pass


def finished(job, running, ending):
    if os.path.isdir(store.folder()):
        running["deliver"]({**job, **ending, "ended": time.time()})
    return ending
