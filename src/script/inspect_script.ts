import { LIST_COMPRESSORS } from "./compression.ts";
import type { ShellText } from "./shell_text.ts";
import { claimLease } from "./lease_script.ts";

/** Asks for everything the far side knows of a submission, and takes its lease where that is possible. */
export function inspectScript(
  heir: string | null,
  /** Prints how many elements an array may have. */
  capacity: ShellText | null = null,
): ShellText {
  return `${claimLease(heir)}
say root; (cd "$R" 2>/dev/null && pwd) || printf '%s\\n' "$R"
say host; uname -n
say cpus; nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
${capacity === null ? "" : `say capacity; (${capacity}\n) 2>/dev/null`}
say compressors
${LIST_COMPRESSORS}
[ -d "$D" ] || leave no_directory
say run_id; cat "$D/run_id" 2>/dev/null
[ -e "$D/closed" ] && say closed
if claim; then say lease; else
  say lease other; printf '%s\\n%s\\n' "$t" "$(sed -n 2p "$D/lease" 2>/dev/null)"
  [ -e "$D/heartbeat" ] && wc -c <"$D/heartbeat"
fi
if IFS=' ' read -r host pid 2>/dev/null <"$D/submitter"; then
  if [ "$host" != "$(uname -n)" ] || kill -0 "$pid" 2>/dev/null; then say submitting; fi
fi
# What is not in them was not done: that must not be concluded from a file that cannot be read.
print_file() { [ ! -e "$D/$1" ] || cat "$D/$1" || leave failed; }
say planned_jobs; print_file planned_jobs
say submit_replies; print_file submit_replies
say locks; ls -l "$D/locks" 2>/dev/null
# awk, not cat: a torn last line of one file must not swallow the first of the next.
say records; find "$D/records" -type f -exec awk 1 {} + 2>/dev/null`;
}
