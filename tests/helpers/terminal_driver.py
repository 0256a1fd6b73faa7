"""Runs a command at a terminal of its own, and types there: typist.py QUESTION KEYS COMMAND...

Once the terminal has been shown QUESTION, the bytes KEYS (in hexadecimal) are
typed. What the terminal gets is written to stdout; the exit code is the
command's.
"""
import os
import sys

question, keys = sys.argv[1].encode(), bytes.fromhex(sys.argv[2])
child, terminal = os.forkpty()
if child == 0:
    os.execvp(sys.argv[3], sys.argv[3:])

shown = b""
while True:
    try:
        seen = os.read(terminal, 65536)
    except OSError:
        break
    if not seen:
        break
    os.write(1, seen)
    shown += seen
    if question in shown:
        os.write(terminal, keys)
        keys, shown = b"", b""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
