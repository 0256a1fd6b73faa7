import type { JobName } from "../model/job.ts";
import { asking, noteGivenUp, type SiteCommand } from "./command_limit.ts";
import { quote } from "./quote.ts";
import type { ShellText } from "./shell_text.ts";

/** Names in one command: far below every system's limit for arguments. */
const MAX_NAMES = 200;

/** Bytes that are read of the end of a job's own output. */
export const OUTPUT_TAIL_BYTES = 2000;

/**
 * Prints the queue, then the records: of a job that ends in between, the record
 * shows the end. Records that were never read are printed many by one process;
 * of the others, what follows their offset, if they have grown. A run directory
 * that does not exist has no records; the queue is printed nevertheless.
 */
export function pollScript(
  { queue, account, outputs, records }: {
    readonly queue: readonly SiteCommand[];
    /** A command that prints why jobs ended. */
    readonly account: SiteCommand | null;
    /** Jobs that are not in the queue any more: the end of their output is printed. */
    readonly outputs: readonly JobName[];
    /** Names of record files, and how far each was read. */
    readonly records: readonly RecordOffset[];
  },
): ShellText {
  const unread = records.filter(({ offset }) => offset === 0);
  const readBefore = records.filter(({ offset }) => offset > 0);
  return `
heartbeat
${queue.map((command) => capturedCommand(command)).join("\n")}
${account === null ? "" : capturedCommand(account, "account")}
cd "$D/records" 2>/dev/null || finish no_directory
# A new file in the directory makes a network file system list it again. (Not ":", with which a full disk would end the shell.)
printf '' >".$T" && rm -f ".$T"
section records
show_new() { [ $# -eq 0 ] || awk 1 "$@"; }
# wc opens each file, so that a network file system returns its present size.
set_variable() { case $1 in *.*) v=read_\${1%%.*}_\${1#*.} ;; *) v=read_$1 ;; esac; }
show_grown() {
  [ $# -eq 0 ] || wc -c "$@" 2>/dev/null | while read -r size name; do
    set_variable "$name"
    eval "offset=\\\${$v-}"
    [ -n "$offset" ] && [ "$size" -gt "$offset" ] && tail -c "+$((offset + 1))" "$name" && echo
  done
}
${showEach("show_new", '[ -s "$job" ] || continue', unread)}
${showEach("show_grown", 'set_variable "$job"; eval "$v=$offset"', readBefore)}
${
    outputs.map((job) =>
      `[ ! -e "$D/out/${job}" ] || { section output ${job}; tail -c ${OUTPUT_TAIL_BYTES} "$D/out/${job}"; } 2>/dev/null`
    ).join("\n")
  }`;
}

interface RecordOffset {
  readonly job: string;
  readonly offset: number;
}

/** Calls `show` with the names that pass `filter`, as many at once as an argument list can hold. */
function showEach(
  show: string,
  filter: ShellText,
  rows: readonly RecordOffset[],
): ShellText {
  if (rows.length === 0) return "";
  return `set --
while read -r job offset; do
  ${filter}
  set -- "$@" "$job"
  [ $# -lt ${MAX_NAMES} ] || { ${show} "$@"; set --; }
done <<ROWS
${rows.map(({ job, offset }) => `${job} ${offset}`).join("\n")}
ROWS
${show} "$@"`;
}

/**
 * Prints the command's stderr, unchanged, then its stdout: without a temporary
 * file, for which a full disk would have no space. The command is in a function,
 * because some shells cannot parse every text inside `$( )`.
 */
export function capturedCommand(
  { text, program }: SiteCommand,
  name = "queue",
): ShellText {
  const run = program === null
    ? "queue_command"
    : `limited ${quote(program)} queue_command`;
  return `
queue_command() {
${text}
}
${program === null ? "" : asking(program)}section error
exec 3>&1
# By exec, because a shell keeps a copy of what it redirects for one command, and what that leaves behind would hold it open.
output=$(exec 2>&3 3>&-; ${run})
code=$?
exec 3>&-
${
    program === null
      ? ""
      : `${noteGivenUp(program)}\n`
  }section ${name} "$code"; printf '%s' "$output"`;
}
