"""OpenPBS: qsub, qstat, qdel, qselect. Sources: ../README.md."""

import fnmatch
import getopt
import os
import re

import habits
import options
import pbs_run
import pbs_show
import pbs_site
import pbs_submit
import store

RUNNING = pbs_run.RUNNING

TWO_WEEKS_S = 14 * 24 * 3600  # job_history_duration, the default

DIALECT = {
    "version": "pbs_version = 23.06.06",
    "options": "a:A:c:C:e:fhIj:J:k:l:m:M:N:o:p:P:q:r:R:S:u:v:VW:Xz",
    "usage": """usage: qsub [-a date_time] [-A account_string] [-c interval]
\t[-C directive_prefix] [-e path] [-f ] [-h ] [-I [-X]] [-j oe|eo] [-J X-Y[:Z]]
\t[-k keep] [-l resource_list] [-m mail_options] [-M user_list]
\t[-N jobname] [-o path] [-p priority] [-P project] [-q queue] [-r y|n]
\t[-R o|e|oe] [-S path] [-u user_list] [-W otherattributes=value...]
\t[-v variable_list] [-V ] [-z] [script | -- command [arg1 ...]]
       qsub --version""",
    "queue": "workq",
    "name": r"[A-Za-z0-9][^\s:]*", "name_length": 236,
    "unknown_queue": (170, "qsub: Unknown queue"),
    "unknown_resource": lambda name: (187, f"qsub: Unknown resource: {name}"),
    "bad_value": lambda name: (166, f"qsub: Illegal attribute or resource value {name}"),
    "no_script": lambda path, why: (1, f"qsub: script file:: {why}"),
    "bad_option": lambda fault, directive: bad_option(fault, directive),
    "long_option": lambda word: (2, f"qsub: invalid option -- '-'\nqsub: invalid option -- '{word[2]}'\n"
                                 + DIALECT["usage"]),
    "check_chunks": lambda resources: check_chunks(resources),
    "site": pbs_site.check_pbs, "site_queues": pbs_site.PBS_QUEUES,
    "down": lambda command: (255 if command == "qstat" else 162, down(command)),
    "refused": 38,  # PBSE_ENTLIMCT modulo 256: a limit of jobs for a user or the queue
    "variables": {},
    "environment": lambda record, job_id: {
        "PBS_ENVIRONMENT": "PBS_BATCH", "PBS_JOBID": job_id, "PBS_JOBNAME": record["name"],
        "PBS_QUEUE": record["queue"], "PBS_JOBDIR": record["folder"], "PBS_NODENUM": "0",
        "PBS_TASKNUM": "1", "PBS_MOMPORT": "15003", "ENVIRONMENT": "BATCH", "NCPUS": "1",
        "OMP_NUM_THREADS": "1", "PBS_NODEFILE": node_file(record, job_id),
    },
}

QSTAT_USAGE = """usage:
qstat [-f] [-J] [-p] [-t] [-x] [-E] [-F format | -w] [-D delim] [ job_identifier... | destination... ]
qstat [-a|-i|-r|-H|-T] [-J] [-t] [-u user] [-n] [-s] [-G|-M] [-1] [-w]
\t[ job_identifier... | destination... ]
qstat -Q [-f] [-F format] [-D delim] [ destination... ]
qstat -q [-G|-M] [ destination... ]
qstat -B [-f] [-F format] [-D delim] [ server_name... ]
qstat --version"""


def node_file(record, job_id):
    path = store.path_of("spool", job_id + ".nodes")
    with open(path, "w") as file:
        file.write(record["host"] + "\n")
    return path


def down(command):
    if command == "qdel":
        return f"Connection refused\nCouldn't connect to cluster: {pbs_submit.server()}"
    return f"Connection refused\n{command}: cannot connect to server {pbs_submit.server()} (errno=15010)"


def bad_option(fault, directive):
    text = f"qsub: option requires an argument -- '{fault.opt}'" if "requires" in fault.msg \
        else f"qsub: invalid option -- '{fault.opt[:1] or '-'}'"
    if directive:
        return 1, f"{text}\nqsub: directive error: {directive} "
    return 2, f"{text}\n{DIALECT['usage']}"


# ngpus is a resource that a site has to define.
IN_CHUNKS = frozenset("ncpus mem vmem host arch nice mpiprocs ompthreads vnode".split())


def check_chunks(resources):
    """Of select: each chunk's resources are known and their values numbers; it excludes Torque's nodes."""
    if "select" in resources and "nodes" in resources:
        raise habits.Refused(6, "qsub: Cannot be used with select or place: nodes")
    for piece in resources.get("select", "").split(":")[1:]:
        name, _, value = piece.partition("=")
        if name not in IN_CHUNKS and not (name == "ngpus" and not pbs_site.is_on()):
            raise habits.Refused(*DIALECT["unknown_resource"](name))
        if name == "ncpus" and not value.isdigit():
            raise habits.Refused(*DIALECT["bad_value"](f"select.{name}"))


def qsub(arguments):
    return pbs_submit.qsub(arguments, DIALECT)


def history_is_off():
    """job_history_enable is false at many sites: -x is then refused as a whole, with exit code 0."""
    return os.environ.get("FAKE_HISTORY") == "off"


LETTERS = {"queued": "Q", "held": "H", "running": "R", "stopped": "S", "ended": "F"}


def state_letter(job):
    if job["state"] == "held" and job["extra"]["starts_at"]:
        return "W"
    return habits.word_of(job, LETTERS[job["state"]])


def qstat(arguments):
    if arguments == ["--version"]:
        print(DIALECT["version"])
        return 0
    pbs_submit.check_server(DIALECT, "qstat")
    try:
        pairs, operands = getopt.gnu_getopt(arguments, "ainpqrstwxu:fGHJMQEBW:T1F:D:", ["version"])
    except getopt.GetoptError as fault:
        raise habits.Refused(2, f"qstat: invalid option -- '{fault.opt[:1] or '-'}'\n{QSTAT_USAGE}") from fault
    given = {name.lstrip("-"): value for name, value in pairs}
    if given.get("F", "default") not in ("default", "json") or ("F" in given and "f" not in given):
        raise habits.Refused(2, f"qstat: conflicting options.\n{QSTAT_USAGE}")
    if pbs_site.is_on() and {"Q", "f"} == set(given):
        return pbs_show.queues(operands, "pbs", DIALECT["site_queues"], (170, "qstat: Unknown queue {}"))
    if {"B", "f"} == set(given):
        print(pbs_site.server("pbs", pbs_submit.server(), habits.queues("workq")[0]))
        return 0
    if set(given) & set("qQBJTp"):
        habits.not_in_the_fake(f"qstat {' '.join(arguments)}")
    with store.locked() as state:
        refusal = habits.check_connection(state, habits.Refused(255, down("qstat"), prologue_only(given)))
        shown, complaints, code = ([], [], 0) if refusal else selected(state, given, operands)
        listing = [] if refusal else [(job, state_letter(job)) for job in shown]
    if refusal:
        raise refusal
    if complaints or code:
        raise habits.Refused(code, "\n".join(complaints), pbs_show.listed(listing, given, operands))
    print(pbs_show.listed(listing, given, operands), end="")
    return 0


def prologue_only(given):
    """Without a server, -F json still prints its frame."""
    return pbs_show.as_json([]) if given.get("F") == "json" else ""


def selected(state, given, operands):
    """The jobs to show in the order asked, complaints, and the exit code: that of the last failure."""
    past = "x" in given or "H" in given
    if past and history_is_off():
        each = operands or [""]
        return [], [f"qstat: PBS is not configured to maintain job history {one}" for one in each], 0
    known = {job["id"]: job for job in store.known_jobs(state, TWO_WEEKS_S)}
    if not operands:
        return [job for job in known.values() if fits(job, given, past)], [], 0
    shown, complaints, code = [], [], 0
    for operand in operands:
        match = re.fullmatch(r"(\d+)(\..*)?", operand)
        job = known.get(match[1]) if match else None
        if not match:
            queue = operand.split("@")[0]
            if queue and queue not in habits.queues(DIALECT["queue"]):
                complaints.append(f"qstat: Unknown queue {queue}")
                code = 170
            shown += [job for job in known.values() if job["queue"] == queue and fits(job, given, past)]
        elif job is None or (history_is_off() and job["state"] == "ended"):
            complaints.append(f"qstat: Unknown Job Id {pbs_submit.full_id(match[1])}")
            code = 153
        elif job["state"] == "ended" and not past:
            complaints.append(f"qstat: {pbs_submit.full_id(job['id'])} Job has finished, "
                              "use -x or -H to obtain historical job information")
            code = 35
        else:
            shown.append(job)
    return shown, complaints, code


def fits(job, given, past):
    """Of a listing without ids."""
    if job["state"] == "ended" and not past:
        return False
    if "H" in given and job["state"] != "ended":
        return False
    if "u" in given and job["user"] not in given["u"].split(","):
        return False
    if "r" in given:
        return job["state"] in ("running", "stopped")
    return "i" not in given or job["state"] in ("queued", "held")


def qdel(arguments):
    try:
        _, ids = getopt.gnu_getopt(arguments, "W:x")
    except getopt.GetoptError:
        ids = []
    if not ids:
        raise habits.Refused(2, "usage:\n\tqdel [-W force|suppress_email=X] [-x] job_identifier...\n\tqdel --version")
    pbs_submit.check_server(DIALECT, "qdel")
    complaints, code = [], 0
    with store.locked() as state:
        known = {job["id"]: job for job in store.known_jobs(state, TWO_WEEKS_S)}
        for asked in ids:
            job = known.get(asked.split(".")[0])
            if job is None or (history_is_off() and job["state"] == "ended"):
                complaints.append(f"qdel: Unknown Job Id {asked}")
                code = 153
            elif job["state"] == "ended":
                complaints.append(f"qdel: Job has finished {pbs_submit.full_id(job['id'])}")
                code = 35
            else:
                store.ask_to_end(job)
    if code:
        raise habits.Refused(code, "\n".join(complaints))
    return 0


def qselect(arguments):
    """The ids of the jobs that fit, one a line."""
    try:
        pairs, _ = getopt.gnu_getopt(arguments, "HN:q:s:u:x")
    except getopt.GetoptError as fault:
        habits.not_in_the_fake(f"qselect -{fault.opt}")
    given = {name[1:]: value for name, value in pairs}
    past = "x" in given or "H" in given
    pbs_submit.check_server(DIALECT, "qselect")
    if past and history_is_off():
        raise habits.Refused(0, "qselect: PBS is not configured to maintain job history")
    with store.locked() as state:
        for job in store.known_jobs(state, TWO_WEEKS_S):
            if fits(job, given, past) and fnmatch.fnmatchcase(job["name"], given.get("N", "*")) \
                    and given.get("q", job["queue"]) == job["queue"] \
                    and LETTERS[job["state"]] in given.get("s", "QHRSF"):
                print(pbs_submit.full_id(job["id"]))
    return 0


COMMANDS = {"qsub": qsub, "qstat": qstat, "qdel": qdel, "qselect": qselect}
