/** What batch systems have in common, on our side of the shell. */
import type { JobId, JobName } from "../../model/job.ts";
import { quote } from "../../script/quote.ts";
import type { Reply, Scheduler } from "../scheduler.ts";
import type { ShellText } from "../../script/shell_text.ts";
import type { SubmitOutcome } from "../../model/backend_messages.ts";

/** Queues are asked gently: they serve a whole site, and their files lag. */
export const BATCH_TRAITS: Scheduler["limits"] = {
  minPollSeconds: 2,
  maxPollSeconds: 30,
  missingGraceSeconds: 120,
  missingGracePolls: 3,
  queueFullSeconds: 30,
  defaultMaxJobs: "none",
  submitAhead: 0,
};

/** How a submit command's words are read; what matches nothing is unsure. */
export interface SubmitReplyPatterns {
  /** The id, as the first group; a banner may stand before it. */
  readonly id: RegExp;
  /** The service was lost on the way: the job may be there. Wins over the others. */
  readonly lost: RegExp;
  /** Nothing was accepted; later may do. */
  readonly full: RegExp;
  /** Nothing was accepted. */
  readonly refused: RegExp;
}

export function classifySubmitReply(
  { code, stdout, stderr }: Reply,
  { id, lost, full, refused }: SubmitReplyPatterns,
): SubmitOutcome {
  const found = stdout.matchAll(id).toArray().at(-1)?.[1];
  if (code === 0) {
    return found
      ? { outcome: "accepted", id: found }
      : { outcome: "unconfirmed" };
  }
  const said = `${stderr}\n${stdout}`;
  if (lost.test(said)) return { outcome: "unreachable" };
  if (found) return { outcome: "unconfirmed" };
  if (full.test(said)) return { outcome: "queueFull" };
  return { outcome: refused.test(said) ? "rejected" : "unconfirmed" };
}

/** The service could not be asked, whatever else was said. */
export const QUEUE_ERRORS =
  /(?:unable|failed|fails?|cannot|can't|could not|not able) to (?:contact|connect|send|receive|reach)|(?:cannot|can't|could not|can not) (?:contact|connect|establish|reach)|connection (?:refused|timed out|reset|closed)|timed? ?-?out|not responding|please wait|unreachable|got (?:send|read) error|failed in an LSF|communication error/i;

/** Whether a job that was not shown is not there. `forgotten`: how an id that is unknown by now is told, at the cost of the exit code. */
export function isComplete(
  { code, stdout, stderr }: Reply,
  forgotten: RegExp,
): boolean {
  const said = `${stderr}\n${stdout}`;
  return code === 0 || (forgotten.test(said) && !QUEUE_ERRORS.test(said));
}

/** Ids by job name, from rows that give the id and then the name. */
export function namesIn(
  stdout: string,
  row: RegExp,
): ReadonlyMap<JobName, JobId> {
  return new Map(
    stdout.matchAll(row).map(([, id, name]) => [name!, id!] as const),
  );
}

/** Ids as words of a command line. */
export function idWords(ids: readonly JobId[]): ShellText {
  return ids.map(quote).join(" ");
}
