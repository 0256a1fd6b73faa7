import type { JobId } from "../../model/job.ts";
import type { QueueListing } from "../scheduler.ts";
import type { ShellText } from "../../script/shell_text.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

/** Jobs and their states, from rows that give the id and then the word. */
export function rowsIn(stdout: string, row: RegExp): QueueListing["entries"] {
  return new Map(
    stdout.matchAll(row).map(([, id, word]) => [id!, { word: word! }] as const),
  );
}

/** A listing of which "no job" is a good answer, though the exit code says otherwise. */
export function listing(command: ShellText): ShellText {
  return `said=$(${command} 2>&1)
code=$?
printf '%s\\n' "$said"
printf '%s\\n' "$said" | grep -qi "^No .*job found" || exit "$code"`;
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
  TERM_RMS: "nodeFailure",
  TERM_ZOMBIE: "nodeFailure",
  TERM_ADMIN: "cancelled",
  TERM_BUCKET_KILL: "cancelled",
  TERM_FORCE_ADMIN: "cancelled",
  TERM_FORCE_OWNER: "cancelled",
  TERM_OWNER: "cancelled",
};

/** What a long listing tells of a job's end, behind the time. */
const END =
  /^\w{3} \w{3} +\d+ [\d:]+(?: \d{4})?: (Done successfully|Exited\b[^;.\n]*|.*requeued)/gm;

/** Long listings: each job begins with `Job <12>`, and long lines go on behind 21 blanks, cut anywhere. */
export function causesIn(stdout: string): ReadonlyMap<JobId, ExitReason> {
  const blocks = stdout.replaceAll(/\r?\n {21}/g, "")
    .split(/^(?=Job <\d+>[,;])/m);
  return new Map(blocks.flatMap((block) => {
    const id = block.match(/^Job <(\d+)>/)?.[1];
    const cause = causeOf(block);
    return id && cause ? [[id, cause] as const] : [];
  }));
}

/** Of a job that is over; it may have been put back and run again, so its last end counts. */
function causeOf(block: string): ExitReason | null {
  const end = block.matchAll(END).toArray().at(-1);
  const words = end?.[1]?.trim();
  if (!end || !words || words.endsWith("requeued")) return null;
  const reason = block.slice(end.index).match(/TERM_\w+/)?.[0];
  return {
    kind: REASONS[reason ?? ""] ?? "disappeared",
    message: [reason, words].filter(Boolean).join(", "),
  };
}
