/** Everything that a run will do, as plain data: it can be printed, written as JSON and compared. */
import type { TaskKey } from "./job.ts";
import type { Config } from "./config.ts";
import type { PlanSummary } from "./event.ts";

/** A local file or directory and its path on the remote host. */
export interface Input {
  /** Absolute local path. */
  readonly localPath: string;
  /** POSIX path below the plan's remote directory. */
  readonly remotePath: string;
  readonly isDirectory: boolean;
  /** Bytes; of a directory, the sum of all files in it. */
  readonly bytes: number;
}

/** One command in one directory. */
export interface Task {
  readonly key: TaskKey;
  /** Shell text; the script's path follows it. */
  readonly command: string;
  /** Directory of the task below the work base, POSIX, normalised; "." is the work base itself. */
  readonly dir: string;
  /** What the name in the queue begins with, of a job that has only this task. */
  readonly name?: string;
  readonly inputs: readonly Input[];
  /** Glob patterns relative to `dir`. */
  readonly outputs: readonly string[];
  /** File in `dir` that stdout is appended to; null: not redirected. */
  readonly stdoutFile: string | null;
  readonly stderrFile: string | null;
}

/** Everything that a run will do. */
export interface Plan {
  /** `<script>-<place>`, 8 hex digits each: names the run's remote directory and its journal. */
  readonly runKey: string;
  readonly config: Config;
  /** Absolute local directory that contains the task directories and results. */
  readonly localDir: string;
  /** Directory on the remote host that contains the task directories; `~` and `$HOME` are expanded there. */
  readonly remoteDir: string;
  /** The script's copy: its file name in `remoteDir`, and its text. */
  readonly script: { readonly name: string; readonly text: string };
  readonly tasks: readonly Task[];
  readonly commonInputs: readonly Input[];
  /** Glob patterns relative to the work base. */
  readonly commonOutputs: readonly string[];
  /** The user's own header template, filled in; null: the scheduler's header is used. */
  readonly header: string | null;
  /** Inputs that are also results, with the hash of their content when the run began. */
  readonly inputSnapshots?: readonly (readonly [path: string, hash: string])[];
}

export function summaryOfPlan(
  { localDir, config: { resources }, tasks }: Plan,
): PlanSummary {
  const { nodes, cpusPerNode, gpusPerNode, queue, tasksPerJob } = resources;
  return {
    workBase: localDir,
    resources: { nodes, cpusPerNode, gpusPerNode, queue, tasksPerJob },
    tasks: tasks.map(({ key, dir, command, stdoutFile, stderrFile }) => ({
      ...{ key, dir, command },
      stdoutFile,
      stderrFile,
    })),
  };
}
