"""Listing and ending jobs, alike for LSF and JH UniScheduler."""

import fnmatch
import os
import signal

import habits
import options
import store
import worker

STATES = {"queued": "PEND", "held": "PSUSP", "running": "RUN", "stopped": "USUSP"}


def stat_of(job):
    if job["state"] == "ended":
        return "DONE" if job["reason"] == "exit" and job["code"] == 0 else "EXIT"
    return habits.word_of(job, STATES[job["state"]])


def parsed(arguments, flags, valued, usage):
    """Options by name, and the ids; an option may stand behind an id too."""
    pairs, rest, bad = options.long_options(arguments, flags, valued)
    if bad is not None:
        raise habits.Refused(255, usage)
    return dict(pairs), rest


def wanted(given):
    """Which states a listing without ids shows: unfinished ones, unless -a -d -p -r -s say others."""
    chosen = set()
    for letter, states in (("d", ("ended",)), ("p", ("queued", "held")), ("r", ("running",)),
                           ("s", ("held", "stopped"))):
        if letter in given:
            chosen.update(states)
    if "a" in given:
        return {"queued", "held", "running", "stopped", "ended"}
    return chosen or {"queued", "held", "running", "stopped"}


def fits(job, given):
    return given.get("u", job["user"]) in (job["user"], "all") \
        and given.get("q", job["queue"]) == job["queue"] \
        and fnmatch.fnmatchcase(job["name"], given.get("J", "*"))


NONE_FOUND = (("a", "No job found"), ("d", "No DONE/EXIT job found"), ("p", "No pending job found"),
              ("r", "No running job found"), ("s", "No suspended job found"), ("", "No unfinished job found"))


def selected(known, given, ids):
    """The jobs to show, in the order of their ids, and the complaints."""
    if not ids:
        found = [job for job in known.values() if job["state"] in wanted(given) and fits(job, given)]
        if found:
            return found, []
        if "J" in given:
            return [], [f"Job <{given['J']}> is not found"]
        return [], [next(text for letter, text in NONE_FOUND if letter in given or not letter)]
    for number in ids:
        if not number.isdigit():
            raise habits.Refused(255, f"{number}: Illegal job ID.")
    found = [job for job in known.values() if job["id"] in ids]
    return found, [f"Job <{number}> is not found" for number in ids if number not in known]


def listing(given, ids, keep_s, refusal_of_connection):
    """(job, its word) for each job to show, and the complaints."""
    with store.locked() as state:
        refusal = habits.check_connection(state, refusal_of_connection)
        known = {job["id"]: job for job in store.known_jobs(state, keep_s)}
        try:
            found, complaints = ([], []) if refusal else selected(known, given, ids)
        except habits.Refused as fault:
            found, complaints, refusal = [], [], refusal or fault
        shown = [(job, stat_of(job)) for job in found]
    if refusal:
        raise refusal
    return shown, complaints


def chosen(known, given, ids):
    """Jobs that an action is for: the ids; 0 for all that fit; without ids the last one that fits."""
    if ids and ids != ["0"]:
        return ids
    fitting = [job["id"] for job in known.values() if job["state"] != "ended" and fits(job, given)]
    return fitting if ids else fitting[-1:]


def act(given, ids, keep_s, verb):
    """terminate, stop or resume; prints a line a job, and refuses at the end if one failed."""
    complaints = []
    with store.locked() as state:
        known = {job["id"]: job for job in store.known_jobs(state, keep_s)}
        numbers = chosen(known, given, ids)
        if not numbers:
            complaints.append("No matching job found")
        for number in numbers:
            job = known.get(number)
            if job is None:
                complaints.append(f"Job <{number}>: No matching job found")
            elif job["state"] == "ended":
                complaints.append(f"Job <{number}>: Job has already finished")
            else:
                VERBS[verb](job)
                print(f"Job <{number}> is being {verb}")
    return complaints


def stop(job):
    if job["state"] == "queued":
        job["state"] = "held"
    elif job["state"] == "running" and job["pid"]:
        os.killpg(job["pid"], signal.SIGSTOP)
        job["state"] = "stopped"


def resume(job):
    if job["state"] == "held":
        job["state"] = "queued"
    elif job["state"] == "stopped":
        worker.send(job["pid"], signal.SIGCONT)
        job["state"] = "running"


VERBS = {"terminated": store.ask_to_end, "stopped": stop, "resumed": resume}
