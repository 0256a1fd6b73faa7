"""Runs one command of one fake system: main.py SYSTEM COMMAND ARGUMENTS..."""

import contextlib
import importlib
import io
import os
import sys

import habits
import store
import worker


def answer(system, name, arguments):
    """Exit code, standard output, standard error."""
    replayed = habits.replayed(name)
    if replayed:
        return replayed
    said = io.StringIO()
    complaints = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaints):
            code = system.COMMANDS[name](arguments)
    except habits.Refused as refusal:
        if refusal.text:
            complaints.write(refusal.text + ("" if refusal.text.endswith("\n") else "\n"))
        said.write(refusal.said)
        code = refusal.code
    except habits.Lost:
        return 1, "", ""
    return code, habits.dressed(said.getvalue()), complaints.getvalue()


def main():
    system_name, name, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    if not os.environ.get("FAKE_QUEUE_DIR"):
        sys.exit("FAKE_QUEUE_DIR must name the folder of the fake queue")
    os.makedirs(store.path_of("spool"), exist_ok=True)
    store.note_call(name, arguments)
    system = importlib.import_module(system_name)
    code, said, complaints = answer(system, name, arguments)
    worker.start_workers(system.RUNNING)
    sys.stdout.write(said)
    sys.stdout.flush()
    sys.stderr.write(complaints)
    sys.exit(code)


main()
