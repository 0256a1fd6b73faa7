"""qsub of OpenPBS and Torque: one syntax, two dialects (see the DIALECT of each)."""

import getopt
import os
import re
import shlex
import sys
import time

import habits
import options
import pbs_site
import store


def server():
    return os.environ.get("FAKE_SERVER", "server")


def full_id(number):
    return f"{number}.{server()}"


def qsub(arguments, dialect):
    if arguments == ["--version"]:
        print(dialect["version"])
        return 0
    own, own_resources, script_words = parsed(arguments, dialect, "")
    name, script = script_of(script_words, dialect)
    given, resources = {}, {}
    for line in options.directives(script, own.get("C", "#PBS"), until_command=True):
        further, more, _ = parsed(options.words(line) or ["-?"], dialect, line)
        given.update(further)
        resources.update(more)
    given.update(own)
    resources.update(own_resources)
    check(given, resources, dialect)
    check_server(dialect, "qsub")
    habits.check_refusal(dialect["refused"])
    with store.locked() as state:
        if pbs_site.is_on():
            dialect["site"](queue_of(given, dialect), resources, state["jobs"].values())
        job = store.add_job(state, job_of(given, resources, name, script, arguments, dialect))
        lost = habits.check_loss(state)
    if lost:
        raise habits.Lost
    if "z" not in given:
        print(full_id(job["id"]))
    return 0


def check_server(dialect, command):
    """With FAKE_DOWN=1 no server listens, until there is a file `up` in the queue's directory."""
    if habits.is_on("FAKE_DOWN") and not os.path.exists(store.path_of("up")):
        raise habits.Refused(*dialect["down"](command))


def parsed(arguments, dialect, directive):
    """Options by letter, resources of -l by name, and the words left."""
    refuse_long_option(arguments, dialect)
    end = arguments.index("--") if "--" in arguments else len(arguments)
    try:
        pairs, rest = getopt.gnu_getopt(arguments[:end], dialect["options"])
    except getopt.GetoptError as fault:
        raise habits.Refused(*dialect["bad_option"](fault, directive)) from fault
    if directive and rest:
        raise habits.Refused(1, f"qsub: directive error: {directive}")
    given = {letter[1:]: value for letter, value in pairs}
    resources = {}
    for letter, value in pairs:
        if letter == "-l":
            resources.update(resource.partition("=")[::2] for resource in value.split(","))
    return given, resources, rest + arguments[end:]


def refuse_long_option(arguments, dialect):
    """Of a word --nosuch each letter is an option, up to the first one with a value."""
    first = arguments[0] if arguments else ""
    if first.startswith("--") and len(first) > 2:
        raise habits.Refused(*dialect["long_option"](first))


def script_of(script_words, dialect):
    """The job's name by default, and its script: a file, standard input, or a command after --."""
    if script_words[:1] == ["--"]:
        command = shlex.join(script_words[1:])
        return "STDIN", f"#!/bin/sh\nexec {command}\n".encode()
    if not script_words or script_words == ["-"]:
        return "STDIN", sys.stdin.buffer.read()
    try:
        with open(script_words[0], "rb") as file:
            return os.path.basename(script_words[0])[:dialect["name_length"]], file.read()
    except OSError as fault:
        raise habits.Refused(*dialect["no_script"](script_words[0], fault.strerror)) from fault


def check(given, resources, dialect):
    name = given.get("N", "x")
    if len(name) > dialect["name_length"]:
        raise habits.Refused(2, "qsub: Job name is too long ")
    if not re.fullmatch(dialect["name"], name):
        raise habits.Refused(2, f"qsub: illegal -N value\n{dialect['usage']}")
    if given.get("j", "oe") not in ("oe", "eo", "n"):
        raise habits.Refused(2, f"qsub: illegal -j value\n{dialect['usage']}")
    if "J" in given or "t" in given:
        habits.not_in_the_fake("job arrays")
    for resource, value in resources.items():
        if resource not in RESOURCES:
            raise habits.Refused(*dialect["unknown_resource"](resource))
        if resource == "walltime" and options.seconds(value) is None:
            raise habits.Refused(*dialect["bad_value"]("Resource_List.walltime"))
    dialect["check_chunks"](resources)
    queue = queue_of(given, dialect)
    known = dialect["site_queues"] if pbs_site.is_on() else habits.queues(dialect["queue"])
    if queue not in known:
        raise habits.Refused(*dialect["unknown_queue"])


RESOURCES = frozenset(
    "select place walltime ncpus ngpus mem vmem pmem pvmem cput pcput nodes procs gpus software"
    " file host arch nice feature qos naccesspolicy mpiprocs ompthreads".split())


def queue_of(given, dialect):
    return given.get("q", "").split("@")[0] or habits.queues(dialect["queue"])[0]


def job_of(given, resources, name, script, arguments, dialect):
    walltime = options.seconds(resources["walltime"]) if "walltime" in resources else None
    if walltime is not None:
        resources = {**resources, "walltime": options.clock(walltime)}
    submit_folder = os.getcwd()
    record = {
        "name": given.get("N", name), "queue": queue_of(given, dialect), "user": options.user(),
        "host": options.host(), "walltime": walltime,
        # Jobs start in the home folder; Torque's -d says another.
        "folder": given.get("d") or os.environ.get("HOME", "/"),
        "shell": given.get("S", "").split(",")[0].split("@")[0] or None,
        "extra": {
            "o": absolute(given.get("o"), submit_folder), "e": absolute(given.get("e"), submit_folder),
            "join": given.get("j", "n"), "submit_folder": submit_folder, "arguments": arguments,
            "held": "h" in given, "starts_at": starts_at(given),
            "resources": resources, "account": given.get("A"), "variables": {},
        },
    }
    variables = variables_of(given, submit_folder, dialect, record["queue"])
    record["extra"]["variables"] = variables

    def environment(number):
        base = {**options.login_environment(), **variables}
        return {**base, **dialect["environment"](record, full_id(number))}

    return {"record": record, "script": script, "environment": environment, "held": "h" in given or "a" in given}


def variables_of(given, submit_folder, dialect, queue):
    """Variable_List: PBS_O_ copies of the submitter's, -v, and with -V everything."""
    found = {f"PBS_O_{name}": os.environ[name] for name in
             ("HOME", "LANG", "LOGNAME", "PATH", "MAIL", "SHELL", "TZ") if name in os.environ}
    found.update(PBS_O_WORKDIR=submit_folder, PBS_O_HOST=options.host(), PBS_O_QUEUE=queue,
                 PBS_O_SYSTEM="Linux", **dialect["variables"])
    if "V" in given:
        found = {**options.own_environment(), **found}
    for item in given.get("v", "").split(",") if given.get("v") else []:
        name, has_value, value = item.partition("=")
        found[name.strip()] = value.strip("'\"") if has_value else os.environ.get(name, "")
    return found


def starts_at(given):
    """Of -a CCYYMMDDhhmm, as it is shown."""
    return time.strftime("%a %b %e %H:%M:%S %Y", time.strptime(given["a"], "%Y%m%d%H%M")) if "a" in given else None


def absolute(path, submit_folder):
    """Of [host:]path: the path, from the folder of the submit."""
    if path is None:
        return None
    return os.path.join(submit_folder, path.split(":", 1)[-1] if ":" in path else path)
