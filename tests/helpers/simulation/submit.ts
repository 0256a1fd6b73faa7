import type { Job } from "../../../src/model/job.ts";
import { fail, ok, type Result } from "../../../src/text/result.ts";
import type { Queue } from "./queue.ts";
import { type Answer, held, lost, never, type Way } from "./faults.ts";
import type { SubmitReply } from "../../../src/model/backend_messages.ts";

/** The far side's script works on its own; the client listens as long as it can. */
export async function* submit(
  way: Way,
  jobs: readonly Job[],
): AsyncGenerator<Result<SubmitReply>> {
  const { far: { trips }, script, isDead } = way;
  if (isDead()) await never();
  const n = ++trips.submit;
  const broken = script.breaks?.("submit", n) ?? null;
  if (broken === "before") return yield fail(lost);
  const heard: Result<SubmitReply>[] = [];
  const bell = { ring: () => {}, over: false };
  handOver(way, jobs, (told) => (heard.push(told), bell.ring()))
    .then(() => (bell.over = true, bell.ring()));
  for (let at = 0;; at++) {
    while (heard.length <= at && !bell.over) {
      await new Promise<void>((resolve) => bell.ring = resolve);
    }
    if (isDead()) await never();
    if (heard.length <= at) return;
    if (broken === "after" && at > 0) return yield fail(lost);
    yield heard[at]!;
  }
}

async function handOver(
  { far, script, session, clock }: Way,
  jobs: readonly Job[],
  tell: (told: Result<SubmitReply>) => void,
): Promise<void> {
  const { queue } = far;
  await clock.sleep(script.latency ?? 10);
  const { folder } = queue;
  const mine = () =>
    folder !== null && queue.folder === folder &&
    folder.lease?.token === session.token;
  if (!mine()) return tell(fail(held));
  folder!.submitters += 1;
  folder!.intents.push(...jobs);
  for (const job of jobs) {
    if (!mine()) break;
    folder!.tried.set(job.name, null);
    await clock.sleep(script.submitting ?? 5);
    queue.advance(clock.now());
    const n = ++far.submits;
    const answer = script.answers?.(job, n) ?? "accepted";
    const told = outcome(queue, job, answer, clock.now());
    folder!.tried.set(job.name, told);
    tell(ok(told));
    const alive = queue.jobs.filter(({ phase }) => phase !== "ended").length;
    far.most = Math.max(far.most, alive);
  }
  folder!.submitters -= 1;
}

function outcome(
  queue: Queue,
  job: Job,
  answer: Answer,
  now: number,
): SubmitReply {
  const isIn = answer === "accepted" || answer === "taken";
  const id = isIn ? queue.accept(job, now) : "";
  if (answer === "accepted") return { job: job.name, outcome: answer, id };
  const isSure = answer === "rejected" || answer === "queueFull";
  return {
    job: job.name,
    outcome: isSure ? answer : "unreachable",
    message: `sbatch: ${answer}`,
  };
}
