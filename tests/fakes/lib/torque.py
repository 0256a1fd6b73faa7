"""Torque: qsub, qstat, qdel. Sources: ../README.md."""

import getopt
import re

import habits
import options
import pbs_run
import pbs_show
import pbs_site
import pbs_submit
import store
import torque_show

RUNNING = pbs_run.RUNNING

KEEP_COMPLETED_S = 300  # keep_completed, as the manual's example sets it

USAGE = """usage: qsub [-a date_time] [-A account_string] [-b secs]
    [-c [ none | { enabled | periodic | shutdown |
    depth=<int> | dir=<path> | interval=<minutes>}... ]
    [-C directive_prefix] [-d path] [-D path]
    [-e path] [-h] [-I] [-j oe|eo|n] [-k {oe}] [-K <kill delay seconds>] 
    [-l resource_list] [-m n|{abe}] [-M user_list] [-N jobname] [-o path] 
    [-p priority] [-P proxy_user [-J <jobid]] [-q queue] [-r y|n] 
    [-S path] [-t number_to_submit] [-T type]  [-u user_list] [-w] path
    [-W additional_attributes] [-v variable_list] [-V ] [-x] [-X] [-z] [script]

"""


def error(code, text, what=None):
    """The server's reply to a submit."""
    return code, f"qsub: submit error ({text}{'' if what is None else f' MSG={what}'})"


def bad_option(fault, directive):
    return 2, f"qsub: invalid option -- '{fault.opt[:1] or '-'}'\n[exiting]\n\n{USAGE}"


def check_chunks(resources):
    """The server accepts select too, and does nothing with it."""
    for piece in resources.get("nodes", "1").split(":")[1:]:
        name, has_value, value = piece.partition("=")
        if has_value and not value.isdigit():
            raise habits.Refused(*error(27, "Command syntax invalid", "Invalid Syntax"))


def down(command):
    """Without a server; qstat tries to find the server three times."""
    server = pbs_submit.server()
    once = f"\nUnable to communicate with {server}(10.99.1.1)\nCannot connect to specified server host '{server}'.\n"
    lost = f"{command}: cannot connect to server {server} (errno=111) Connection refused"
    if command == "qstat":
        return f"{once * 3}{lost}\nqstat: Error (111 - Connection refused) "
    return once + lost


DIALECT = {
    "version": "Version: 6.1.3\nCommit: ",
    "options": "a:A:b:c:C:d:D:e:fF:hIj:k:K:l:L:m:M:nN:o:p:P:q:r:S:t:T:u:v:Vw:W:xXz",
    "usage": USAGE,
    "queue": "batch",
    "name": r"[^\s]+", "name_length": 63,
    "unknown_queue": error(172, "Unknown queue", "requested queue not found"),
    "unknown_resource": lambda name: error(189, f"Unknown resource type  Resource_List.{name}"),
    "bad_value": lambda name: error(168, f"Illegal attribute or resource value for {name}"),
    "no_script": lambda path, why: (1, f"qsub: script file '{path}' cannot be loaded - {why}"),
    "bad_option": bad_option,
    "long_option": lambda word: (2, f"[a single - is not a valid option]\n\n{USAGE}"),
    "check_chunks": check_chunks,
    "site": pbs_site.check_torque, "site_queues": pbs_site.TORQUE_QUEUES,
    "down": lambda command: (111, down(command)),
    "refused": 200,  # PBSE_MAXQUED modulo 256
    "variables": {"PBS_SERVER": "server"},
    "environment": lambda record, job_id: {
        "PBS_ENVIRONMENT": "PBS_BATCH", "PBS_JOBID": job_id, "PBS_JOBNAME": record["name"],
        "PBS_QUEUE": record["queue"], "PBS_NODENUM": "0", "PBS_TASKNUM": "1", "PBS_VNODENUM": "0",
        "PBS_NP": "1", "PBS_NUM_NODES": "1", "PBS_NUM_PPN": "1", "PBS_MOMPORT": "15003",
        "PBS_VERSION": "TORQUE-6.1.3", "PBS_WALLTIME": str(record["walltime"] or 0),
        "PBS_O_INITDIR": record["folder"], "PBS_NODEFILE": node_file(record, job_id),
    },
}

QSTAT_USAGE = """usage:
qstat [-f [-1]] [-W site_specific] [-x] [ job_identifier... | destination... ]
qstat [-a|-i|-r|-e] [-u user] [-n [-1]] [-s] [-t] [-G|-M] [-R] [job_id... | destination...]
qstat -Q [-f [-1]] [-W site_specific] [ destination... ]
qstat -q [-G|-M] [ destination... ]
qstat -B [-f [-1]] [-W site_specific] [ server_name... ]
qstat -t"""


QSELECT_USAGE = """usage: qselect                           [-a [op]date_time] [-A account_string] [-e] [-c [op]interval] 
                          [-h hold_list] [-l resource_list] [-N name] [-p [op]priority] 
                          [-q destination] [-r y|n] [-s states] [-u user_name]"""


def node_file(record, job_id):
    path = store.path_of("spool", job_id + ".nodes")
    with open(path, "w") as file:
        file.write(record["host"] + "\n")
    return path


def qsub(arguments):
    return pbs_submit.qsub(arguments, DIALECT)


def state_letter(job):
    if job["state"] == "held" and job["extra"]["starts_at"]:
        return "W"
    letters = {"queued": "Q", "held": "H", "running": "R", "stopped": "S", "ended": "C"}
    return habits.word_of(job, letters[job["state"]])


def qstat(arguments):
    if arguments == ["--version"]:
        print(DIALECT["version"])
        return 0
    pbs_submit.check_server(DIALECT, "qstat")
    try:
        pairs, operands = getopt.gnu_getopt(arguments, "aeE:filn1qrstu:xGMQRBW:", ["version", "about"])
    except getopt.GetoptError as fault:
        raise habits.Refused(2, f"qstat: invalid option -- '{fault.opt[:1] or '-'}'\n{QSTAT_USAGE}") from fault
    given = {name.lstrip("-"): value for name, value in pairs}
    alternate = set(given) & set("ainrsuGMR")
    if alternate and "f" in given or "1" in given and not set(given) & {"n", "f"}:
        raise habits.Refused(2, f"qstat: conflicting options.\n{QSTAT_USAGE}")
    if pbs_site.is_on() and {"Q", "f"} == set(given):
        return pbs_show.queues(operands, "torque", DIALECT["site_queues"],
                               (172, "qstat: Unknown queue MSG=cannot locate queue {} "))
    if {"B", "f"} == set(given):
        print(pbs_site.server("torque", pbs_submit.server(), habits.queues("batch")[0]))
        return 0
    if set(given) & set("qQBR"):
        habits.not_in_the_fake(f"qstat {' '.join(arguments)}")
    lost = habits.Refused(111, down("qstat"))
    with store.locked() as state:
        refusal = habits.check_connection(state, lost)
        shown, complaints, code = ([], [], 0) if refusal else selected(state, given, operands)
        listing = [] if refusal else [(job, state_letter(job)) for job in shown]
    if refusal:
        raise refusal
    text = torque_show.listed(listing, given)
    if complaints:
        raise habits.Refused(code, "\n".join(complaints), text)
    print(text, end="")
    return 0


def selected(state, given, operands):
    """The jobs to show in the order asked, complaints, and the exit code of the last failure."""
    known = {job["id"]: job for job in store.known_jobs(state, KEEP_COMPLETED_S)}
    if not operands:
        return [job for job in known.values() if fits(job, given)], [], 0
    shown, complaints, code = [], [], 0
    for operand in operands:
        match = re.fullmatch(r"(\d+)(\..*)?", operand)
        job = known.get(match[1]) if match else None
        if job:
            shown.append(job)
        elif match:
            complaints.append(f"qstat: Unknown Job Id Error {pbs_submit.full_id(match[1])}")
            code = 153
        elif operand in habits.queues(DIALECT["queue"]):
            shown += [job for job in known.values() if job["queue"] == operand and fits(job, given)]
        else:
            complaints.append(f"qstat: Unknown queue MSG=cannot locate queue {operand} ")
            code = 172
    return shown, complaints, code


def fits(job, given):
    if "u" in given and job["user"] not in given["u"].split(","):
        return False
    if "r" in given:
        return job["state"] in ("running", "stopped")
    return "i" not in given or job["state"] in ("queued", "held")


def qdel(arguments):
    try:
        _, ids = getopt.gnu_getopt(arguments, "acm:pW:t:")
    except getopt.GetoptError:
        ids = []
    if not ids:
        raise habits.Refused(2, "usage: qdel [{ -a | -c | -p | -t | -W delay | -m message}] "
                                "[<JOBID>[<JOBID>]|'all'|'ALL']...\n"
                                "       -a, -c, -m, -p, -t, and -W are mutually exclusive")
    pbs_submit.check_server(DIALECT, "qdel")
    complaints, code = [], 0
    with store.locked() as state:
        known = {job["id"]: job for job in store.known_jobs(state, KEEP_COMPLETED_S)}
        if ids[0] in ("all", "ALL"):
            ids = [number for number, job in known.items() if job["state"] != "ended"]
        for asked in ids:
            number = asked.split(".")[0]
            job = known.get(number)
            if job is None:
                # Behind another complaint only the exit code shows it.
                complaints += [] if complaints else [f"qdel: nonexistent job id: {pbs_submit.full_id(number)}"]
                code = 153
            elif job["state"] == "ended":
                complaints.append("qdel: Request invalid for state of job MSG=invalid state for job - COMPLETE "
                                  + pbs_submit.full_id(number))
                code = 170
            else:
                store.ask_to_end(job)
    if code:
        raise habits.Refused(code, "\n".join(complaints))
    return 0


def qselect(arguments):
    """The ids of the user's jobs, ended ones too, one a line."""
    try:
        pairs, _ = getopt.gnu_getopt(arguments, "a:A:ec:h:l:N:p:q:r:s:u:")
    except getopt.GetoptError as fault:
        raise habits.Refused(2, f"qselect: invalid option -- '{fault.opt}'\n{QSELECT_USAGE}") from fault
    if any(name != "-u" for name, _ in pairs):
        habits.not_in_the_fake(f"qselect {' '.join(arguments)}")
    pbs_submit.check_server(DIALECT, "qselect")
    with store.locked() as state:
        for job in store.known_jobs(state, KEEP_COMPLETED_S):
            if fits(job, {name[1:]: value for name, value in pairs}):
                print(pbs_submit.full_id(job["id"]))
    return 0


COMMANDS = {"qsub": qsub, "qstat": qstat, "qdel": qdel, "qselect": qselect}
