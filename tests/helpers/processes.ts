/** Jobs of batch type Shell as processes, started and seen by the text that dpdisp sends. */
import { shell } from "../../src/schedulers/shell.ts";
import { HOST_NAME } from "../../src/script/process_group.ts";
import { configOf } from "./config.ts";
import { run } from "./remote_dir.ts";
import { waitUntil } from "./job_sandbox.ts";

/** How the text sees processes: by /proc, or as where there is none. */
export type ProcessView = (text: string) => string;
export const BY_PROC: ProcessView = (text) => text;
export const BY_PS: ProcessView = (text) =>
  text.replaceAll("/proc", "/nonexistent");

export interface LaunchedJob {
  readonly id: string;
  readonly pid: number;
  readonly directory: string;
  /** What the script's stdout and stderr were. */
  output(): string;
}

/** Launches a bash script as a job; `first` is sh text before that. */
export async function launch(
  script: string,
  { view = BY_PROC, first = "", stdin = "" }: {
    readonly view?: ProcessView;
    readonly first?: string;
    readonly stdin?: string;
  } = {},
): Promise<LaunchedJob> {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${directory}/job.sh`,
    `cd ${directory}\n${script}\n`,
  );
  const submit = view(`${HOST_NAME}${shell.submit(configOf().resources)}`);
  const { stdout, stderr, code } = await run([
    "sh",
    "-c",
    `${first}\nfile=${directory}/job.sh out=${directory}/out\n${submit}`,
  ], { stdin });
  const reply = shell.parseSubmit({ code, stdout, stderr });
  if (reply.outcome !== "accepted") throw new Error(stdout + stderr);
  return {
    id: reply.id,
    pid: Number(reply.id.split(":")[2]),
    directory,
    output: () => Deno.readTextFileSync(`${directory}/out`),
  };
}

/** The words for jobs, as one look sees them. */
export async function nativeStatesOf(
  ids: readonly string[],
  view: ProcessView = BY_PROC,
): Promise<readonly (string | undefined)[]> {
  const { entries } = shell.parsePoll({
    code: 0,
    stdout: (await run(["sh", "-c", view(shell.poll(ids))])).stdout,
    stderr: "",
  });
  return ids.map((id) => entries.get(id)?.nativeState);
}

export async function nativeStateOf(id: string, view?: ProcessView) {
  return (await nativeStatesOf([id], view))[0];
}

/** Tells the jobs to end; the time that they get is `grace` seconds. */
export async function cancel(
  ids: readonly string[],
  { view = BY_PROC, grace = "5" }: {
    readonly view?: ProcessView;
    readonly grace?: string;
  } = {},
): Promise<void> {
  const shorter = `sleep() { command sleep ${grace}; }\n`;
  await run(["sh", "-c", shorter + view(shell.cancel(ids))]);
}

export async function waitUntilEnded(
  id: string,
  view?: ProcessView,
): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (await nativeStateOf(id, view) !== "ended") {
    if (Date.now() > deadline) throw new Error(`${id} is not gone`);
  }
}

/** Waits for a file that a job makes, and gives its text. */
export async function readWhenWritten(path: string): Promise<string> {
  const read = () => {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return "";
    }
  };
  await waitUntil(() => read().endsWith("\n"));
  return read().trimEnd();
}

export function isAlive(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}
