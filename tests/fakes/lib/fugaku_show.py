"""How Fujitsu TCS shows jobs: pjstat, -v, -H, --choose, --data."""

import time

import habits
import options

STATES = {"queued": "QUE", "held": "HLD", "running": "RUN", "stopped": "SPD"}

REASONS = {"walltime": "ELAPSE LIMIT EXCEEDED"}

CODES = {"exit": 0, "cancelled": 1, "walltime": 11}


def word(job):
    if job["state"] == "ended":
        return "CCL" if job["reason"] == "cancelled" else "EXT"
    return habits.word_of(job, STATES[job["state"]])


def month(moment, seconds=True):
    return time.strftime("%m/%d %H:%M:%S" if seconds else "%m/%d %H:%M", time.localtime(moment))


def start_date(job):
    """An expected start stands in brackets."""
    return month(job["started"]) if job["started"] else f"({month(job['submitted'], False)})"


def elapsed(job):
    return options.clock((job["ended"] or time.time()) - job["started"] if job["started"] else 0, hours=4)


def exit_code(job):
    if job["state"] != "ended" or not job["started"]:
        return "0"
    return str(job["code"] if job["code"] is not None else 128 + job["signal"])


#: Columns by the name that --choose knows them by: heading, width, value.
COLUMNS = {
    "jid": ("JOB_ID", 10, lambda job, st: job["id"]),
    "jnam": ("JOB_NAME", 10, lambda job, st: job["name"]),
    "md": ("MD", 2, lambda job, st: "NM"),
    "st": ("ST", 3, lambda job, st: st),
    "usr": ("USER", 8, lambda job, st: job["user"]),
    "grp": ("GROUP", 8, lambda job, st: job["extra"]["group"]),
    "sdt": ("START_DATE", 15, lambda job, st: start_date(job)),
    "elp": ("ELAPSE_TIM", 10, lambda job, st: elapsed(job)),
    "elpl": ("ELAPSE_LIM", 21, lambda job, st: options.clock(job["walltime"], hours=4)),
    "nnumr": ("NODE_REQUIRE", 15, lambda job, st: job["extra"]["node"]),
    "vnum": ("VNODE", 6, lambda job, st: "-"),
    "cnumr": ("CORE", 4, lambda job, st: "-"),
    "vmem": ("V_MEM", 12, lambda job, st: "-"),
    "vpol": ("V_POL", 5, lambda job, st: "-"),
    "epol": ("E_POL", 5, lambda job, st: "-"),
    "rank": ("RANK", 9, lambda job, st: "bychip"),
    "lst": ("LST", 3, lambda job, st: "RNO" if job["state"] == "ended" else "QUE"),
    "ec": ("EC", 3, lambda job, st: exit_code(job)),
    "pc": ("PC", 3, lambda job, st: str(CODES[job["reason"] or "exit"])),
    "sn": ("SN", 3, lambda job, st: str(job["signal"] or 0)),
    "pri": ("PRI", 3, lambda job, st: "127"),
    "adt": ("ACCEPT", 14, lambda job, st: month(job["submitted"])),
    "rscg": ("RSC_GRP", 8, lambda job, st: job["queue"]),
    "ermsg": ("REASON", 16, lambda job, st: REASONS.get(job["reason"], "-") if job["state"] == "ended" else "-"),
}

BRIEF = ("jid", "jnam", "md", "st", "usr", "sdt", "elpl", "nnumr", "vnum", "cnumr", "vmem")

#: Of which the values are shown whole, however narrow the column.
WHOLE = ("jid", "nnumr", "elpl")


def listed(shown, given):
    """The heading stands there even when there is nothing below it."""
    names = chosen(given)
    if "data" in given:
        rows = [",".join(["H", *(COLUMNS[name][0] for name in names)])]
        rows += [",".join(["", *(COLUMNS[name][2](job, st) for name in names)]) for job, st in shown]
        return "".join(row + "\n" for row in rows)
    rows = [[COLUMNS[name][0] for name in names]]
    rows += [[cut(name, COLUMNS[name][2](job, st)) for name in names] for job, st in shown]
    return "".join(" ".join(f"{text:<{COLUMNS[name][1]}}" for name, text in zip(names, row)) + "\n" for row in rows)


def cut(name, text):
    return text if name in WHOLE else text[:COLUMNS[name][1]]


def chosen(given):
    if "choose" not in given:
        return tuple(COLUMNS) if "v" in given else BRIEF
    names = given["choose"].split(",")
    for name in names:
        if name not in COLUMNS:
            raise habits.Refused(1, f"[ERR.] PJM 0201 pjstat Invalid item: {name}.")
    return tuple(names)
