import type { JobName } from "../job.ts";
import type { ShellText } from "../schedulers/scheduler.ts";

/** Names in one command: far below every system's limit for arguments. */
const AT_ONCE = 200;

/**
 * The queue's answer, then the records: a job that ends in between is seen as
 * ended. Records that were never read are printed many by one process; of the
 * others what is behind their offset, if they have grown.
 */
export function pollScript(
  queue: readonly ShellText[],
  records: readonly { readonly job: JobName; readonly offset: number }[],
): ShellText {
  const fresh = records.filter(({ offset }) => offset === 0);
  const known = records.filter(({ offset }) => offset > 0);
  return `
[ -d "$D" ] || leave nothing
mine && printf . >>"$D/beats"
${queue.map(ask).join("\n")}
rm -f "$D/err.$T"
cd "$D/records" || leave nothing
# A new file in the folder makes a network file system list it anew.
: >".$T" && rm -f ".$T"
say records
show_new() { [ $# -eq 0 ] || awk 1 "$@"; }
show_grown() {
  [ $# -eq 0 ] || ls -ln "$@" 2>/dev/null | while read -r _ _ _ _ size _ _ _ name; do
    eval "offset=\\$read_$name"
    [ "$size" -le "$offset" ] || { tail -c "+$((offset + 1))" "$name"; echo; }
  done
}
${each("show_new", '[ -s "$job" ] || continue', fresh)}
${each("show_grown", 'eval "read_$job=$offset"', known)}`;
}

/** Calls `show` with the names that pass `first`, as many at once as an argument list bears. */
function each(
  show: string,
  first: ShellText,
  rows: readonly { readonly job: JobName; readonly offset: number }[],
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

function ask(command: ShellText): ShellText {
  return `
said=$( (${command}
) 2>"$D/err.$T")
code=$?
say queue $code; printf '%s' "$said"
say error; cat "$D/err.$T"`;
}
