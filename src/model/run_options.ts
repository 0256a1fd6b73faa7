/** Command-line options of a session. */
import type { Failure } from "../text/result.ts";

/** What the user asked this session to do. */
export interface RunOptions {
  readonly dryRun: boolean;
  readonly exitOnSubmit: boolean;
  readonly failFast: boolean;
  /** Keep the run's remote directory after success. */
  readonly keepRemoteDir: boolean;
  /** Cancel all jobs and end the session. */
  readonly cancel: boolean;
  /** An interrupt cancels all jobs, instead of ending only the session. */
  readonly cancelOnInterrupt: boolean;
}

export interface SessionOptions extends RunOptions {
  /** Reuse unchanged results of an earlier, closed generation. */
  readonly reuse: boolean;
  /** Do not read the present journal: jobs that only it names are treated as lost. */
  readonly forget: boolean;
  /** Finished tasks of an earlier version of the script count as those of the present one. */
  readonly keepFinished: boolean;
  /** Called before an edit takes anything away, unless `keepFinished`; the failure ends the session before it has changed anything. */
  readonly confirmEdit: (edit: EditEffect) => Promise<Failure | null>;
}

/** What an edit takes away from a run that is not finished. */
export interface EditEffect {
  /** Otherwise only its task list or an input is another. */
  readonly isScriptChanged: boolean;
  /** Number of finished tasks that will run again. */
  readonly rerunTasks: number;
  /** Number of active jobs that will be cancelled. */
  readonly cancelledJobs: number;
}
