/** Why jobs of Fujitsu's Technical Computing Suite ended. */
import type { JobId } from "../../model/job.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

/** Columns of `pjstat`, by their names for `--choose`. */
export const ENDS = "jid,st,ec,pc,sn,ermsg";

/** "PJM code" of the Job Operation Software End-user's Guide (J2UL-2534). */
const PJM_CODES: Readonly<Record<number, ExitReasonKind>> = {
  1: "cancelled", // pjdel
  2: "rejected",
  3: "rejected", // by the site's check of its budget
  7: "preempted", // deadline scheduling
  8: "rejected", // by the site's check of its budget
  11: "timeLimit",
  12: "outOfMemory",
  18: "preempted",
  20: "nodeFailure",
  22: "nodeFailure", // the interconnect
  23: "outOfMemory", // by the kernel
  25: "nodeFailure",
  30: "nodeFailure", // it could not be suspended or resumed
};

/** Internal errors of the job manager. */
const FIRST_INTERNAL_ERROR = 100;

/** The first 16 characters of a reason are shown; for sites that hide the code. */
const REASONS: readonly (readonly [RegExp, ExitReasonKind])[] = [
  [/^ELAPSE LIMIT/, "timeLimit"],
  [/^LIMIT OVER MEM/, "outOfMemory"],
  [/^ANOTHER JOB STAR|^DEADLINE SCHED/, "preempted"],
  [/^NODE ?DOWN|^LOST COMM|^INTERNAL ERROR|^RESUME FAIL/, "nodeFailure"],
  [/^GATE CHECK/, "rejected"],
];

/** Where nothing else says why. */
const END_STATES: Readonly<Record<string, ExitReasonKind>> = {
  CCL: "cancelled",
  RJT: "rejected",
};

/** JOB_ID ST EC PC SN REASON */
export function exitReasonsIn(stdout: string): ReadonlyMap<JobId, ExitReason> {
  const rows = stdout.matchAll(
    /^(\d+)[ \t]+(EXT|CCL|RJT)[ \t]+(\d+|-)[ \t]+(\d+|-)[ \t]+(\d+|-)(?!\S)[ \t]*(.*?)\s*$/gm,
  );
  return new Map(rows.map(([, id, state, exit, code, signal, reason]) => {
    const numbers = `exit code ${exit}, PJM code ${code}, signal ${signal}`;
    const kind = kindOf(Number(code), reason!) ?? END_STATES[state!] ??
      "disappeared";
    const words = [state, /^-?$/.test(reason!) ? "" : reason].filter(Boolean);
    return [id!, { kind, message: `${words.join(" ")}, ${numbers}` }] as const;
  }));
}

function kindOf(code: number, reason: string): ExitReasonKind | undefined {
  return (code >= FIRST_INTERNAL_ERROR ? "nodeFailure" : PJM_CODES[code]) ??
    REASONS.find(([pattern]) => pattern.test(reason))?.[1];
}
