/** `dpdisp check` on a real directory, as the command line runs it. */
import { main } from "../../src/cli/main.ts";
import { localFiles } from "../../src/environment/local_files.ts";
import { fakeEnvironment } from "./environment.ts";

export interface CheckOutput {
  readonly code: number;
  readonly output: string;
  readonly ms: number;
}

/** No more than this may any input take, on a machine that has other things to do as well. */
export const MAX_MS = 10_000;

/** @param args the command line without `dpdisp` */
export async function runCheck(
  directory: string,
  ...args: readonly string[]
): Promise<CheckOutput> {
  const environment = fakeEnvironment({ files: localFiles, cwd: directory });
  const start = performance.now();
  const code = await main(args, environment);
  const { out, err } = environment.terminal.written;
  return { code, output: out + err, ms: performance.now() - start };
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
  return metadataBlock(`[tool.dpdispatcher]
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
export function metadataBlock(toml: string): string {
  const lines = toml.split("\n").map((line) => line === "" ? "#" : `# ${line}`);
  return `# /// script\n${lines.join("\n")}\n# ///\n`;
}
