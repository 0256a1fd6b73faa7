"""bsub and jsub: one syntax, two dialects (see the DIALECT of each)."""

import os
import sys

import habits
import options
import store


def minute_s():
    """Seconds in a minute of -W: $FAKE_MINUTE, since a run limit cannot be shorter than one."""
    return float(os.environ.get("FAKE_MINUTE", "60"))


def submit(arguments, dialect):
    own, rest, bad = options.long_options(arguments, dialect["flags"], dialect["valued"])
    refuse_bad(bad, dialect)
    command, script = script_of(rest, dialect)
    embedded = []
    if dialect["reads_directives"](rest):
        for prefix, line in lines_of(script, dialect):
            pairs, _, bad = options.long_options(options.words(line) or ["-?"], dialect["flags"], dialect["valued"])
            refuse_bad(bad, dialect)
            embedded += pairs
    given = dialect["merge"](own, embedded)
    check(given, script, dialect)
    dialect["check"]({**given, "all_R": [value for name, value in [*own, *embedded] if name == "R"]})
    habits.check_refusal(255)
    with store.locked() as state:
        job = store.add_job(state, job_of(given, command, script, dialect))
        lost = habits.check_loss(state)
    if lost:
        raise habits.Lost
    by_default = "" if "q" in given else "default "
    dialect["tell"](f"Job <{job['id']}> is submitted to {by_default}queue <{job['queue']}>.")
    return 0


def lines_of(script, dialect):
    """The directives, wherever they stand in the script."""
    return [(prefix, line) for prefix in dialect["prefixes"]
            for line in options.directives(script, prefix, until_command=False)]


def refuse_bad(bad, dialect):
    if bad is not None:
        raise habits.Refused(255, dialect["bad_option"].format(bad))


def script_of(rest, dialect):
    """What listings call the command, and the script: standard input, or a command line."""
    if not rest:
        script = sys.stdin.buffer.read()
        if not script.strip():
            raise habits.Refused(255, "No command is specified. Job not submitted.")
        lines = [line for line in script.decode(errors="replace").splitlines() if line.strip()]
        return ";".join(lines), script
    return dialect["command"](rest)


def check(given, script, dialect):
    queue = given.get("q")
    if queue is not None and queue not in habits.queues(dialect["queue"]):
        raise habits.Refused(255, f"{queue}: No such queue. Job not submitted.")
    if "W" in given and run_limit(given["W"]) is None:
        raise habits.Refused(255, f"{given['W']}: Bad RUNLIMIT specification. Job not submitted.")
    processors = given.get("n", "1").split(",")
    if not all(number.isdigit() and int(number) > 0 for number in processors):
        raise habits.Refused(255, "Bad argument for option -n. Job not submitted.")
    if "[" in given.get("J", ""):
        habits.not_in_the_fake("job arrays")
    if {"I", "Ip", "Is", "IX", "K"} & set(given):
        habits.not_in_the_fake("interactive jobs")
    limit = dialect["script_limit"]()
    if limit and len(script) > limit:
        raise habits.Refused(255, dialect["too_long"].format(limit))


def run_limit(text):
    """Seconds of [hour:]minute[/host]; None where it is not that."""
    text = text.split("/")[0]
    minutes = options.seconds(text) if text.count(":") < 2 else None
    return None if minutes is None else minutes * minute_s()


def job_of(given, command, script, dialect):
    submit_folder = os.getcwd()
    folder = os.path.join(submit_folder, os.path.expandvars(given.get("cwd", "")))
    record = {
        "name": given.get("J", command), "queue": given.get("q", habits.queues(dialect["queue"])[0]),
        "user": options.user(), "host": options.host(), "folder": folder.rstrip("/") or "/",
        "walltime": run_limit(given["W"]) if "W" in given else None, "shell": given.get("L"),
        "extra": {
            "command": command, "named": "J" in given, "submit_folder": submit_folder,
            "processors": int(given.get("n", "1").split(",")[0]), "project": given.get("P", "default"),
            "o": given.get("o", given.get("oo")), "o_over": "oo" in given,
            "e": given.get("e", given.get("eo")), "e_over": "eo" in given,
            "quiet": dialect["quiet"](), "script": script.decode(errors="replace"),
        },
    }
    return {
        "record": record, "script": script, "held": "H" in given,
        "environment": lambda number: {**options.own_environment(), **dialect["environment"](record, number)},
    }
