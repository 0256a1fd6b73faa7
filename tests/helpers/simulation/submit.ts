import { remoteNow } from "../fake_clock.ts";
import type { Job } from "../../../src/model/job.ts";
import { fail, ok, type Result } from "../../../src/text/result.ts";
import type { Queue } from "./queue.ts";
import {
  type Answer,
  type BackendParts,
  connectionLost,
  leaseTaken,
  never,
} from "./faults.ts";
import type { SubmitReply } from "../../../src/model/backend_messages.ts";

/** The remote host's script works on its own; the client listens as long as it can. */
export async function* submit(
  parts: BackendParts,
  jobs: readonly Job[],
): AsyncGenerator<Result<SubmitReply>> {
  const { host: { calls }, script, isDead } = parts;
  if (isDead()) await never();
  const n = ++calls.submit;
  const broken = script.breaks?.("submit", n) ?? null;
  if (broken === "before") return yield fail(connectionLost);
  const replies: Result<SubmitReply>[] = [];
  const bell = { ring: () => {}, over: false };
  submitJobs(parts, jobs, (reply) => (replies.push(reply), bell.ring()))
    .then(() => (bell.over = true, bell.ring()));
  for (let at = 0;; at++) {
    while (replies.length <= at && !bell.over) {
      await new Promise<void>((resolve) => bell.ring = resolve);
    }
    if (isDead()) await never();
    if (replies.length <= at) return;
    if (broken === "after" && at > 0) return yield fail(connectionLost);
    yield replies[at]!;
  }
}

async function submitJobs(
  { host, script, session, clock }: BackendParts,
  jobs: readonly Job[],
  send: (reply: Result<SubmitReply>) => void,
): Promise<void> {
  const { queue } = host;
  await clock.sleep(script.latency ?? 10);
  const { runDir } = queue;
  const holdsLease = () =>
    runDir !== null && queue.runDir === runDir &&
    runDir.lease?.token === session.token;
  if (!holdsLease()) return send(fail(leaseTaken));
  runDir!.submitters += 1;
  runDir!.plannedJobs.push(...jobs);
  for (const job of jobs) {
    if (!holdsLease()) break;
    runDir!.submitReplies.set(job.name, null);
    await clock.sleep(script.submitting ?? 5);
    queue.advance(remoteNow(clock));
    const n = ++host.submits;
    const answer = script.answers?.(job, n) ?? "accepted";
    const reply = outcome(queue, job, answer, remoteNow(clock));
    runDir!.submitReplies.set(job.name, reply);
    send(ok(reply));
    const active = queue.jobs.filter(({ phase }) => phase !== "ended").length;
    host.mostActive = Math.max(host.mostActive, active);
  }
  runDir!.submitters -= 1;
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
