/** Reads what was answered to submits; the submit script tells it as the far side keeps it. */
import type { JobName } from "../../model/job.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import type { ReplySection } from "../../script/reply.ts";
import type { SubmitReply } from "../../model/backend_messages.ts";

/** What is told of a job; where that cannot be read, nobody knows what was answered. */
export function readSubmitReply(
  scheduler: Scheduler,
  job: JobName,
  { text }: ReplySection,
): SubmitReply {
  return parseSubmitReplies(scheduler, text).get(job) ??
    { job, outcome: "unconfirmed", message: endsOf(text).trim() };
}

/**
 * What the text of `ids` says of each job's last try: `? job` begins one, and
 * a block of `= job code`, stdout, `- job`, stderr, `. job` is its answer.
 * A block without its end does not exist: the script died while it wrote it,
 * and nobody knows what was answered (null).
 */
export function parseSubmitReplies(
  scheduler: Scheduler,
  text: string,
): ReadonlyMap<JobName, SubmitReply | null> {
  const tries = new Map<JobName, SubmitReply | null>();
  for (const part of text.split(/^(?=(?:= \S+ \d+|\? \S+)$)/m)) {
    const begun = part.match(/^\? (\S+)/)?.[1];
    if (begun !== undefined) tries.set(begun, null);
    const answer = readBlock(part);
    if (answer === null) continue;
    const { job, code, stdout, stderr } = answer;
    tries.set(job, outcome(scheduler, job, code, stdout, stderr));
  }
  return tries;
}

/** The text begins with a block, or holds none. Searched for from mark to mark: an expression would go back and forth. */
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

/** As much of its beginning and of its end is read of what a submit command says. */
const READ = 8192;

function endsOf(said: string): string {
  return said.length <= 2 * READ
    ? said
    : `${said.slice(0, READ)}\n…\n${said.slice(-READ)}`;
}

/** 128 + HUP, INT, ABRT, KILL, SEGV, PIPE, TERM. (Some systems refuse with other codes above 128.) */
const KILLED: readonly number[] = [129, 130, 134, 137, 139, 141, 143];

function outcome(
  scheduler: Scheduler,
  job: string,
  code: number,
  ...printed: readonly [stdout: string, stderr: string]
): SubmitReply {
  const [stdout, stderr] = printed.map(endsOf) as [string, string];
  const said = scheduler.parseSubmit({ code, stdout, stderr });
  // Who was killed by a signal has not said what it did before.
  const answer = KILLED.includes(code) && said.outcome !== "accepted"
    ? { outcome: "unreachable" as const }
    : said;
  if (answer.outcome === "accepted") return { job, ...answer };
  const saw = [stderr, stdout].map((text) => text.trim()).filter(Boolean).join(
    "\n",
  );
  return { job, ...answer, message: saw || `exit code ${code} and no output` };
}
