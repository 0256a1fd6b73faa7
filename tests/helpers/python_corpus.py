"""Python's own tokenizer as the judge of what a comment and a blank line is.

corpus N: a line of JSON for every Nth file of the standard library: its text, the same without comments and blank
lines, and with further ones.
compare: reads lines of JSON, each a pair of texts, and prints the numbers of those whose tokens differ.
"""
import io
import json
import pathlib
import sys
import sysconfig
import token
import tokenize

LAYOUT = (token.COMMENT, token.NL, token.ENCODING)
FORMAT_START = (getattr(token, "FSTRING_START", None), getattr(token, "TSTRING_START", None))
FORMAT_END = (getattr(token, "FSTRING_END", None), getattr(token, "TSTRING_END", None))


def tokens_of(text):
    return list(tokenize.generate_tokens(io.StringIO(text).readline))


def outside_format(tokens):
    depth = 0
    for each in tokens:
        depth += (each.type in FORMAT_START) - (each.type in FORMAT_END)
        if depth == 0:
            yield each


def without(text):
    tokens = tokens_of(text)
    lines = text.split("\n")
    taken = {
        row
        for each in tokens
        if each.type not in (*LAYOUT, token.INDENT, token.DEDENT)
        for row in range(each.start[0], each.end[0] + 1)
    }
    layout = [each for each in outside_format(tokens) if each.type in LAYOUT]
    for each in layout:
        if each.type == token.COMMENT:
            row, column = each.start
            lines[row - 1] = lines[row - 1][:column]
    gone = {
        each.start[0]
        for each in layout
        if each.type == token.NL
        and each.start[0] not in taken
        and not lines[each.start[0] - 2].endswith("\\")
    }
    return "\n".join(line for row, line in enumerate(lines, 1) if row not in gone)


def with_more(text):
    lines = text.split("\n")
    for each in outside_format(tokens_of(text)):
        if each.type in (token.NEWLINE, token.NL):
            row, column = each.start
            line = lines[row - 1]
            lines[row - 1] = f"{line[:column]}  # it's \"\"\" {{( \\\n \f \n\n   # '''"
    return "\n".join(lines)


def corpus(step):
    files = sorted(pathlib.Path(sysconfig.get_path("stdlib")).rglob("*.py"))
    for path in files[::step]:
        try:
            text = io.StringIO(path.read_bytes().decode(), newline=None).read()
            print(json.dumps([str(path), text, without(text), with_more(text)]))
        except (UnicodeDecodeError, tokenize.TokenError, SyntaxError, IndentationError):
            pass  # Files that are wrong on purpose, for tests of Python.


def program_of(text):
    return [
        # The C tokenizer keeps the form feeds of an indentation, which mean nothing.
        (each.type, each.string.rpartition("\f")[2] if each.type == token.INDENT else
         "" if each.type == token.NEWLINE else each.string)
        for each in tokens_of(text)
        if each.type not in LAYOUT
    ]


def compare():
    for number, line in enumerate(sys.stdin):
        first, second = json.loads(line)
        if program_of(first) != program_of(second):
            print(number)


if sys.argv[1] == "corpus":
    corpus(int(sys.argv[2]))
else:
    compare()
