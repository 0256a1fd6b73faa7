import type { FailureKind } from "../text/result.ts";

/** The exit codes of dpdisp, and what `--help` says about each. */
export const exitCodes = {
  done: {
    code: 0,
    means: "all tasks succeeded and all results were collected",
  },
  failed: { code: 1, means: "a task or job failed, or results are missing" },
  usage: { code: 2, means: "usage or input error; nothing was submitted" },
  unreached: {
    code: 3,
    means:
      "the remote host could not be reached, a transfer failed, or output could not be written",
  },
  refused: { code: 4, means: "the batch system rejected the request" },
  /** EX_UNAVAILABLE of sysexits.h; only scripts/dpdisp.sh ends with it. */
  unavailable: { code: 69, means: "dpdisp cannot start on this computer" },
  /** EX_SOFTWARE of sysexits.h. */
  internal: { code: 70, means: "internal error (bug in dpdisp)" },
  /** 128 + SIGINT, as shells report it. */
  interrupted: { code: 130, means: "interrupted; submitted jobs keep running" },
} as const;

const byFailure: Readonly<Record<FailureKind, keyof typeof exitCodes>> = {
  usage: "usage",
  input: "usage",
  connection: "unreached",
  transfer: "unreached",
  scheduler: "refused",
};

export function exitCodeOf(kind: FailureKind): number {
  return exitCodes[byFailure[kind]].code;
}

/** The table as text, one line for each code. */
export function describeExitCodes(): string {
  const rows = Object.values(exitCodes).map(({ code, means }) =>
    `  ${String(code).padStart(3)}  ${means}`
  );
  return `Exit codes:\n${rows.join("\n")}`;
}
