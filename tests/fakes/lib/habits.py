"""What real sites do, enabled by environment variables."""

import os
import re
import sys

import store


class Refused(Exception):
    """The command ends here: text for standard error, exit code, text for standard output."""

    def __init__(self, code, text, said=""):
        super().__init__(text)
        self.code, self.text, self.said = code, text, said


class Lost(Exception):
    """The job is in the queue and the reply never arrives."""


def is_on(name):
    return os.environ.get(name) == "1"


# A sentence with numbers and dots, as announcements have them.
BANNER = """
*******************************************************************
  Welcome to cluster Example. Maintenance: 2026-09-01 08:00.
  Job of the week: 42.energy, see ticket <4711> at help.example.org
*******************************************************************
"""

WRAPPER = "[submit wrapper] charged to project example, 1 of 50 jobs in use\n"


def dressed(text):
    """A reply as the site prints it."""
    before = BANNER if is_on("FAKE_BANNER") else ""
    after = WRAPPER if is_on("FAKE_WRAPPER") else ""
    return before + text + after


def check_connection(state, refusal):
    """The first $FAKE_TIMEOUTS status queries do not reach the server."""
    if state["timeouts"] < int(os.environ.get("FAKE_TIMEOUTS", "0")):
        state["timeouts"] += 1
        return refusal
    return None


def check_refusal(code):
    """Submits are rejected with $FAKE_REFUSE while the file `refuse` is in the queue's directory."""
    message = os.environ.get("FAKE_REFUSE")
    if message and os.path.exists(store.path_of("refuse")):
        raise Refused(code, message)


def replayed(name):
    """Exit code, standard output and error of the transcript `replies/COMMAND` in the queue's directory, if there is one."""
    try:
        with open(store.path_of("replies", name)) as file:
            text = file.read()
    except FileNotFoundError:
        return None
    parts = re.fullmatch(r"#.*\| exit (\d+)\n--- stdout\n(.*)--- stderr\n(.*)", text, re.DOTALL)
    return int(parts[1]), parts[2], parts[3]


def is_not_yet(state):
    """The first $FAKE_NOT_YET cancels of running jobs come too early."""
    if state.setdefault("not_yet", 0) < int(os.environ.get("FAKE_NOT_YET", "0")):
        state["not_yet"] += 1
        return True
    return False


def check_loss(state):
    """With FAKE_LOSE=1 the first submit is accepted and its reply is lost."""
    if is_on("FAKE_LOSE") and not state["lost"]:
        state["lost"] = True
        return True
    return False


def word_of(job, word):
    """A running job has the state $FAKE_WORD the first time that it is listed."""
    strange = os.environ.get("FAKE_WORD")
    if strange and job["state"] == "running" and not job["shown"]:
        job["shown"] = True
        return strange
    return word


def queues(default):
    """The queues of the site, the default one first."""
    names = os.environ.get("FAKE_QUEUES")
    return names.split() if names else [default, "normal", "batch", "debug", "short", "long", "gpu"]


def not_in_the_fake(what):
    """Different from every reply of the real system, so that nothing depends on it."""
    sys.stderr.write(f"this fake does not know {what}\n")
    sys.exit(96)
