/** Names and paths that are not UTF-8, which Deno's own functions cannot return: a shell prints them, and `decodeName` decodes them. */
import { decodeName } from "../text/bytes_name.ts";
import type { DirectoryEntry } from "./environment.ts";

/** "" where the directory no longer exists. */
export function currentDirectory(): string {
  try {
    return Deno.cwd();
  } catch {
    return shellOutput(["-c", 'p=$(pwd -P; echo .) && printf %s "${p%??}"']);
  }
}

export function environmentVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw error;
    return shellOutput(["-c", `printf %s "\${${name}}"`]);
  }
}

/** Prints the kind and the name of each entry, each pair ended by NUL. */
const LIST_SCRIPT = `cd -- "$1" || exit
for n in * .[!.]* ..?*; do
  if [ -h "$n" ]; then k=link
  elif [ -d "$n" ]; then k=directory
  elif [ -f "$n" ]; then k=file
  elif [ -e "$n" ]; then k=other
  else continue; fi
  printf '%s/%s\\0' "$k" "$n"
done`;

/** @param path must itself be UTF-8 */
export function entriesByBytes(path: string): readonly DirectoryEntry[] {
  const text = shellOutput(["-c", LIST_SCRIPT, "sh", path]);
  return text.split("\0").slice(0, -1).map((row) => {
    const slash = row.indexOf("/");
    const kind = row.slice(0, slash) as DirectoryEntry["kind"];
    return { kind, name: row.slice(slash + 1) };
  });
}

/** @param path must itself be UTF-8 */
export function realPathByBytes(path: string): string {
  return shellOutput([
    "-c",
    'cd -- "$1" && p=$(pwd -P; echo .) && printf %s "${p%??}"',
    "sh",
    path,
  ]) ||
    shellOutput([
      "-c",
      'p=$(readlink -f -- "$1"; echo .) && printf %s "${p%??}"',
      "sh",
      path,
    ]);
}

/** In the C locale a shell treats names as bytes. */
function shellOutput(args: readonly string[]): string {
  const { stdout } = new Deno.Command("sh", {
    args: [...args],
    env: { LC_ALL: "C" },
    stdin: "null",
    stderr: "null",
  }).outputSync();
  return decodeName(stdout);
}
