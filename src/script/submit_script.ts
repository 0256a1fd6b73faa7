import { asking, CHECKS } from "./command_limit.ts";
import { quote } from "./quote.ts";
import { type Compression, untar } from "./compression.ts";
import { FIND_COMMAND } from "./find_command.ts";
import type { ShellText } from "./shell_text.ts";

/** A submit script begins no further submit after this time (s). */
const TIME_LIMIT_S = 30;

/** Submit commands that run concurrently, once one was accepted: most of their time they wait for the batch system. */
const AT_ONCE = 2;

/**
 * Submits the jobs of the tar on stdin, in the order of its file `submit_order`, whose
 * lines are the name of a job and its name in the queue (`$name`);
 * `complete` is its last file. Written to disk are all planned jobs before the
 * first submit, each attempt before it begins, and each reply before it is
 * printed. A process that takes the lease over stops the script before its next
 * job, and the reader of the reply may disconnect at any time. A stop file that a
 * timer makes saves one process per job. Where the user sets a time between jobs,
 * or a slot gate counts running jobs, jobs are submitted one at a time. A section
 * `not_sent` says that no submit command was run.
 */
export function submitScript(
  {
    submit,
    program,
    leakedVariables,
    headerEdit = null,
    slotGate,
    slots,
    running,
    waitSeconds,
    compression,
    asked,
  }: {
    readonly submit: ShellText;
    /** The program that `submit` runs, as messages name it; null: it runs none that may hang. */
    readonly asked: string | null;
    /** The command that `submit` runs, as shell words: where it does not exist, nothing is submitted. Null: not checked. */
    readonly program: ShellText | null;
    /** See Scheduler.leakedVariables. */
    readonly leakedVariables: readonly string[];
    /** See Scheduler.headerEdit. */
    readonly headerEdit?: ShellText | null;
    /** See Scheduler.slotGate. */
    readonly slotGate: ShellText | null;
    /** Jobs that may run at once, and the ids of those that run; for the slot gate. */
    readonly slots: number;
    readonly running: readonly string[];
    readonly waitSeconds: number;
    readonly compression: Compression | null;
  },
): ShellText {
  const isConcurrent = slotGate === null && waitSeconds === 0;
  // A command that may hang is waited for, so that it can be ended.
  const isAwaited = asked !== null;
  return `
stop_unsent() { section not_sent; finish "$@"; }
has_lease || stop_unsent lease_taken
${program === null ? "" : requireCommand(program)}${
    slotGate === null
      ? "wait_for_slot() { :; }; add_running() { :; }"
      : slotGate
  }
slots=${slots === Infinity ? -1 : slots} running=
${running.map((id) => `add_running ${quote(id)}`).join("\n")}
${unsetVariables(leakedVariables)}${
    headerEdit === null ? "" : `print_header_edit() {\n${headerEdit}\n}
header_edit=$(limited ${quote(asked ?? "")} print_header_edit)\n`
  }cd "$R" || stop_unsent failed
# What a script that was killed left behind must not be used by this one.
{ rm -rf "$D/submit.$T" && mkdir "$D/submit.$T" && ${
    untar('-xof - -C "$D/submit.$T"', compression)
  }; } || stop_unsent failed
[ -e "$D/submit.$T/complete" ] || stop_unsent incomplete
# Until here nothing can have been submitted, so no other session has to wait for this script.
printf '%s %s\\n' "$(uname -n)" "$$" >"$D/submitter"
trap 'rm -f "$D/submitter" "$D/stop.$T"' EXIT
rm -f "$D/stop.$T"
{ (cd "$D/submit.$T/jobs" && mv ./* "$D/jobs/") && cat "$D/submit.$T/planned_jobs" >>"$D/planned_jobs"; } || stop_unsent failed
(trap 'kill "$!"; exit' TERM; sleep ${TIME_LIMIT_S} & wait "$!"; : >"$D/stop.$T") >/dev/null 2>&1 </dev/null &
timer=$!
is_first=yes is_over='' rejections='' at_once=1 slot=0 nl='
'
# take_reply NAME HANDLE SLOT: writes the reply to disk, then prints it.
take_reply() {
  ${isAwaited ? AWAIT : "code=$2"}
  reply=
  while IFS= read -r line || [ -n "$line" ]; do reply=\${reply:+"$reply$nl"}$line; done <"$D/submit.$T/stdout.$3"
  error=
  [ -s "$D/submit.$T/stderr.$3" ] && error=$(cat "$D/submit.$T/stderr.$3")
${
    asked === null
      ? ""
      : `  if [ -n "$was_ended" ]; then error=\${error:+"$error$nl"}$(given_up ${
        quote(asked)
      } 2>&1); fi
`
  }  entry="
= $1 $code
$reply
- $1
$error
. $1"
  # After a reply that cannot be written, nothing more is submitted.
  printf '%s\\n' "$entry" >>"$D/submit_replies" || is_over=yes
  section "submit_reply $1$entry" 2>/dev/null || is_over=yes
  if [ "$code" -eq 0 ]; then add_running "$reply"; rejections='' at_once=${
    isConcurrent ? AT_ONCE : 1
  }; else rejections=x$rejections; fi
  # After three failures in succession the next submit would fail too.
  [ "$rejections" != xxx ] || is_over=yes
}
${
    asked === null ? "" : `${WATCH_SUBMITS}${asking(asked)}section asked
`
  }# The reader may disconnect before the submits that run have their replies.
trap : PIPE
set --
while IFS=' ' read -r job name; do
  [ -n "$is_first" ] || ${waitSeconds > 0 ? `sleep ${waitSeconds}` : ":"}
  is_first=
  wait_for_slot || break
  has_lease || break
  [ -e "$D/stop.$T" ] && break
  file=$D/jobs/$job.sh out=$D/out/$job
  # Where they cannot be made, an error of the shell would look like a reply of the batch system.
  { printf '' >"$D/submit.$T/stdout.$slot" && printf '' >"$D/submit.$T/stderr.$slot" && printf '\\n? %s\\n' "$job" >>"$D/submit_replies"; } || break
  # One process for each job: a command substitution, or a function in it, would need another.
  (
${submit}
  ) >"$D/submit.$T/stdout.$slot" 2>"$D/submit.$T/stderr.$slot" </dev/null ${
    isAwaited ? "&" : ""
  }
  set -- "$@" "$job" ${isAwaited ? '"$!"' : '"$?"'} "$slot"
  slot=$(((slot + 1) % ${AT_ONCE}))
  while [ $# -ge $((3 * at_once)) ]; do take_reply "$@"; shift 3; done
  [ -z "$is_over" ] || break
done <"$D/submit.$T/submit_order"
while [ $# -gt 0 ]; do take_reply "$@"; shift 3; done
kill "$timer" ${asked === null ? "" : '"$watch" '}2>/dev/null
rm -rf "$D/submit.$T"`;
}

/** Waits for a submit command; `was_ended` is not empty where it was ended by {@linkcode WATCH_SUBMITS}. */
const AWAIT = `printf '%s\\n' "$2" >"$D/submit.$T/awaited"
  wait "$2" 2>/dev/null; code=$?
  : >"$D/submit.$T/awaited"
  was_ended=
  if [ -e "$D/submit.$T/ended" ]; then read -r was_ended <"$D/submit.$T/ended"; [ "$was_ended" = "$2" ] || was_ended=; fi`;

/**
 * Ends a submit command that takes too long: one watch for all, because one for
 * each would be three more processes for each job. The command that is waited
 * for is in the file `awaited`; it was started before.
 */
const WATCH_SUBMITS = `(
  trap 'kill "$!"; exit' TERM
  last='' checks=0
  while sleep "$tick_s" & wait "$!"; do
    # A script that was killed ends no watch, and its processes' numbers are given to others.
    kill -0 "$$" || exit
    pid=
    read -r pid 2>/dev/null <"$D/submit.$T/awaited"
    if [ "$pid" != "$last" ]; then last=$pid checks=0; fi
    checks=$((checks + 1))
    if [ -n "$pid" ] && [ "$checks" -gt ${CHECKS} ]; then
      printf '%s\\n' "$pid" >"$D/submit.$T/ended"
      end_tree "$pid"
      checks=0
    fi
  done
) >/dev/null 2>&1 </dev/null &
watch=$!
`;

function requireCommand(program: ShellText): ShellText {
  return `${FIND_COMMAND}require_command() { [ -n "$(find_command "$1")" ] || stop_unsent command_not_found "$1"; }
require_command ${program}
`;
}

/** Variables of a job that dpdisp itself runs in must not reach the jobs that it submits. */
function unsetVariables(prefixes: readonly string[]): ShellText {
  if (prefixes.length === 0) return "";
  const names = prefixes.map((prefix) =>
    `-e 's/^\\(${prefix}[A-Za-z0-9_]*\\)=.*/\\1/p'`
  );
  return `# shellcheck disable=SC2046 # a list of names
unset $(env | sed -n ${names.join(" ")}) 2>/dev/null
`;
}
