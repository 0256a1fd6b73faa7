import { RUN_DIRECTORY, RUN_SUBDIRECTORIES } from "./remote_layout.ts";
import { quote } from "./quote.ts";
import { type Compression, untar } from "./compression.ts";
import type { ShellText } from "./shell_text.ts";
import { claimLease } from "./lease_script.ts";

/**
 * Makes the remote directory if it does not exist, and unpacks the tar on stdin
 * into the root. `closedRunIds`: closed runs, whose directory is replaced. With
 * tar's `P`, links to absolute paths are made at once; without it GNU tar makes
 * empty files in their place until its end. The last files of the archive must
 * be, in the run directory, `removed_inputs`, `staged_inputs` (optional) and
 * `complete`.
 */
export function stageScript(
  {
    runId,
    closedRunIds,
    copy,
    inTheWay = [],
    compression,
  }: {
    readonly runId: string;
    readonly closedRunIds: readonly string[];
    /** Name of the script's copy, recorded so that cleaning finds it. */
    readonly copy: string;
    /** Directories below the root which tar could not replace by a file or a link. */
    readonly inTheWay?: readonly string[];
    readonly compression: Compression | null;
  },
): ShellText {
  return `${claimLease(null)}
mkdir -p "\${R%/*}/" || finish failed
# A directory that another user made meanwhile is detected before anything is written into it.
for directory in "$R" "$R/${RUN_DIRECTORY}"; do
  [ -d "$directory" ] || mkdir -m 700 "$directory" || [ -d "$directory" ] || finish failed
  require_own
done
if IFS= read -r id 2>/dev/null <"$D/run_id"; then
  for old in ${closedRunIds.map(quote).join(" ")}; do
    [ "$id" != "$old" ] || : >"$D/closed"
  done
  [ ! -e "$D/closed" ] || mv "$D" "$D.old.$T"
fi
mkdir -m 700 "$D" 2>/dev/null
require_own
# This run cleans what that run wrote.
[ ! -d "$D.old.$T" ] || { cat "$D.old.$T/script_copies" >>"$D/script_copies" 2>/dev/null; rm -rf "$D.old.$T"; }
[ -s "$D/run_id" ] || printf '%s\\n' ${
    quote(runId)
  } >"$D/run_id" || finish failed
IFS= read -r id <"$D/run_id"
[ "$id" = ${quote(runId)} ] || finish other_run "$id"
claim_lease || finish lease_taken
heartbeat
for directory in ${RUN_SUBDIRECTORIES.join(" ")}; do
  [ -d "$D/$directory" ] || mkdir "$D/$directory" || finish failed
done
grep -qxF ${quote(copy)} "$D/script_copies" 2>/dev/null || printf '%s\\n' ${
    quote(copy)
  } >>"$D/script_copies" || finish failed
rm -f "$D/complete"
${
    inTheWay.map((path) => `rm -rf -- "$R"/${quote(path)} || finish failed\n`)
      .join("")
  }${untar('-xoPf - -C "$R"', compression)} || finish failed
# tar may not detect that the stream was cut off between two files.
[ -e "$D/complete" ] || finish incomplete
rm -f "$D/complete"
# The work base itself may be an input, and its mode was set.
require_own
# Files that are no inputs any more.
[ ! -s "$D/removed_inputs" ] || (cd "$R" && xargs -0 rm -f -- <"$D/removed_inputs") || finish failed
rm -f "$D/removed_inputs"`;
}
