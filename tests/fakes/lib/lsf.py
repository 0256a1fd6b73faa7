"""IBM LSF: bsub, bjobs, bhist, bkill, bstop, bresume. Sources: ../README.md."""

import os
import re
import sys

import habits
import lsf_list
import lsf_openlava
import lsf_run
import lsf_show
import lsf_submit

RUNNING = lsf_run.RUNNING

CLEAN_PERIOD_S = 3600

UNREACHABLE = "Failed in an LSF library call: Slave LIM configuration is not ready yet"

SUBMIT_USAGE = """{}: Illegal option. Job not submitted.
Usage: bsub [options] command [arguments]
       bsub [options] job_script
       bsub -h[elp] [all] [description] [category_name ...] [-option_name ...]
       bsub -V"""

USAGE = "Usage: {0} [-h] [-V] [options] [job_ID ...]"


def command(words):
    text = " ".join(words)
    return text, text.encode() + b"\n"


def last_wins(own, embedded):
    return {**dict(embedded), **dict(own)}


def environment(record, number):
    host, extra = record["host"], record["extra"]
    return {
        "LSB_JOBID": number, "LSB_JOBINDEX": "0", "LSB_BATCH_JID": number, "LSB_JOBNAME": record["name"],
        "LSB_QUEUE": record["queue"], "LSB_HOSTS": host, "LSB_MCPU_HOSTS": f"{host} {extra['processors']}",
        "LSB_DJOB_NUMPROC": str(extra["processors"]), "LSB_SUB_HOST": host, "LSB_JOBRES_PID": "1",
        "LS_SUBCWD": extra["submit_folder"], "LS_EXEC_T": "START", "LSFUSER": record["user"],
        "LSB_SUB_USER": record["user"], "LSB_PROJECT_NAME": extra["project"],
        "LSB_OUTPUTFILE": extra["o"] or "", "LSB_BIND_JOB": "N", "JOB_TERMINATE_INTERVAL": "10",
    }


DIALECT = {
    "flags": {"x", "r", "rn", "H", "K", "I", "Ip", "Is", "B", "N", "ul", "hl", "Zs", "cn_cu"},
    "valued": set("q n R W We o oo e eo i is J Jd cwd m P M c b t w gpu app u L E Ep G g sla sp U env data "
                  "a C D F S T v p k outdir rcacct notify network".split()),
    "bad_option": "bsub: illegal option -- {}\n. Job not submitted." if lsf_openlava.is_on() else SUBMIT_USAGE,
    "queue": "normal", "prefixes": ("#BSUB",),
    # A script named on the command line is a command: its directives are read only where
    # LSB_BSUB_PARSE_SCRIPT is set.
    "reads_directives": lambda rest: not rest,
    "command": command, "merge": last_wins, "environment": environment,
    "quiet": lambda: False, "script_limit": lambda: 0, "too_long": "",
    "tell": lambda text: tell(text), "check": lambda given: check_memory(given),
}


def bsub(arguments):
    if arguments == ["-V"]:
        sys.stderr.write(version_text() + "\n")
        return 0
    return lsf_submit.submit(arguments, DIALECT)


def version_text():
    return os.environ.get("FAKE_VERSION", "IBM Spectrum LSF Standard 10.1.0.13, Jan 04 2023")


def version():
    """The numbers of `bsub -V`; none for a relative of LSF."""
    found = re.search(r"LSF[A-Za-z ]* ([\d.]+)", version_text())
    return tuple(int(number) for number in found[1].strip(".").split(".")) if found else ()


def badmin(arguments):
    if arguments != ["showconf", "mbd", "all"]:
        habits.not_in_the_fake(f"badmin {' '.join(arguments)}")
    unit = os.environ.get("FAKE_UNIT")
    print("MBD configuration at Mon Nov  2 10:00:00 2026\n        LSB_SHAREDIR = /lsf/work")
    if unit:
        print(f"        LSF_UNIT_FOR_LIMITS = {unit}")
    return 0


def check_memory(given):
    """For OpenLava see there. Units in -M and rusage are understood since 10.1.0.2, /host since 10.1.0.9."""
    if lsf_openlava.is_on():
        return lsf_openlava.check_submit(given)
    for value in re.findall(r"mem=([^\]:,]*)", " ".join(given.get("all_R", []))):
        size, _, per = value.partition("/")
        if (per and version() < (10, 1, 0, 9)) or (not size.isdigit() and version() < (10, 1, 0, 2)):
            raise habits.Refused(255, "Error in rusage section. Job not submitted.")
    if "M" in given and not given["M"].isdigit() and version() < (10, 1, 0, 2):
        raise habits.Refused(255, "Bad argument for option -M. Job not submitted.")


def tell(text):
    """BSUB_STDERR moves the message to standard error, BSUB_QUIET leaves it out."""
    if "BSUB_QUIET" in os.environ or "BSUB_QUIET2" in os.environ:
        return
    (sys.stderr if "BSUB_STDERR" in os.environ else sys.stdout).write(text + "\n")


def bjobs(arguments):
    given, ids = lsf_list.parsed(
        arguments, {"a", "d", "p", "r", "s", "l", "w", "W", "noheader", "UF", "X", "json", "hms"},
        {"o", "u", "q", "J", "m", "P"}, USAGE.format("bjobs"))
    if "W" in given or "m" in given or "P" in given:
        habits.not_in_the_fake(f"bjobs {' '.join(arguments)}")
    if lsf_openlava.is_on() and "o" in given:
        raise habits.Refused(255, lsf_openlava.BJOBS_USAGE)
    if lsf_openlava.is_down():
        raise habits.Refused(255, lsf_openlava.TRYING + lsf_openlava.LOST)
    format_text = given.get("o", os.environ.get("LSB_BJOBS_FORMAT"))
    shown, complaints = lsf_list.listing(given, ids, CLEAN_PERIOD_S, habits.Refused(255, UNREACHABLE))
    if "json" in given and format_text:
        text, complaints_left = lsf_show.as_json(shown, format_text, complaints), []
    else:
        text, complaints_left = show(shown, given, format_text), complaints
    if complaints:
        # Of ids that are all unknown, bjobs 10.1 ends with 0.
        code = 0 if ids and not shown and not lsf_openlava.is_on() else 255
        raise habits.Refused(code, "\n".join(complaints_left), text)
    print(text, end="")
    return 0


def show(shown, given, format_text):
    header = "noheader" not in given
    if not shown:
        return ""
    if "l" in given:
        return lsf_show.in_long(shown)
    if format_text:
        return lsf_show.customised(shown, format_text, header)
    return lsf_show.brief(shown, "w" in given, header)


def bhist(arguments):
    """What the event log still holds: longer than bjobs remembers."""
    given, ids = lsf_list.parsed(arguments, {"a", "d", "e", "p", "r", "s", "l", "w", "b"},
                                 {"u", "q", "J", "n", "S", "C", "D"}, USAGE.format("bhist"))
    os.environ.pop("FAKE_KEEP", None)
    os.environ.pop("FAKE_VANISH", None)
    shown, complaints = lsf_list.listing(given, ids, float("inf"), habits.Refused(255, UNREACHABLE))
    if complaints:
        (sys.stdout if lsf_openlava.is_on() else sys.stderr).write("No matching job found\n")
    if not shown:
        return 255
    print(lsf_show.history_long(shown) if "l" in given else lsf_show.history(shown), end="")
    return 0


def action(name, verb):
    def run(arguments):
        given, ids = lsf_list.parsed(arguments, {"r", "b", "l", "d"} if name == "bkill" else set(),
                                     {"J", "q", "u", "m", "s", "stat", "app"}, USAGE.format(name))
        if not ids and not given:
            raise habits.Refused(255, "Job ID or one of '-m', '-u' '-q' and '-J' must be specified.\n"
                                 + USAGE.format(name))
        if lsf_openlava.is_down():
            raise habits.Refused(255, lsf_openlava.TRYING + f"Job <{ids[0]}>: {lsf_openlava.LOST}")
        complaints = lsf_list.act(given, ids, CLEAN_PERIOD_S, verb)
        if complaints:
            sys.stderr.write("\n".join(complaints) + "\n")
            return 255
        return 0
    return run


COMMANDS = {"bsub": bsub, "badmin": badmin, "bjobs": bjobs, "bhist": bhist,
            "bqueues": lsf_openlava.bqueues, "bparams": lsf_openlava.bparams, "bkill": action("bkill", "terminated"),
            "bstop": action("bstop", "stopped"), "bresume": action("bresume", "resumed")}
