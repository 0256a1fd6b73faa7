/** What Deno's own functions cannot give, because it is no UTF-8: a shell does. Names come as decodeName makes them. */
import { decodeName } from "../text/bytes_name.ts";
import type { DirectoryEntry } from "./environment.ts";

/** "" where it is gone. */
export function currentDirectory(): string {
  try {
    return Deno.cwd();
  } catch {
    return printed(["-c", 'p=$(pwd -P; echo .) && printf %s "${p%??}"']);
  }
}

export function environmentVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw error;
    return printed(["-c", `printf %s "\${${name}}"`]);
  }
}

/** Prints of each entry kind and name, ended by NUL. */
const LIST = `cd -- "$1" || exit
for n in * .[!.]* ..?*; do
  if [ -h "$n" ]; then k=link
  elif [ -d "$n" ]; then k=folder
  elif [ -f "$n" ]; then k=file
  elif [ -e "$n" ]; then k=other
  else continue; fi
  printf '%s/%s\\0' "$k" "$n"
done`;

/** @param path itself UTF-8 */
export function entriesByBytes(path: string): readonly DirectoryEntry[] {
  const text = printed(["-c", LIST, "sh", path]);
  return text.split("\0").slice(0, -1).map((row) => {
    const slash = row.indexOf("/");
    const kind = row.slice(0, slash) as DirectoryEntry["kind"];
    return { kind, name: row.slice(slash + 1) };
  });
}

/** @param path itself UTF-8 */
export function realPathByBytes(path: string): string {
  return printed([
    "-c",
    'cd -- "$1" && p=$(pwd -P; echo .) && printf %s "${p%??}"',
    "sh",
    path,
  ]) ||
    printed([
      "-c",
      'p=$(readlink -f -- "$1"; echo .) && printf %s "${p%??}"',
      "sh",
      path,
    ]);
}

/** In the C locale a shell takes names as bytes. */
function printed(args: readonly string[]): string {
  const { stdout } = new Deno.Command("sh", {
    args: [...args],
    env: { LC_ALL: "C" },
    stdin: "null",
    stderr: "null",
  }).outputSync();
  return decodeName(stdout);
}
