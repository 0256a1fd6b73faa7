"""Reading of command lines and of the directives in a script."""

import getpass
import os
import re
import shlex
import socket


def user():
    return getpass.getuser()


def host():
    return socket.gethostname().split(".")[0]


def seconds(text, smallest=1):
    """H:M:S, M:S or S, the last part counting `smallest` seconds; None where it is none of these."""
    if not re.fullmatch(r"\d+(:\d+){0,2}", text):
        return None
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total * smallest


def clock(number_s, hours=2):
    """H:M:S with so many digits of hours."""
    number_s = int(number_s)
    return f"{number_s // 3600:0{hours}d}:{number_s // 60 % 60:02d}:{number_s % 60:02d}"


def directives(script, prefix, until_command):
    """The text after `prefix` of each line that begins with it, up to the first command or to the end."""
    found = []
    for line in script.decode(errors="replace").splitlines():
        if line.startswith(prefix):
            found.append(line[len(prefix):].strip())
        elif until_command and line.strip() and not line.lstrip().startswith("#"):
            break
    return found


def words(line):
    """As a shell would split them; None where a quote is not closed."""
    try:
        return shlex.split(line)
    except ValueError:
        return None


def long_options(arguments, flags, valued):
    """Options of the `-name value` kind up to the first other word: pairs, rest, and a bad option or None."""
    pairs, rest = [], list(arguments)
    while rest and rest[0].startswith("-") and len(rest[0]) > 1:
        name = rest.pop(0)[1:]
        if name in flags:
            pairs.append((name, None))
        elif name in valued and rest:
            pairs.append((name, rest.pop(0)))
        elif name[0] in valued and name not in valued:
            pairs.append((name[0], name[1:]))
        else:
            return pairs, rest, name
    return pairs, rest, None


def login_environment():
    """The environment that a login shell on another host would start with."""
    kept = ("HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "TZ", "MAIL")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    found.setdefault("HOME", "/")
    found.setdefault("USER", user())
    found.setdefault("LOGNAME", user())
    found.setdefault("SHELL", "/bin/sh")
    return found


def own_environment():
    """The submitter's, without the switches of the fake."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FAKE_")}
