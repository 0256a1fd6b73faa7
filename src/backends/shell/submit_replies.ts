/** Reads the replies to submits, from the submit script's output or from the file on the remote host. */
import type { JobName } from "../../model/job.ts";
import { excerpt, gatherEnds } from "../../text/excerpt.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import type { ReplySection } from "../../script/reply.ts";
import type { SubmitReply } from "../../model/backend_messages.ts";

/** The reply about one job; unconfirmed where it cannot be read. */
export function readSubmitReply(
  scheduler: Scheduler,
  job: JobName,
  { text }: ReplySection,
): SubmitReply {
  return parseSubmitReplies(scheduler, text).get(job) ??
    { job, outcome: "unconfirmed", message: excerpt(text) };
}

/**
 * The reply of `submit_replies` says of each job's last submit, from the text of `ids`: `? job` begins one, and
 * a block of `= job code`, stdout, `- job`, stderr, `. job` is its reply.
 * A block without its end does not count: the script died while it wrote it,
 * and the reply is unknown (null).
 */
export function parseSubmitReplies(
  scheduler: Scheduler,
  text: string,
): ReadonlyMap<JobName, SubmitReply | null> {
  const tries = new Map<JobName, SubmitReply | null>();
  for (const part of text.split(/^(?=(?:= \S+ \d+|\? \S+)$)/m)) {
    const begun = part.match(/^\? (\S+)/)?.[1];
    if (begun !== undefined) tries.set(begun, null);
    const block = readBlock(part);
    if (block === null) continue;
    const { job, code, stdout, stderr } = block;
    tries.set(job, outcome(scheduler, job, code, stdout, stderr));
  }
  return tries;
}

/** The block at the beginning of the text, or null. The marks are searched one by one, because one regular expression would backtrack. */
function readBlock(text: string) {
  const [, job, code] = /^= (\S+) (\d{1,9})\n/.exec(text) ?? [];
  if (job === undefined) return null;
  const begin = text.indexOf("\n") + 1;
  const middle = text.indexOf(`\n- ${job}\n`, begin);
  const after = middle + job.length + 4;
  const end = middle < 0 ? -1 : `${text}\n`.indexOf(`\n. ${job}\n`, after);
  if (end < 0) return null;
  return {
    job,
    code: Number(code),
    stdout: text.slice(begin, middle),
    stderr: text.slice(after, end),
  };
}

/** Characters read of the beginning and of the end of a submit command's output. */
const MAX_READ = 8192;

function endsOf(text: string): string {
  const ends = gatherEnds(MAX_READ);
  ends.add(text);
  return ends.text();
}

/** 128 + HUP, INT, ABRT, KILL, SEGV, PIPE, TERM. (Some systems reject with other codes above 128.) */
const KILLED: readonly number[] = [129, 130, 134, 137, 139, 141, 143];

function outcome(
  scheduler: Scheduler,
  job: string,
  code: number,
  ...printed: readonly [stdout: string, stderr: string]
): SubmitReply {
  const [stdout, stderr] = printed.map(endsOf) as [string, string];
  const parsed = scheduler.parseSubmit({ code, stdout, stderr });
  // A command that was killed by a signal may have submitted the job before.
  const reply = KILLED.includes(code) && parsed.outcome !== "accepted"
    ? { outcome: "unreachable" as const }
    : parsed;
  if (reply.outcome === "accepted") return { job, ...reply };
  const message = excerpt(`${stderr.trim()}\n${stdout.trim()}`);
  return {
    job,
    ...reply,
    message: message || `exit code ${code} and no output`,
  };
}
