import type { Resources } from "../../../model/config.ts";
import type { Scheduler } from "../../../schedulers/scheduler.ts";
import { RUN_DIRECTORY } from "../../../script/remote_layout.ts";
import { capturedCommand } from "../../../script/poll_script.ts";
import { commandNamed, commandOf } from "../programs.ts";
import { quote } from "../../../script/quote.ts";
import { LIST_COMPRESSORS } from "../../../script/compression.ts";
import { FIND_COMMAND } from "../../../script/find_command.ts";
import type { JobShell } from "../../../script/job_script.ts";
import type { ShellText } from "../../../script/shell_text.ts";

/** Programs that remote scripts use, without those that have their own check. */
const USED = "awk cat chmod env find grep head id ln ls mkdir mv" +
  " readlink rm rmdir sed sleep tail tr uname wc xargs";

/** The tar commands of staging and of collecting. */
export const UNPACK = "tar -xoPf - -C";
export const PACK = `tar -cf - --exclude=./${RUN_DIRECTORY} --null -T`;

/** What the doctor script checks. */
export interface Complaint {
  readonly scheduler: Scheduler;
  /** What a job requests. */
  readonly resources: Resources;
  /** The programs of the scheduler by role, with their names at this site. */
  readonly programs: readonly (readonly [role: string, words: ShellText])[];
  /** What runs job scripts. */
  readonly jobShell: JobShell;
  /** First words of the tasks' commands. */
  readonly commands: readonly string[];
}

/**
 * Checks everything that a run needs of a remote host, group by group, each followed by
 * a section `seen GROUP`. It removes all files that it creates. The batch system
 * is queried last, because it may be slow.
 */
export function doctorScript(complaint: Complaint): ShellText {
  return `exec </dev/null
first() { head -n 1; }
${MACHINE}
section seen machine
${ROOT}
section seen root
${TOOLS}
rm -rf "$S"
section seen tools
${login(complaint)}
section seen commands
${queue(complaint)}
section seen scheduler`;
}

const MACHINE = `section host; uname -n
section clock; date +%s
section user; id -un
section system; uname -sr
section cpus; nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null
section shell; printf '%s\\n' "$SHELL"
section sh; readlink -f "$(command -v sh)"`;

/** The nearest existing directory, tested by a temporary directory in it. */
const ROOT = `section root; printf '%s\\n' "$R"
close_own=
near=$R
is_own || {
  section notOurs "$unsafe"; printf '%s\\n' "$directory"
  [ "$directory" != "$R" ] || near=\${R%/*}
}
parent=\${R%/*}
read_mode "\${parent:-/}"
section parent "$mode"; printf '%s\\n' "\${parent:-/}"
until [ -e "$near" ] || [ -L "$near" ]; do near=\${near%/*}; near=\${near:-/}; done
kind=other
[ ! -L "$near" ] || kind="link"
[ ! -d "$near" ] || kind=directory
section near "$kind"; printf '%s\\n' "$near"
S=$near/.dpdisp-doctor.$T
trap 'rm -rf "$S"' EXIT
# Of a signal some shells die without that.
trap 'exit 1' HUP INT PIPE TERM
tried() {
  outcome=$1
  shift
  said=$("$@" 2>&1)
  code=$?
  section "$outcome" "$code"; printf '%s\\n' "$said"
}
scratch() { mkdir "$S" && printf 'x\\n' >"$S/new" && mv "$S/new" "$S/file" && [ -s "$S/file" ]; }
link() { ln -s file "$S/link" && [ "$(readlink "$S/link")" = file ]; }
tried scratch scratch
[ ! -e "$S/file" ] || tried link link
section space; df -Pk "$near" 2>/dev/null
section inodes; df -Pi "$near" 2>/dev/null`;

/** Versions, and whether tar can pack and unpack in the temporary directory. */
const TOOLS =
  `version() { command -v "$1" >/dev/null 2>&1 && "$1" --version 2>&1 | first; }
section tar; version tar
section bash; version bash
pack() { cd "$S" && printf 'file\\0' >list && ${PACK} list >packed; }
unpack() { mkdir "$S/there" && cat "$S/packed" | ${UNPACK} "$S/there" && [ -s "$S/there/file" ]; }
if [ -e "$S/file" ]; then
  tried pack pack
  # What this tar cannot pack, 1024 bytes of zeros stand for: the end of an empty archive.
  if [ -s "$S/packed" ]; then tried unpack unpack
  else
    unpack() { dd if=/dev/zero bs=512 count=2 2>/dev/null | ${UNPACK} "$S"; }
    tried unpack unpack
  fi
fi
section missing
for tool in ${USED}; do command -v "$tool" >/dev/null 2>&1 || printf '%s\\n' "$tool"; done
section compressors
${LIST_COMPRESSORS}`;

/** Where the shell of job scripts finds the commands, and programs that are not on the PATH of scripts. */
function login({ programs, commands, jobShell }: Complaint): ShellText {
  return `${FIND_COMMAND}program() {
  section program "$1"; printf '%s\\n%s\\n' "$2" "$(find_command "$2")"
}
${programs.map(([role, words]) => `program ${role} ${words}`).join("\n")}
section login
${jobShell} -c 'for name; do
  kind=$(type -t -- "$name") && printf "\\n=%s %s %s\\n" "$name" "$kind" "$(type -P -- "$name")"
done' dpdisp ${
    [...commands, ...programs.map(([, words]) => words)].map(firstWord).join(
      " ",
    )
  } 2>/dev/null`;
}

function firstWord(words: string): ShellText {
  return quote(words.trim().split(/\s/, 1)[0]!);
}

function queue({ scheduler, resources }: Complaint): ShellText {
  const { version, findCommand, queues, queueLimits, array } = scheduler;
  return [
    ...(version ? [capturedCommand(commandNamed(version), "version")] : []),
    ...(findCommand === null ? [] : [
      capturedCommand(commandOf("poll", scheduler, findCommand), "listing"),
    ]),
    ...(queues ? [capturedCommand(commandNamed(queues), "queues")] : []),
    ...(queueLimits
      ? [capturedCommand(commandNamed(queueLimits.ask(resources)), "limits")]
      : []),
    ...(array?.capacity
      ? [capturedCommand(commandNamed(array.capacity), "capacity")]
      : []),
  ].join("\n");
}
