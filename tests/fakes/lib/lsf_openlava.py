"""What OpenLava, a relative of LSF 7, answers otherwise than LSF 10: with a FAKE_VERSION that names it."""

import os
import re

import habits
import store

BJOBS_USAGE = """bjobs: invalid option -- 'o'
Usage: bjobs [-h] [-V] [-w |-l] [-W] [-a] [-d] [-p] [-s] [-r] [-g job_group]
             [-A] [-m host_name] [-q queue_name] [-u user_name | -u all]
             [-P project_name] [-N host_spec] [-J name_spec] [-UF] [-WL|-WP|-WF] [-noheader]
             [jobId | "jobId[idxList]" ...]"""

TRYING = "batch system daemon not responding ... still trying\n"
LOST = "Connection refused by server"

# The site's queues: minutes, slots of a job, slots of a user.
SHORT = {"minutes": 10, "job": 4, "user": 2}
HOST_SLOTS = 16

KNOWN_RESOURCES = frozenset("r15s r1m r15m ut pg io ls it tmp swp mem type model status ncpus maxmem".split())


def is_on():
    return "OpenLava" in os.environ.get("FAKE_VERSION", "")


def is_down():
    return is_on() and habits.is_on("FAKE_DOWN") and not os.path.exists(store.path_of("up"))


def refuse(text):
    raise habits.Refused(255, f"{text}. Job not submitted.")


def check_submit(given):
    """Of the options of bsub."""
    if is_down():
        raise habits.Refused(255, f"{TRYING}{LOST}. Job not submitted.")
    for requirement in given.get("all_R", []):
        reserved = re.findall(r"mem=([^\]:,]*)", requirement)
        selected = re.findall(r"select\[(\w+)", requirement)
        if not all(size.isdigit() for size in reserved) or not set(selected) <= KNOWN_RESOURCES:
            refuse("Bad resource requirement syntax")
    slots = int(given.get("n", "1"))
    if given.get("q") == "short":
        if slots > SHORT["user"]:
            refuse("Queue does not have enough per-user job slots")
        if "W" in given and int(given["W"].split(":")[-1]) > SHORT["minutes"]:
            refuse("RUNLIMIT: Cannot exceed queue's hard limit(s)")
    if slots > HOST_SLOTS:
        refuse("Too many processors requested")
    if "x" in given:
        refuse("normal: Queue does not accept EXCLUSIVE jobs")
    waits_for = re.findall(r"\d+", given.get("w", ""))
    with store.locked() as state:
        unknown = [number for number in waits_for if number not in state["jobs"]]
    if unknown:
        refuse(f"{unknown[0]}: No matching job found")


def bqueues(arguments):
    if arguments == ["-w"]:
        print("QUEUE_NAME     PRIO      STATUS      MAX  JL/U JL/P JL/H NJOBS  PEND  RUN  SUSP\n"
              "short           40    Open:Active      -    2    4    -     0     0     0     0 \n"
              "normal          30    Open:Active      -    -    -    -     0     0     0     0 ")
        return 0
    if arguments != ["-l", "short"]:
        raise habits.Refused(255, f"{arguments[-1]}: No such queue")
    print(f"""
QUEUE: short
  -- With limits

PARAMETERS/STATISTICS
PRIO NICE     STATUS       MAX JL/U JL/P JL/H NJOBS  PEND  RUN  SSUSP USUSP  RSV
  40   0    Open:Active     -     {SHORT['user']}  4.0   -     0     0     0     0     0    0

Interval for a host to accept two jobs is 0 seconds

 RUNLIMIT                 PROCLIMIT               
 {SHORT['minutes']}.0 min of lavahost     {SHORT['job']}

SCHEDULING PARAMETERS
           r15s   r1m  r15m   ut      pg    io   ls    it    tmp    swp    mem
 loadSched   -     -     -     -       -     -    -     -     -      -      -  
 loadStop    -     -     -     -       -     -    -     -     -      -      -  

USERS:  all users
HOSTS:  all hosts used by the OpenLava system
""")
    return 0


def bparams(_):
    print("""Default Queues:  normal
Job Dispatch Interval:  2 seconds
Job Checking Interval:  2 seconds
Job Accepting Interval:  0 seconds""")
    return 0
