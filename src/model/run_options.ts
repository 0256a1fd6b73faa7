/** How the user wants a session to go. */

/** How the user wants this session to go. */
export interface RunOptions {
  readonly dryRun: boolean;
  readonly exitOnSubmit: boolean;
  readonly failFast: boolean;
  /** Leave the far folder after success. */
  readonly keepRemoteDir: boolean;
  /** Cancel everything and leave. */
  readonly cancel: boolean;
  /** An interrupt cancels all, instead of ending the session. */
  readonly cancelOnInterrupt: boolean;
}

export interface SessionOptions extends RunOptions {
  /** Keep what an earlier, closed generation computed and what is unchanged since. */
  readonly reuse: boolean;
  /** Leave the present journal behind: jobs that only it knows are taken for gone. */
  readonly forget: boolean;
}
