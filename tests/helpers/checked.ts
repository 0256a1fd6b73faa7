/** `dpdisp check` on a real folder, as the command line runs it. */
import { main } from "../../src/cli/main.ts";
import { localFiles } from "../../src/environment/local_files.ts";
import { fakeWorld } from "./environment.ts";

export interface Checked {
  readonly code: number;
  readonly said: string;
  readonly ms: number;
}

/** No more than this may any input take, on a machine that has other things to do as well. */
export const MOST_MS = 10_000;

/** @param words the command line without `dpdisp` */
export async function checked(
  folder: string,
  ...words: readonly string[]
): Promise<Checked> {
  const world = fakeWorld({ files: localFiles, cwd: folder });
  const start = performance.now();
  const code = await main(words, world);
  const { out, err } = world.terminal.written;
  return { code, said: out + err, ms: performance.now() - start };
}

export interface Sections {
  readonly top?: string;
  readonly machine?: string;
  readonly resources?: string;
  readonly task?: string;
}

/** A script whose block is right but for what is given: lines of TOML. */
export function scriptWith(
  {
    top = 'work_base = "./"',
    machine =
      'batch_type = "Shell"\ncontext_type = "LazyLocalContext"\nlocal_root = "./"',
    resources = "",
    task = 'task_work_path = "./"',
  }: Sections,
): string {
  return commented(`[tool.dpdispatcher]
${top}
[tool.dpdispatcher.machine]
${machine}
[tool.dpdispatcher.resources]
group_size = 1
${resources}
[[tool.dpdispatcher.task_list]]
${task}`);
}

/** A block that holds this TOML. */
export function commented(toml: string): string {
  const lines = toml.split("\n").map((line) => line === "" ? "#" : `# ${line}`);
  return `# /// script\n${lines.join("\n")}\n# ///\n`;
}
