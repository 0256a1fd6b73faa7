import { RUN_DIRECTORY, RUN_SUBDIRECTORIES } from "./remote_layout.ts";
import { quote } from "./quote.ts";
import { type Compression, untar } from "./compression.ts";
import type { ShellText } from "./shell_text.ts";
import { claimLease } from "./lease_script.ts";

/**
 * Makes the far folder if it is not there, and unpacks the tar on stdin into
 * the root. `replaces`: marks of closed runs, whose folder makes way. With
 * tar's `P`, links to absolute paths are made at once; without it GNU tar
 * puts empty files in their place until its end. Its last files must be, in
 * our folder, `gone` (files to remove), `sent` (all that was ever sent), `whole`.
 */
export function stageScript(
  { mark, replaces, copy, heir, inTheWay = [], squeeze }: {
    readonly mark: string;
    readonly replaces: readonly string[];
    /** Name of the script's copy, noted so that cleaning finds it. */
    readonly copy: string;
    readonly heir: string | null;
    /** Folders below the root which tar could not replace by a file or a link. */
    readonly inTheWay?: readonly string[];
    readonly squeeze: Compression | null;
  },
): ShellText {
  return `${claimLease(heir)}
mkdir -p "\${R%/*}/" || leave failed
# A directory that somebody else made meanwhile is found before anything is put into it.
for folder in "$R" "$R/${RUN_DIRECTORY}"; do
  [ -d "$folder" ] || mkdir -m 700 "$folder" || [ -d "$folder" ] || leave failed
  own
done
if IFS= read -r m 2>/dev/null <"$D/mark"; then
  for old in ${replaces.map(quote).join(" ")}; do
    [ "$m" != "$old" ] || : >"$D/closed"
  done
  [ ! -e "$D/closed" ] || mv "$D" "$D.was.$T"
fi
mkdir -m 700 "$D" 2>/dev/null
own
# What that run wrote is this one's to clean.
[ ! -d "$D.was.$T" ] || { cat "$D.was.$T/wrote" >>"$D/wrote" 2>/dev/null; rm -rf "$D.was.$T"; }
[ -s "$D/mark" ] || printf '%s\\n' ${quote(mark)} >"$D/mark" || leave failed
IFS= read -r m <"$D/mark"
[ "$m" = ${quote(mark)} ] || leave foreign "$m"
claim || leave held
beat
for folder in ${RUN_SUBDIRECTORIES.join(" ")}; do
  [ -d "$D/$folder" ] || mkdir "$D/$folder" || leave failed
done
grep -qxF ${quote(copy)} "$D/wrote" 2>/dev/null || printf '%s\\n' ${
    quote(copy)
  } >>"$D/wrote" || leave failed
rm -f "$D/whole"
${
    inTheWay.map((path) => `rm -rf -- "$R"/${quote(path)} || leave failed\n`)
      .join("")
  }${untar('-xoPf - -C "$R"', squeeze)} || leave failed
# Where the stream was cut off between two files tar may not see it.
[ -e "$D/whole" ] || leave torn
rm -f "$D/whole"
# The work base itself may be an input, with its mode.
own
# Inputs that are none any more.
[ ! -s "$D/gone" ] || (cd "$R" && xargs -0 rm -f -- <"$D/gone") || leave failed
rm -f "$D/gone"`;
}
