import { quote } from "./quote.ts";
import type { ShellText } from "./shell_text.ts";

/** Prints a file below the root from a byte on to where it ends now; of a file that does not exist, nothing. */
export function logScript(path: string, from: number): ShellText {
  return `
cd "$R" 2>/dev/null || finish no_directory
file=./${quote(path)}
[ -f "$file" ] || finish no_file
size=$(wc -c <"$file") || finish failed
section raw
[ "$size" -le ${from} ] || tail -c +${
    from + 1
  } "$file" | head -c "$((size - ${from}))"`;
}
