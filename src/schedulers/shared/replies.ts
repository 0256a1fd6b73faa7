/** What the parsers of all batch systems share. */
import type { JobId, JobName } from "../../model/job.ts";
import { BATCH_TIMES } from "../../schema/poll_times.ts";
import { quote } from "../../script/quote.ts";
import type { Reply, Scheduler } from "../scheduler.ts";
import type { ShellText } from "../../script/shell_text.ts";
import type { SubmitOutcome } from "../../model/backend_messages.ts";

/** Queues are polled rarely, because they serve a whole site; and records on a network file system appear late. */
export const BATCH_TRAITS: Scheduler["limits"] = {
  ...BATCH_TIMES,
  missingGracePolls: 3,
  defaultMaxJobs: "none",
  submitAhead: 0,
};

export type NotAccepted = Exclude<SubmitOutcome["outcome"], "accepted">;

/** What the output of a submit command means; what fits nothing leaves the job unconfirmed. */
export interface SubmitReplyPatterns {
  /** The id, as the first group; other lines may be around it. */
  readonly id: RegExp;
  /** Exit codes with a meaning of their own, which has priority over the words: a site may write any. */
  readonly codes?: Readonly<Record<number, NotAccepted>>;
  /** The connection to the batch system was lost: the job may exist. Has priority over the others. */
  readonly lost: RegExp;
  /** Nothing was accepted, but a later submit may be. */
  readonly full: RegExp;
  /** Nothing was accepted. */
  readonly refused: RegExp;
  /** Shows a failure also where the exit code is 0; absent: nothing does. */
  readonly failed?: RegExp;
}

/**
 * A site's wrapper may print numbers of its own, so that one of several candidates
 * is not known to be the id. An exit code that says nothing does not make an id
 * doubtful where nothing else was printed: the wrapper may have failed afterwards.
 */
export function classifySubmitReply(
  { code, stdout, stderr }: Reply,
  { id, codes = {}, lost, full, refused, failed }: SubmitReplyPatterns,
): SubmitOutcome {
  const output = `${stderr}\n${stdout}`;
  const found = new Set(stdout.matchAll(id).map(([, candidate]) => candidate!));
  const [only] = found.size === 1 ? found : [];
  const isClear = code === 0
    ? !failed?.test(output)
    : codes[code] === undefined && isAlone(output, id);
  if (only !== undefined && isClear) return { outcome: "accepted", id: only };
  if (code === 0 && isClear) return { outcome: "unconfirmed" };
  const known = codes[code];
  if (known === undefined && lost.test(output)) {
    return { outcome: "unreachable" };
  }
  if (known === "unreachable") return { outcome: known };
  if (found.size > 0) return { outcome: "unconfirmed" };
  if (known !== undefined) return { outcome: known };
  if (full.test(output)) return { outcome: "queueFull" };
  return { outcome: refused.test(output) ? "rejected" : "unconfirmed" };
}

/** No line but those with an id. */
function isAlone(output: string, id: RegExp): boolean {
  const isOther = (line: string) => line.trim() !== "" && !line.match(id);
  return !output.split("\n").some(isOther);
}

/** The batch system could not be reached, whatever else was printed. */
export const QUEUE_ERRORS =
  /(?:unable|failed|fails?|cannot|can't|could not|not able) to (?:contact|connect|send|receive|reach)|(?:cannot|can't|could not|can not) (?:contact|connect|establish|reach)|connection (?:refused|timed out|reset|closed)|timed? ?-?out|not responding|please wait|unreachable|got (?:send|read) error|failed in an LSF|communication error/i;

/**
 * Whether a job that is not listed does not exist. `rows`: how many jobs are
 * listed. `unknownId`: the message for an id that is not known any more, with
 * which the exit code may not be 0.
 */
export function isComplete(
  reply: Reply,
  unknownId: RegExp,
  rows: number,
): boolean {
  const { code, stdout, stderr } = reply;
  const output = `${stderr}\n${stdout}`;
  const others = stderr.split("\n").filter((line) => !unknownId.test(line));
  return code === 0
    ? isAnswer({ ...reply, stderr: others.join("\n") }, rows)
    : unknownId.test(output) && !QUEUE_ERRORS.test(output);
}

/**
 * An empty listing is an answer only without words on stderr: programs have been
 * seen to end with exit code 0 although they could not list anything (`qstat -x`
 * and `qselect -x` of OpenPBS without a job history).
 */
export function isAnswer({ code, stderr }: Reply, rows: number): boolean {
  return code === 0 && (rows > 0 || stderr.trim() === "");
}

/** Ids by job name, from rows with the id and then the name. */
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
