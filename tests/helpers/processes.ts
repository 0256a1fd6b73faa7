/** Jobs of batch type Shell as processes, started and seen by the text that dpdisp sends. */
import { shell } from "../../src/schedulers/shell.ts";
import { HOST_NAME } from "../../src/script/process_group.ts";
import { configOf } from "./config.ts";
import { run } from "./remote_dir.ts";
import { until } from "./job_sandbox.ts";

/** How the text sees processes: by /proc, or as where there is none. */
export type Eyes = (text: string) => string;
export const BY_PROC: Eyes = (text) => text;
export const BY_PS: Eyes = (text) => text.replaceAll("/proc", "/nonexistent");

export interface Started {
  readonly id: string;
  readonly pid: number;
  readonly folder: string;
  /** What the script's stdout and stderr were. */
  said(): string;
}

/** Launches a bash script as a job; `first` is sh text before that. */
export async function launch(
  script: string,
  { eyes = BY_PROC, first = "", stdin = "" }: {
    readonly eyes?: Eyes;
    readonly first?: string;
    readonly stdin?: string;
  } = {},
): Promise<Started> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/job.sh`, `cd ${folder}\n${script}\n`);
  const submit = eyes(`${HOST_NAME}${shell.submit(configOf().resources)}`);
  const { stdout, stderr, code } = await run([
    "sh",
    "-c",
    `${first}\nfile=${folder}/job.sh out=${folder}/out\n${submit}`,
  ], { stdin });
  const answer = shell.parseSubmit({ code, stdout, stderr });
  if (answer.outcome !== "accepted") throw new Error(stdout + stderr);
  return {
    id: answer.id,
    pid: Number(answer.id.split(":")[2]),
    folder,
    said: () => Deno.readTextFileSync(`${folder}/out`),
  };
}

/** The words for jobs, as one look sees them. */
export async function wordsOf(
  ids: readonly string[],
  eyes: Eyes = BY_PROC,
): Promise<readonly (string | undefined)[]> {
  const { entries } = shell.parsePoll({
    code: 0,
    stdout: (await run(["sh", "-c", eyes(shell.poll(ids))])).stdout,
    stderr: "",
  });
  return ids.map((id) => entries.get(id)?.nativeState);
}

export async function wordOf(id: string, eyes?: Eyes) {
  return (await wordsOf([id], eyes))[0];
}

/** Tells the jobs to end; the time that they get is `grace` seconds. */
export async function cancel(
  ids: readonly string[],
  { eyes = BY_PROC, grace = "5" }: {
    readonly eyes?: Eyes;
    readonly grace?: string;
  } = {},
): Promise<void> {
  const shorter = `sleep() { command sleep ${grace}; }\n`;
  await run(["sh", "-c", shorter + eyes(shell.cancel(ids))]);
}

export async function untilGone(id: string, eyes?: Eyes): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (await wordOf(id, eyes) !== "ended") {
    if (Date.now() > deadline) throw new Error(`${id} is not gone`);
  }
}

/** Waits for a file that a job makes, and gives its text. */
export async function fileOf(path: string): Promise<string> {
  const read = () => {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return "";
    }
  };
  await until(() => read().endsWith("\n"));
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
