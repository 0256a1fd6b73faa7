import type { Resources } from "../../../model/config.ts";
import type { Scheduler } from "../../../schedulers/scheduler.ts";
import { RUN_DIRECTORY } from "../../../script/remote_layout.ts";
import { capturedCommand } from "../../../script/poll_script.ts";
import { quote } from "../../../script/quote.ts";
import { LIST_COMPRESSORS } from "../../../script/compression.ts";
import { WHERE } from "../../../script/find_command.ts";
import type { ShellText } from "../../../script/shell_text.ts";

/** Programs that remote scripts use, with those that have a check of their own left out. */
const USED = "awk cat chmod env find grep head id ln ls mkdir mv" +
  " readlink rm rmdir sed sleep tail tr uname wc xargs";

/** As staging calls tar, and as collecting does. */
export const UNPACK = "tar -xoPf - -C";
export const PACK = `tar -cf - --exclude=./${RUN_DIRECTORY} --null -T`;

/** What a doctor is to ask. */
export interface Complaint {
  readonly scheduler: Scheduler;
  /** What a job asks for. */
  readonly resources: Resources;
  /** The programs of the scheduler by role, each with what this site calls in its place. */
  readonly programs: readonly (readonly [role: string, words: ShellText])[];
  /** First words of the tasks' commands. */
  readonly commands: readonly string[];
}

/**
 * Looks at all that a run needs of a machine, group by group, each followed by
 * a section `seen GROUP`. Nothing that it makes stays. What asks somebody else
 * comes last: it may take long.
 */
export function doctorScript(complaint: Complaint): ShellText {
  return `exec </dev/null
first() { head -n 1; }
${MACHINE}
say seen machine
${ROOT}
say seen root
${TOOLS}
rm -rf "$S"
say seen tools
${login(complaint)}
say seen commands
${queue(complaint)}
say seen scheduler`;
}

const MACHINE = `say host; uname -n
say clock; date +%s
say user; id -un
say system; uname -sr
say cpus; nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null
say shell; printf '%s\\n' "$SHELL"
say sh; readlink -f "$(command -v sh)"`;

/** The nearest folder that is there, tried by a scratch folder in it. */
const ROOT = `say root; printf '%s\\n' "$R"
close_own=
near=$R
is_own || {
  say notOurs "$unsafe"; printf '%s\\n' "$directory"
  [ "$directory" != "$R" ] || near=\${R%/*}
}
parent=\${R%/*}
list "\${parent:-/}"
say parent "$mode"; printf '%s\\n' "\${parent:-/}"
until [ -e "$near" ] || [ -L "$near" ]; do near=\${near%/*}; near=\${near:-/}; done
kind=other
[ ! -L "$near" ] || kind="link"
[ ! -d "$near" ] || kind=folder
say near "$kind"; printf '%s\\n' "$near"
S=$near/.dpdisp-doctor.$T
trap 'rm -rf "$S"' EXIT
# Of a signal some shells die without that.
trap 'exit 1' HUP INT PIPE TERM
tried() {
  outcome=$1
  shift
  said=$("$@" 2>&1)
  code=$?
  say "$outcome" "$code"; printf '%s\\n' "$said"
}
scratch() { mkdir "$S" && printf 'x\\n' >"$S/new" && mv "$S/new" "$S/file" && [ -s "$S/file" ]; }
link() { ln -s file "$S/link" && [ "$(readlink "$S/link")" = file ]; }
tried scratch scratch
[ ! -e "$S/file" ] || tried link link
say space; df -Pk "$near" 2>/dev/null
say inodes; df -Pi "$near" 2>/dev/null`;

/** Versions, and whether tar can do what is asked of it, in the scratch folder. */
const TOOLS =
  `version() { command -v "$1" >/dev/null 2>&1 && "$1" --version 2>&1 | first; }
say tar; version tar
say bash; version bash
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
say missing
for tool in ${USED}; do command -v "$tool" >/dev/null 2>&1 || printf '%s\\n' "$tool"; done
say squeezes
${LIST_COMPRESSORS}`;

/** What a login shell finds of commands, and of programs that are not on the PATH of scripts. */
function login({ programs, commands }: Complaint): ShellText {
  return `${WHERE}program() {
  say program "$1"; printf '%s\\n%s\\n' "$2" "$(where "$2")"
}
${programs.map(([role, words]) => `program ${role} ${words}`).join("\n")}
say login
bash -l -c 'for name; do
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
    ...(version ? [capturedCommand(version, "version")] : []),
    ...(findCommand === null ? [] : [capturedCommand(findCommand, "listing")]),
    ...(queues ? [capturedCommand(queues, "queues")] : []),
    ...(queueLimits
      ? [capturedCommand(queueLimits.ask(resources), "limits")]
      : []),
    ...(array?.capacity ? [capturedCommand(array.capacity, "capacity")] : []),
  ].join("\n");
}
