"""Runs a command at a terminal of its own: pty.py COLUMNS COMMAND...

What the terminal gets is written to stdout; the exit code is the command's.
COLUMNS may be 0, as on terminals that do not say how wide they are.
"""
import fcntl
import os
import struct
import sys
import termios

columns = int(sys.argv[1])
# A program that draws without end is not to fill the disk.
most = 1_000_000

child, terminal = os.forkpty()
if child == 0:
    # The window has its size before the command looks at it.
    os.read(0, 1)
    os.execvp(sys.argv[2], sys.argv[2:])

settings = termios.tcgetattr(terminal)
settings[3] &= ~termios.ECHO
termios.tcsetattr(terminal, termios.TCSANOW, settings)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
os.write(terminal, b"\n")

written = 0
while written < most:
    try:
        seen = os.read(terminal, 65536)
    except OSError:
        break
    if not seen:
        break
    written += len(seen)
    os.write(1, seen)
else:
    os.kill(child, 9)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
