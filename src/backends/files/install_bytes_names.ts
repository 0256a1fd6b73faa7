/** Installs files whose names Deno cannot express. */
import { placeScript, type ShellPut } from "../../script/install_script.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { localScript } from "./local_script.ts";
import { startOf } from "./install.ts";
import { type Installed, type Installing, note } from "./install_files.ts";
import type { ReceivedResults } from "./received_files.ts";

/** One local shell script installs all files whose names Deno cannot express. */
export async function installBytesNames(
  files: readonly string[],
  directories: readonly string[],
  { files: received }: ReceivedResults,
  installing: Installing,
  installed: Installed,
): Promise<void> {
  const known = (path: string) =>
    installing.own.known(path).map(({ bytes, modified }) =>
      `${bytes}:${Math.floor(modified / 1000)}`
    );
  const puts = [
    ...directories.filter(isBytesName).map((path) =>
      ({ path, to: path, what: { directory: true } }) as const
    ),
    ...files.filter(isBytesName).map((path) => {
      const file = received.files.get(path)!.name;
      const what = installing.isAsked(path)
        ? { file }
        : { file, known: known(path) };
      return { path, to: path, what };
    }),
  ];
  const refused = await byShell(puts, installing, installed);
  // A log is saved under another name where the user has a file with its name.
  const beside = refused.flatMap((path) => {
    const file = received.files.get(path);
    const to = `${path}.dpdisp`;
    return file && !installing.isAsked(path)
      ? [{ path, to, what: { file: file.name, known: known(to) } }]
      : [];
  });
  const still = new Set(await byShell(beside, installing, installed));
  for (const { path, to } of beside) {
    if (!still.has(path)) installed.renamed.set(path, to);
  }
}

export interface BytesPut {
  readonly path: string;
  readonly to: string;
  readonly what: ShellPut["what"];
}

/** The paths that could not be installed. */
export async function byShell(
  puts: readonly BytesPut[],
  { ground, incomingDir }: Installing,
  installed: Installed,
): Promise<readonly string[]> {
  if (puts.length === 0) return [];
  const reply = await localScript(placeScript(
    incomingDir,
    puts.map(({ to, what }) => {
      const { directory, steps } = startOf(ground, to);
      return { start: directory, steps, what };
    }),
  ));
  const lines = reply.split("\n");
  for (const [i, { path }] of puts.entries()) {
    const line = lines[i] || "the local shell printed no result";
    if (line === "ok") installed.failed.delete(path);
    note(installed, path, line === "ok" ? null : line);
  }
  return puts.flatMap(({ path }) => installed.done.has(path) ? [] : [path]);
}
