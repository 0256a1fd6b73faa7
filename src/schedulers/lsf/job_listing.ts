import type { JobId } from "../../model/job.ts";
import { idWords } from "../shared/replies.ts";
import type { ShellText } from "../../script/shell_text.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

/** Of bjobs, where the user has no jobs. */
export const NO_JOB = /^No .*job found/im;

/** That, or an id that bjobs does not know any more. */
export const NO_SUCH_JOB = /^No .*job found|Job <?\S+>? is not found/im;

/** One job by its id, or all of the user: of several ids bjobs asks the batch daemon one after the other. */
export function whichJobs(ids: readonly JobId[]): ShellText {
  return ids.length === 1 ? idWords(ids) : "-a";
}

/** A listing for which "no job found" is success, although the exit code is not 0. */
export function listing(command: ShellText): ShellText {
  return `output=$(${command} 2>&1)
code=$?
printf '%s\\n' "$output"
printf '%s\\n' "$output" | grep -qi "^No .*job found" || exit "$code"`;
}

/** "Termination reasons displayed by bacct, bhist, and bjobs" of LSF 10.1. */
const REASONS: Readonly<Record<string, ExitReasonKind>> = {
  TERM_MEMLIMIT: "outOfMemory",
  TERM_SWAP: "outOfMemory",
  TERM_RUNLIMIT: "timeLimit",
  TERM_CPULIMIT: "timeLimit",
  TERM_DEADLINE: "timeLimit",
  TERM_WINDOW: "timeLimit", // the queue closed
  TERM_PREEMPT: "preempted",
  TERM_LOAD: "preempted",
  TERM_RC_RECLAIM: "preempted", // the cloud took the host back
  TERM_REMOVE_HUNG_JOB: "nodeFailure", // its host did not respond
  TERM_RMS: "nodeFailure",
  TERM_ZOMBIE: "nodeFailure",
  TERM_ADMIN: "cancelled",
  TERM_BUCKET_KILL: "cancelled",
  TERM_FORCE_ADMIN: "cancelled",
  TERM_FORCE_OWNER: "cancelled",
  TERM_OWNER: "cancelled",
};

/** A job's end in a long listing, after the time. */
const END =
  /^\w{3} \w{3} +\d+ [\d:]+(?: \d{4})?: (Done successfully|Exited\b[^;.\n]*|Exit with exit code\b[^;.\n]*|.*requeued)/gm;

/** OpenLava and LSF before version 7 show no reason, but who sent a signal. */
const DELETED =
  /Signal <(?:KILL|TERM|INT)> requested by user or administrator <[^>]*>/;

/** Long listings: each job begins with `Job <12>`, or with `Job Id <12>` in OpenLava, and long lines are broken anywhere and continued after 21 blanks. */
export function exitReasonsIn(stdout: string): ReadonlyMap<JobId, ExitReason> {
  const blocks = stdout.replaceAll(/\r?\n {21}/g, "")
    .split(/^(?=Job (?:Id )?<\d+>[,;])/m);
  return new Map(blocks.flatMap((block) => {
    const id = block.match(/^Job (?:Id )?<(\d+)>/)?.[1];
    const exitReason = exitReasonOf(block);
    return id && exitReason ? [[id, exitReason] as const] : [];
  }));
}

/** Of an ended job; it may have been requeued and run again, so its last end counts. */
function exitReasonOf(block: string): ExitReason | null {
  const end = block.matchAll(END).toArray().at(-1);
  const ending = end?.[1]?.trim();
  if (!end || !ending || ending.endsWith("requeued")) return null;
  const reason = block.slice(end.index).match(/TERM_\w+/)?.[0];
  if (reason === undefined && ending.startsWith("Exit")) {
    const deleted = block.slice(0, end.index).match(DELETED)?.[0];
    if (deleted) return { kind: "cancelled", message: `${deleted}, ${ending}` };
    if (isOverRunLimit(block)) {
      return { kind: "timeLimit", message: `RUNLIMIT, ${ending}` };
    }
  }
  return {
    kind: REASONS[reason ?? ""] ?? "disappeared",
    message: [reason, ending].filter(Boolean).join(", "),
  };
}

/** ` RUNLIMIT`, below it ` 1.0 min of host1`; at the end the seconds in each state, of which RUN is the third. */
function isOverRunLimit(block: string): boolean {
  const minutes = block.match(/^ *RUNLIMIT *\n *(\d+(?:\.\d+)?) min\b/m)?.[1];
  const seconds = block.match(/^ *PEND +PSUSP +RUN\b.*\n *\d+ +\d+ +(\d+) /m)
    ?.[1];
  return minutes !== undefined && seconds !== undefined &&
    Number(seconds) >= 60 * Number(minutes);
}
