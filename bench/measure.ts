/** What the benchmarks share: a directory to work in, a command's time, medians. */

/** Runs `work` in a new directory with a home of its own: nobody's shell profile is measured. */
export async function inScratch<T>(
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "dpdisp-bench-" });
  try {
    await Deno.mkdir(`${directory}/home`);
    return await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Wall time in seconds, with `env` besides; throws where the command fails. */
export async function timed(
  command: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const begin = performance.now();
  const { success, stderr } = await new Deno.Command(command[0]!, {
    args: command.slice(1),
    cwd: directory,
    env: {
      HOME: `${directory}/home`,
      XDG_STATE_HOME: `${directory}/home/state`,
      DENO_DIR: denoDir(),
      ...env,
    },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return (performance.now() - begin) / 1000;
}

/** A PATH with an `ssh` that knows nothing but what is in the directory: nobody's known_hosts is written to. */
export async function ownSsh(directory: string): Promise<string> {
  const bin = `${directory}/bin`;
  await Deno.mkdir(bin, { recursive: true });
  await Deno.writeTextFile(
    `${directory}/ssh_config`,
    `UserKnownHostsFile ${directory}/known_hosts\n`,
  );
  const path = Deno.env.get("PATH")!;
  const text =
    `#!/bin/sh\nPATH=${path} exec ssh -F ${directory}/ssh_config "$@"\n`;
  await Deno.writeTextFile(`${bin}/ssh`, text, { mode: 0o755 });
  return `${bin}:${path}`;
}

/** The cache of whoever measures, so that no download is timed. */
function denoDir(): string {
  return Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
}

/** dpdisp from this checkout. */
export function dpdisp(...args: readonly string[]): readonly string[] {
  const main = `${import.meta.dirname}/../main.ts`;
  return [Deno.execPath(), "run", "-A", "--no-check", main, ...args];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A table in Markdown. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

/** A script of `command` in every directory `t*` of `work`. */
export function shellScript(
  command: string,
  settings: Readonly<Record<string, string>> = {},
): string {
  return `# /// script
# [tool.dpdispatcher]
# work_base = "work"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "./"
# context_type = "${settings.context ?? "LazyLocalContext"}"
${
    settings.context
      ? '# remote_root = "./far"\n'
      : ""
  }# [tool.dpdispatcher.resources]
# group_size = ${settings.group_size ?? 1}
# [[tool.dpdispatcher.task_list]]
# command = "${command}"
# task_work_path = "t*"
# ///
`;
}

/** One line, or a table, for the person who measures. */
export function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
