/** Command-line options of a session. */

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
}
