import type { JobName } from "../model/job.ts";
import type { ShellText } from "./shell_text.ts";

/** Names in one command: far below every system's limit for arguments. */
const AT_ONCE = 200;

/**
 * The queue's answer, then the records: a job that ends in between is seen as
 * ended. Records that were never read are printed many by one process; of the
 * others what is behind their offset, if they have grown. Of a folder that is
 * gone there are no records; the queue is asked all the same.
 */
export function pollScript(
  { queue, account, words, records }: {
    readonly queue: readonly ShellText[];
    /** Asks why jobs ended. */
    readonly account: ShellText | null;
    /** Jobs whose own output is to be shown: they seem to be gone. */
    readonly words: readonly JobName[];
    /** Names of records, and how far each was read. */
    readonly records: readonly Row[];
  },
): ShellText {
  const fresh = records.filter(({ offset }) => offset === 0);
  const known = records.filter(({ offset }) => offset > 0);
  return `
beat
${queue.map((command) => capturedCommand(command)).join("\n")}
${account === null ? "" : capturedCommand(account, "account")}
cd "$D/records" 2>/dev/null || leave no_directory
# A new file in the folder makes a network file system list it anew. (No ":": a full disk would end the shell.)
printf '' >".$T" && rm -f ".$T"
say records
show_new() { [ $# -eq 0 ] || awk 1 "$@"; }
# wc opens each file, so that a network file system tells its size of now.
variable() { case $1 in *.*) v=read_\${1%%.*}_\${1#*.} ;; *) v=read_$1 ;; esac; }
show_grown() {
  [ $# -eq 0 ] || wc -c "$@" 2>/dev/null | while read -r size name; do
    variable "$name"
    eval "offset=\\\${$v-}"
    [ -n "$offset" ] && [ "$size" -gt "$offset" ] && tail -c "+$((offset + 1))" "$name" && echo
  done
}
${each("show_new", '[ -s "$job" ] || continue', fresh)}
${each("show_grown", 'variable "$job"; eval "$v=$offset"', known)}
${
    words.map((job) =>
      `say output ${job}; tail -c 2000 "$D/out/${job}" 2>/dev/null`
    ).join("\n")
  }`;
}

interface Row {
  readonly job: string;
  readonly offset: number;
}

/** Calls `show` with the names that pass `first`, as many at once as an argument list bears. */
function each(
  show: string,
  first: ShellText,
  rows: readonly Row[],
): ShellText {
  if (rows.length === 0) return "";
  return `set --
while read -r job offset; do
  ${first}
  set -- "$@" "$job"
  [ $# -lt ${AT_ONCE} ] || { ${show} "$@"; set --; }
done <<ROWS
${rows.map(({ job, offset }) => `${job} ${offset}`).join("\n")}
ROWS
${show} "$@"`;
}

/**
 * What the command says on stderr comes first, as it says it: no file in
 * between that a full disk would refuse. A function, because some shells
 * cannot read every text inside `$( )`.
 */
export function capturedCommand(command: ShellText, name = "queue"): ShellText {
  return `
question() {
${command}
}
say error
exec 3>&1
said=$(question 2>&3 3>&-)
code=$?
exec 3>&-
say ${name} "$code"; printf '%s' "$said"`;
}
