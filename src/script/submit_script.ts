import { quote } from "./quote.ts";
import { type Compression, untar } from "./compression.ts";
import { WHERE } from "./find_command.ts";
import type { ShellText } from "./shell_text.ts";

/** A submit script works for at most this long (s) and says where it stopped. */
const WORKS_FOR_S = 30;

/** Submit commands that run side by side, once one was accepted: most of their time they wait for the scheduler. */
const AT_ONCE = 2;

/**
 * Hands over the jobs that the tar on stdin holds, in the order of its file
 * `submit_order`; `complete` is its last. On disk are all intents before the first submit,
 * that a job is tried before it is, and each answer before it is told. Whoever
 * takes the lease away stops it before the next one, and whoever listens may
 * leave. A stop file made by a timer spares a process per job. Where the user
 * asks for time between jobs, or a gate counts what runs, they are handed over
 * one by one.
 */
export function submitScript(
  { submit, program, leaks, gate, slots, running, wait_s, squeeze }: {
    readonly submit: ShellText;
    /** The words of what `submit` runs: where it is not there, nothing is tried. Null: not looked for. */
    readonly program: ShellText | null;
    /** See Scheduler.leaks. */
    readonly leaks: readonly string[];
    /** See Scheduler.gate. */
    readonly gate: ShellText | null;
    /** Jobs at once, and the ids of those that live; for the gate. */
    readonly slots: number;
    readonly running: readonly string[];
    readonly wait_s: number;
    readonly squeeze: Compression | null;
  },
): ShellText {
  const apart = gate === null && wait_s === 0;
  return `
mine || leave lease_taken
${program === null ? "" : lookFor(program)}${
    gate === null ? "gate() { :; }; launched() { :; }" : gate
  }
slots=${slots === Infinity ? -1 : slots} running=
${running.map((id) => `launched ${quote(id)}`).join("\n")}
${forget(leaks)}cd "$R" || leave failed
# What a script left behind that was killed must not be taken for this one's.
{ rm -rf "$D/submit.$T" && mkdir "$D/submit.$T" && ${
    untar('-xof - -C "$D/submit.$T"', squeeze)
  }; } || leave failed
[ -e "$D/submit.$T/complete" ] || leave incomplete
# Until here nothing can have been handed over, so nobody need wait for this script.
printf '%s %s\\n' "$(uname -n)" "$$" >"$D/submitter"
trap 'rm -f "$D/submitter" "$D/stop.$T"' EXIT
rm -f "$D/stop.$T"
{ (cd "$D/submit.$T/jobs" && mv ./* "$D/jobs/") && cat "$D/submit.$T/planned_jobs" >>"$D/planned_jobs"; } || leave failed
(trap 'kill "$!"; exit' TERM; sleep ${WORKS_FOR_S} & wait "$!"; : >"$D/stop.$T") >/dev/null 2>&1 </dev/null &
timer=$!
first=yes over='' noes='' at_once=1 slot=0 nl='
'
# answered NAME HANDLE SLOT: keeps what was answered, then tells it.
answered() {
  ${apart ? 'wait "$2"; code=$?' : "code=$2"}
  reply=
  while IFS= read -r line || [ -n "$line" ]; do reply=\${reply:+"$reply$nl"}$line; done <"$D/submit.$T/stdout.$3"
  err=
  [ -s "$D/submit.$T/stderr.$3" ] && err=$(cat "$D/submit.$T/stderr.$3")
  answer="
= $1 $code
$reply
- $1
$err
. $1"
  # An answer that cannot be kept is the last one that is asked for.
  printf '%s\\n' "$answer" >>"$D/submit_replies" || over=yes
  say "submit_reply $1$answer" 2>/dev/null || over=yes
  if [ "$code" -eq 0 ]; then launched "$reply"; noes='' at_once=${
    apart ? AT_ONCE : 1
  }; else noes=x$noes; fi
  # Who says no again and again will not say yes to the next.
  [ "$noes" != xxx ] || over=yes
}
# Who listens may be gone before what is under way was answered.
trap : PIPE
set --
while IFS= read -r name; do
  [ -n "$first" ] || ${wait_s > 0 ? `sleep ${wait_s}` : ":"}
  first=
  gate || break
  mine || break
  [ -e "$D/stop.$T" ] && break
  file=$D/jobs/$name.sh out=$D/out/$name
  # Where they cannot be made, the shell would refuse in the scheduler's name.
  { printf '' >"$D/submit.$T/stdout.$slot" && printf '' >"$D/submit.$T/stderr.$slot" && printf '\\n? %s\\n' "$name" >>"$D/submit_replies"; } || break
  # One process a job: a command substitution, or a function in it, would be one more.
  (
${submit}
  ) >"$D/submit.$T/stdout.$slot" 2>"$D/submit.$T/stderr.$slot" </dev/null ${
    apart ? "&" : ""
  }
  set -- "$@" "$name" ${apart ? '"$!"' : '"$?"'} "$slot"
  slot=$(((slot + 1) % ${AT_ONCE}))
  while [ $# -ge $((3 * at_once)) ]; do answered "$@"; shift 3; done
  [ -z "$over" ] || break
done <"$D/submit.$T/submit_order"
while [ $# -gt 0 ]; do answered "$@"; shift 3; done
kill "$timer" 2>/dev/null
rm -rf "$D/submit.$T"`;
}

function lookFor(program: ShellText): ShellText {
  return `${WHERE}look() { [ -n "$(where "$1")" ] || leave command_not_found "$1"; }
look ${program}
`;
}

/** What a job that dpdisp itself runs in was told is not for the jobs that it submits. */
function forget(leaks: readonly string[]): ShellText {
  if (leaks.length === 0) return "";
  const names = leaks.map((leak) =>
    `-e 's/^\\(${leak}[A-Za-z0-9_]*\\)=.*/\\1/p'`
  );
  return `# shellcheck disable=SC2046 # a list of names
unset $(env | sed -n ${names.join(" ")}) 2>/dev/null
`;
}
