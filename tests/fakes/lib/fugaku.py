"""Fujitsu TCS, as on Fugaku: pjsub, pjstat, pjdel. Sources: ../README.md."""

import getopt
import os
import signal
import sys

import fugaku_show
import habits
import options
import store

HISTORY_S = 3 * 24 * 3600  # what -H shows by default: the jobs of three days

#: At the limit SIGXCPU, and SIGKILL after 10 s; pjdel: SIGTERM first.
RUNNING = {
    "cancel": [(signal.SIGTERM, 10), (signal.SIGKILL, 10)],
    "walltime": [(signal.SIGXCPU, 10), (signal.SIGKILL, 10)],
    "streams": lambda job: streams(job),
    "late": lambda job, elapsed: None,
    "deliver": lambda job: None,
}

SHORT = "C:e:g:hi:jL:m:N:o:P:p:sSw:x:Xz:"

LONG = ["rsc-list=", "mpi=", "gname=", "name=", "out=", "err=", "help", "mail-list=", "spath=", "at=", "bulk",
        "step", "sparam=", "interact", "norestart", "restart", "no-check-directory", "llio=", "appname=", "fs=",
        "vset=", "dir-prefix=", "net-route=", "mswk=", "script-delimiter=", "omp=", "comment=", "env="]

SAME = {"name": "N", "out": "o", "err": "e", "rsc-list": "L", "dir-prefix": "C"}

USAGE = "[ERR.] PJM {} {} Unknown option or no option argument: {}.\nTry `{} --help' for more information."


def bad_option(command, option):
    """0001 of pjsub, 0201 of the other commands."""
    number = "0001" if command == "pjsub" else "0201"
    return habits.Refused(1, USAGE.format(number, command, option, command))


def streams(job):
    """Straight to their files: name.id.out and name.id.err where the submit was made."""
    def place(letter, suffix):
        pattern = job["extra"][letter] or f"%n.%j.{suffix}"
        for sign, text in (("%j", job["id"]), ("%J", job["id"]), ("%n", job["name"])):
            pattern = pattern.replace(sign, text)
        return os.path.join(job["folder"], pattern)
    return place("o", "out"), None if job["extra"]["join"] else place("e", "err")


def parsed(arguments):
    """Options, the short name for each where it has one; resources of -L; words left."""
    try:
        pairs, rest = getopt.getopt(arguments, SHORT, LONG)
    except getopt.GetoptError as fault:
        raise bad_option("pjsub", f"-{fault.opt}" if len(fault.opt) == 1 else f"--{fault.opt}") from fault
    given, resources = {}, {}
    for option, value in pairs:
        name = SAME.get(option.lstrip("-"), option.lstrip("-"))
        given[name] = value
        if name == "L":
            resources.update(item.partition("=")[::2] for item in value.split(","))
    return given, resources, rest


def pjsub(arguments):
    own, own_resources, rest = parsed(arguments)
    name, script = script_of(rest)
    given, resources = {}, {}
    for line in options.directives(script, own.get("C", "#PJM"), until_command=True):
        further, more, _ = parsed(options.words(line) or ["-?"])
        given.update(further)
        resources.update(more)
    given.update(own)
    resources.update(own_resources)
    check(given, resources)
    habits.check_refusal(1)
    with store.locked() as state:
        job = store.add_job(state, job_of(given, resources, name, script))
        lost = habits.check_loss(state)
    if lost:
        raise habits.Lost
    print(job["id"] if given.get("z") == "jid" else f"[INFO] PJM 0000 pjsub Job {job['id']} submitted.")
    return 0


def script_of(rest):
    if not rest:
        return "STDIN", sys.stdin.buffer.read()
    try:
        with open(rest[0], "rb") as file:
            return os.path.basename(rest[0]), file.read()
    except OSError as fault:
        raise habits.Refused(1, f"[ERR.] PJM 0050 pjsub {rest[0]}: {fault.strerror}.") from fault


def check(given, resources):
    if {"bulk", "step", "interact"} & set(given):
        habits.not_in_the_fake("bulk, step and interactive jobs")
    for resource, value in resources.items():
        if resource not in RESOURCES:
            raise habits.Refused(1, f"[ERR.] PJM 0049 pjsub Invalid resource: {resource}.")
        if resource == "elapse" and options.seconds(value) is None:
            raise habits.Refused(1, f"[ERR.] PJM 0051 pjsub Invalid value: elapse={value}.")
    if queue_of(resources) not in habits.queues("small"):
        raise habits.Refused(1, f"[ERR.] PJM 0058 pjsub rscgrp={queue_of(resources)} does not exist.")
    if len(given.get("N", "")) > 63:
        raise habits.Refused(1, "[ERR.] PJM 0052 pjsub The job name is too long.")


RESOURCES = frozenset(
    "rscunit rscgrp rg node elapse node-mem vnode vnode-core core-mem proc-core proc-data proc-stack freq"
    " throttling_state issue_state eco_state retention_state jobenv gpu adaptive_elapse".split())


def queue_of(resources):
    return resources.get("rscgrp") or resources.get("rg") or habits.queues("small")[0]


def job_of(given, resources, name, script):
    elapse = resources.get("elapse")
    folder = os.getcwd()
    record = {
        "name": given.get("N", name), "queue": queue_of(resources), "user": options.user(),
        "host": options.host(), "folder": folder, "shell": None,
        # Without an elapse limit a group's default holds: an hour.
        "walltime": options.seconds(elapse) if elapse else 3600,
        "extra": {"o": given.get("o"), "e": given.get("e"), "join": "j" in given, "submit_folder": folder,
                  "node": resources.get("node", "1"), "group": given.get("g", "-")},
    }

    def environment(number):
        base = {**options.login_environment(), **(options.own_environment() if "X" in given else {})}
        for assignment in given.get("x", "").split(",") if given.get("x") else []:
            variable, _, value = assignment.partition("=")
            base[variable] = value
        return {**base, **job_variables(record, number)}

    return {"record": record, "script": script, "environment": environment}


def job_variables(record, number):
    own = {f"PJM_O_{name}": os.environ[name] for name in
           ("HOME", "LANG", "LOGNAME", "PATH", "MAIL", "SHELL", "TZ") if name in os.environ}
    return {**own, "PJM_ENVIRONMENT": "BATCH", "PJM_JOBID": number, "PJM_JOBNAME": record["name"],
            "PJM_SUBJOBID": number, "PJM_O_WORKDIR": record["extra"]["submit_folder"],
            "PJM_O_HOST": record["host"], "PJM_RSCGRP": record["queue"], "PJM_RSCUNIT": "rscunit_ft01",
            "PJM_NODE": record["extra"]["node"].split(":")[0].split("x")[0]}


def pjstat(arguments):
    given, ids = stat_options(arguments)
    with store.locked() as state:
        lost = habits.Refused(1, "[ERR.] PJM 0290 pjstat PJM daemon is not present.")
        refusal = habits.check_connection(state, lost)
        past = "H" in given
        found = [job for job in store.known_jobs(state, HISTORY_S)
                 if (job["state"] == "ended") == past and (not ids or job["id"] in ids)]
        # Its first listing takes the strange word: one that failed was none.
        shown = [] if refusal else [(job, fugaku_show.word(job)) for job in found]
    if refusal:
        raise refusal
    for number in ids:
        if not number.isdigit():
            raise habits.Refused(1, f"[ERR.] PJM 0211 pjstat Invalid jobid: {number}.")
    print(fugaku_show.listed(shown, given), end="")
    return 0


def stat_options(arguments):
    """Options by name and ids; -H and --history may have a value, written with = or after a blank."""
    given, ids, rest = {}, [], list(arguments)
    while rest:
        word = rest.pop(0)
        name, _, value = word.lstrip("-").partition("=")
        if not word.startswith("-"):
            ids.append(word)
        elif word in ("-v", "-A", "-E", "-s", "-S", "--help", "--data"):
            given[name] = None
        elif name in ("H", "history"):
            given["H"] = rest.pop(0) if rest and "=" in rest[0] else value
        elif name in ("choose", "filter"):
            given[name] = value or (rest.pop(0) if rest else "")
        else:
            raise bad_option("pjstat", word)
    if set(given) & {"s", "S", "filter", "help"}:
        habits.not_in_the_fake(f"pjstat {' '.join(arguments)}")
    return given, ids


def pjdel(arguments):
    if not arguments or arguments[0].startswith("-"):
        raise bad_option("pjdel", " ".join(arguments))
    complaints = []
    with store.locked() as state:
        known = {job["id"]: job for job in store.known_jobs(state, HISTORY_S)}
        for number in arguments:
            job = known.get(number)
            if job is None:
                complaints.append(f"[ERR.] PJM 0112 pjdel Job {number} does not exist.")
            elif job["state"] == "ended" or (job["state"] == "running" and habits.is_not_yet(state)):
                complaints.append(f"[ERR.] PJM 0113 pjdel Job {number} is not in the state that pjdel can be accepted.")
            elif store.is_asked_to_end(job):
                print(f"[INFO] PJM 0119 pjdel Already accepted job {number}.")
            else:
                store.ask_to_end(job)
                print(f"[INFO] PJM 0100 pjdel Accepted job {number}.")
    if complaints:
        sys.stderr.write("\n".join(complaints) + "\n")
        return 1
    return 0


COMMANDS = {"pjsub": pjsub, "pjstat": pjstat, "pjdel": pjdel}
