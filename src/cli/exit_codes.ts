import type { FailureKind } from "../text/result.ts";

/** What dpdisp answers to the shell, and what `--help` says about it. */
export const exitCodes = {
  done: { code: 0, means: "all done and collected" },
  failed: { code: 1, means: "a task or job failed" },
  usage: { code: 2, means: "usage or input; nothing was sent anywhere" },
  unreached: {
    code: 3,
    means:
      "the machine could not be reached, a transfer failed, or output could not be written",
  },
  refused: { code: 4, means: "the scheduler refused" },
  /** EX_UNAVAILABLE of sysexits.h; only scripts/dpdisp.sh ends with it. */
  unavailable: { code: 69, means: "dpdisp cannot start on this machine" },
  /** EX_SOFTWARE of sysexits.h. */
  fault: { code: 70, means: "a fault in dpdisp" },
  /** 128 + SIGINT, as shells report it. */
  interrupted: { code: 130, means: "interrupted; jobs go on" },
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

/** The table as text, a line a code. */
export function describeExitCodes(): string {
  const rows = Object.values(exitCodes).map(({ code, means }) =>
    `  ${String(code).padStart(3)}  ${means}`
  );
  return `Exit codes:\n${rows.join("\n")}`;
}
