import { LIST_COMPRESSORS } from "./compression.ts";
import type { SiteCommand } from "./command_limit.ts";
import { capturedCommand } from "./poll_script.ts";
import type { ShellText } from "./shell_text.ts";
import { FOLLOW_LEASE } from "./lease_script.ts";

/** Prints everything that the remote host knows of a run, and writes nothing. */
export function inspectScript(
  /** A command that prints how many elements an array may have. */
  capacity: SiteCommand | null = null,
): ShellText {
  return `
section root; (cd "$R" 2>/dev/null && pwd) || printf '%s\\n' "$R"
section host; uname -n
section cpus; nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
${capacity === null ? "" : capturedCommand(capacity, "capacity")}
section compressors
${LIST_COMPRESSORS}
[ -d "$D" ] || finish no_directory
section run_id; cat "$D/run_id" 2>/dev/null
[ -e "$D/closed" ] && section closed
${FOLLOW_LEASE}
if ! set_holder; then
  # A lease that cannot be read must not count as free.
  [ ! -e "$D/lease" ] || finish failed
  section lease none
elif [ "$holder" = "$T" ]; then section lease self
else
  section lease other; printf '%s\\n%s\\n' "$holder" "$(sed -n 2p "$D/lease" 2>/dev/null)"
  [ -e "$D/heartbeat" ] && wc -c <"$D/heartbeat"
fi
if IFS=' ' read -r host pid 2>/dev/null <"$D/submitter"; then
  if [ "$host" != "$(uname -n)" ] || kill -0 "$pid" 2>/dev/null; then section submitting; fi
fi
# A job that is not in these files was not submitted. A file that cannot be read must not lead to that conclusion.
print_file() { [ ! -e "$D/$1" ] || cat "$D/$1" || finish failed; }
section planned_jobs; print_file planned_jobs
section submit_replies; print_file submit_replies
section locks; ls -l "$D/locks" 2>/dev/null
# awk, not cat: a last line without a newline must not join the first line of the next file.
section records; find "$D/records" -type f -exec awk 1 {} + 2>/dev/null`;
}
