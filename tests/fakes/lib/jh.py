"""JH UniScheduler: jsub, jjobs, jhist, jctrl. Sources: ../README.md."""

import os
import re
import sys

import habits
import lsf_list
import lsf_run
import lsf_show
import lsf_submit
import store

RUNNING = lsf_run.RUNNING

KEEP_S = 3600

UNREACHABLE = "batch daemon not responding: Connection timed out"

SUBMIT_USAGE = """{0}: Illegal option. Job not submitted.
usage: jsub [-h] [-V] [-x] [-ux] [-H] [-I] [-IX] [-Is] [-djm] [-pjm]
            [-L login_shell] [-P project_name] [-R res_req] [-q queue_name]
            [-app application_name] [-m host_name ...] [-n min_processors[,max_processors]]
            [-J job_name] [-Jd job_desc] [-i in_file] [-o out_file] [-e err_file]
            [-cwd current_working_directory] [-gpgpu "num ..."] [-W run_limit] [-We limit]
            [job_command [argument...]]"""


def command(words):
    """A script file: its directives count, and listings show its name. Else a command line."""
    if len(words) == 1 and os.path.isfile(words[0]):
        with open(words[0], "rb") as file:
            return words[0], file.read()
    text = " ".join(words)
    return text, text.encode() + b"\n"


def first_wins(own, embedded):
    """Unlike LSF: of a repeated option the first one counts, and the rest is told."""
    given = dict(own)
    for name, value in embedded:
        if name in given:
            text = f"-{name} {value}" if value is not None else f"-{name}"
            print(f"Repeated argument <{text}> in script, ignored")
        else:
            given[name] = value
    return given


def environment(record, number):
    extra = record["extra"]
    return {
        "JH_JOBID": number, "JH_HOSTS": f"{record['host']} {extra['processors']}", "JH_QUEUE": record["queue"],
        "JH_JOBNAME": record["name"], "JH_SUB_HOST": record["host"], "JH_JOB_PROJECT": extra["project"],
        "JH_SUB_CWD": extra["submit_folder"], "JH_EXEC_USER": record["user"],
        "JH_JOB_OUTFILE": extra["o"] or "",
    }


def script_limit():
    """Bytes that a script may have: the manual's 4096, or $FAKE_SCRIPT_LIMIT (0: any)."""
    return int(os.environ.get("FAKE_SCRIPT_LIMIT", "4096"))


DIALECT = {
    "flags": {"x", "ux", "H", "I", "IX", "Is", "djm", "pjm", "r", "rn"},
    "valued": set("L P R q app m n J Jd i o e E Ep cwd gpgpu nnode hosts port f w b t M W We mf aps".split()),
    "bad_option": SUBMIT_USAGE, "queue": "normal", "prefixes": ("#JSUB", "#BSUB"),
    "reads_directives": lambda rest: not rest or os.path.isfile(rest[0]),
    "command": command, "merge": first_wins, "environment": environment,
    "quiet": lambda: os.environ.get("JH_JOB_NO_SUMMARY_OUT") == "Y",
    "script_limit": script_limit, "too_long": "The script is longer than {} bytes. Job not submitted.",
    "tell": print, "check": lambda given: None,
}


def jsub(arguments):
    return lsf_submit.submit(arguments, DIALECT)


def brief(shown, wide, waiting):
    """LSF's columns, and for waiting jobs their place in the line."""
    lines = lsf_show.brief(shown, wide).splitlines()
    places = [str(waiting.index(job["id"]) + 1) if job["id"] in waiting else "-" for job, _ in shown]
    return "".join(f"{line}  {place}\n" for line, place in zip(lines, ["ORDER", *places]))


def jjobs(arguments):
    given, ids = lsf_list.parsed(
        arguments, {"a", "d", "p", "s", "r", "l", "w", "A", "env", "t", "regexp"},
        {"o", "u", "q", "J", "Jd", "m", "P", "app"}, "usage: jjobs [-h] [-V] [-w | -l] [-a] [-d] [-p] [-s] [-r] [-A] "
        "[-m host_name] [-q queue_name] [-u user_name | -u all] [-P project_name] [-o format] [-J name_spec] "
        "[jobId [jobId ...]]")
    if set(given) & {"A", "env", "t", "regexp", "m", "P", "app", "Jd"}:
        habits.not_in_the_fake(f"jjobs {' '.join(arguments)}")
    shown, complaints = lsf_list.listing(given, ids, KEEP_S, habits.Refused(255, UNREACHABLE))
    waiting = [job["id"] for job in store.read_state()["jobs"].values() if job["state"] == "queued"]
    format_text = given.get("o", os.environ.get("JH_JJOBS_FORMAT"))
    if not shown:
        text = ""
    elif "l" in given:
        text = lsf_show.in_long(shown)
    elif format_text:
        text = lsf_show.customised(shown, format_text, True)
    else:
        text = brief(shown, "w" in given, waiting)
    if complaints:
        raise habits.Refused(255, "\n".join(complaints), text)
    print(text, end="")
    return 0


def jhist(arguments):
    """What the event log still holds: longer than jjobs remembers."""
    given, ids = lsf_list.parsed(arguments, {"a", "d", "e", "p", "r", "s", "l", "w", "t"},
                                 {"u", "q", "J", "Jd", "n", "S", "f", "P", "app"}, "usage: jhist [-h] [jobId ...]")
    os.environ.pop("FAKE_KEEP", None)
    os.environ.pop("FAKE_VANISH", None)
    shown, complaints = lsf_list.listing(given, ids, float("inf"), habits.Refused(255, UNREACHABLE))
    if complaints:
        sys.stderr.write("No matching job found\n")
    if not shown:
        return 255
    if "l" in given:
        print(re.sub(r"Exited with exit code (\d+)\.", r"Exit with exit code <\1>.", lsf_show.history_long(shown)), end="")
    else:
        print(lsf_show.history(shown), end="")
    return 0


VERBS = {"kill": "terminated", "stop": "stopped", "resume": "resumed", "start": "resumed"}


def jctrl(arguments):
    action, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if action == "clean":
        return clean(rest)
    if action not in VERBS:
        if action in ("bot", "top", "requeue", "peek"):
            habits.not_in_the_fake(f"jctrl {action}")
        raise habits.Refused(255, "usage: jctrl [-h] [-V] {stop,resume,kill,bot,top,start,requeue,peek,clean} ...")
    given, ids = lsf_list.parsed(rest, {"f"}, {"m", "q", "u", "J", "app"},
                                 f"usage: jctrl {action} [-h] [-m host_name] [-q queue_name] [-u user_name | -u all] "
                                 "[-J job_name] [-app application_name] jobId | 0 [jobId | 0 ...]")
    complaints = lsf_list.act(given, ids, KEEP_S, VERBS[action])
    if complaints == ["No matching job found"] and ids == ["0"]:
        print("No unfinished job found")
        return 0
    if complaints:
        sys.stderr.write("\n".join(complaints) + "\n")
        return 255
    return 0


def clean(ids):
    """Makes the scheduler forget jobs that have ended."""
    with store.locked() as state:
        for job in store.known_jobs(state, KEEP_S):
            if job["state"] == "ended" and (job["id"] in ids or "0" in ids):
                job["ended"] = 0.0
    return 0


COMMANDS = {"jsub": jsub, "jjobs": jjobs, "jhist": jhist, "jctrl": jctrl}
