/** Reads what was answered to submits; the submit script tells it as the far side keeps it. */
import type { JobName } from "../job.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import type { Section } from "../script/reply.ts";
import type { Submitted } from "./backend.ts";

/** What is told of a job; where that cannot be read, nobody knows what was answered. */
export function readAnswer(
  scheduler: Scheduler,
  { words, text }: Section,
): Submitted {
  const job = words[1]!;
  return parseTries(scheduler, text).get(job) ??
    { job, outcome: "unsure", saw: text.trim() };
}

/**
 * What the text of `ids` says of each job's last try: `? job` begins one, and
 * a block of `= job code`, stdout, `- job`, stderr, `. job` is its answer.
 * A block without its end does not exist: the script died while it wrote it,
 * and nobody knows what was answered (null).
 */
export function parseTries(
  scheduler: Scheduler,
  text: string,
): ReadonlyMap<JobName, Submitted | null> {
  const tries = new Map<JobName, Submitted | null>();
  const block = /^= (\S+) (\d+)\n([^]*?)\n- \1\n([^]*?)\n\. \1$/m;
  for (const part of text.split(/^(?=(?:= \S+ \d+|\? \S+)$)/m)) {
    const begun = part.match(/^\? (\S+)/)?.[1];
    if (begun !== undefined) tries.set(begun, null);
    const [, job, code, stdout, stderr] = part.match(block) ?? [];
    if (job === undefined) continue;
    tries.set(job, outcome(scheduler, job, Number(code), stdout!, stderr!));
  }
  return tries;
}

/** 128 + HUP, INT, ABRT, KILL, SEGV, PIPE, TERM. (Some systems refuse with other codes above 128.) */
const KILLED: readonly number[] = [129, 130, 134, 137, 139, 141, 143];

function outcome(
  scheduler: Scheduler,
  job: string,
  code: number,
  stdout: string,
  stderr: string,
): Submitted {
  const said = scheduler.answer({ code, stdout, stderr });
  // Who was killed by a signal has not said what it did before.
  const answer = KILLED.includes(code) && said.outcome !== "accepted"
    ? { outcome: "lost" as const }
    : said;
  if (answer.outcome === "accepted") return { job, ...answer };
  const saw = [stderr, stdout].map((text) => text.trim()).filter(Boolean).join(
    "\n",
  );
  return { job, ...answer, saw: saw || `exit code ${code} and no word` };
}
