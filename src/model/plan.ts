/** Everything that a run will do, as plain data: it can be printed, written as JSON and compared. */
import type { TaskKey } from "./job.ts";
import type { Config } from "./config.ts";

/** A local file or folder and where it goes. */
export interface Input {
  /** Absolute local path. */
  readonly localPath: string;
  /** POSIX path below the root on the execution side. */
  readonly remotePath: string;
  readonly isDirectory: boolean;
  /** Bytes; of a folder, all that is in it. */
  readonly bytes: number;
}

/** One command in one folder. */
export interface Task {
  readonly key: TaskKey;
  /** Shell text; the script's path follows it. */
  readonly command: string;
  /** Folder of the task below the work base, POSIX, normalised; "." is the work base itself. */
  readonly dir: string;
  readonly inputs: readonly Input[];
  /** Glob patterns relative to `dir`. */
  readonly outputs: readonly string[];
  /** File in `dir` that stdout is appended to; null: not redirected. */
  readonly stdoutFile: string | null;
  readonly stderrFile: string | null;
}

/** Everything that will happen, before any of it has. */
export interface Plan {
  /** Submission key `<script>-<place>`, 8 hex digits each: names the folder and the journal. */
  readonly runKey: string;
  readonly config: Config;
  /** Absolute local folder that task folders and results are in. */
  readonly localDir: string;
  /** Folder on the execution side that task folders are in; `~` and `$HOME` are expanded there. */
  readonly remoteDir: string;
  /** The script's copy: its file name in `root`, and its text. */
  readonly script: { readonly name: string; readonly text: string };
  readonly tasks: readonly Task[];
  readonly commonInputs: readonly Input[];
  /** Glob patterns relative to the work base. */
  readonly commonOutputs: readonly string[];
  /** The user's own scheduler header, filled in; null: the scheduler's. */
  readonly header: string | null;
  /** Inputs that are also results, with the content they had when the run began. */
  readonly inputSnapshots?:
    readonly (readonly [path: string, digest: string])[];
}
