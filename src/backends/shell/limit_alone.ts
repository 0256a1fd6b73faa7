/** A limit on what is queued passes when other jobs end, unless one job alone exceeds it. */
import type { Plan } from "../../model/plan.ts";
import type {
  PollReply,
  QueueEntry,
  SubmitReply,
} from "../../model/backend_messages.ts";
import type { QueueLimits, Scheduler } from "../../schedulers/scheduler.ts";
import { capturedCommand } from "../../script/poll_script.ts";
import { ok, type Result } from "../../text/result.ts";
import { callRemote, type Remote } from "./call_remote.ts";
import { commandNamed } from "./programs.ts";
import { demandsOf, type Excess, excessesOf } from "./demands.ts";

/** What each job requests beyond the limits of its queue, which are read once; null: nothing, or that is not known. */
export type ReadExcess = () => Promise<Excess | null>;

export function excessReader(
  scheduler: Scheduler,
  remote: Remote,
  plan: Plan,
): ReadExcess {
  const known: { excess?: Excess | null } = {};
  return async () => {
    if (known.excess !== undefined) return known.excess;
    const read = await readLimits(scheduler, remote, plan);
    // Limits that could not be read are read again when they matter again.
    if (read === null) return null;
    const demands = demandsOf(read, plan.config.resources);
    const [excess = null] = excessesOf(demands, plan, scheduler)
      .filter(({ others }) => others.length === 0);
    return known.excess = excess;
  };
}

/** Makes a rejection for good of a reply that the queue is full, where the job requests more than the queue allows. */
export async function checkSubmitReply(
  reply: SubmitReply,
  readExcess: ReadExcess,
): Promise<SubmitReply> {
  if (reply.outcome !== "queueFull") return reply;
  const excess = await readExcess();
  return excess === null ? reply : {
    ...reply,
    outcome: "rejected",
    message: `${reply.message}\n${excess.detail}`,
  };
}

/** Gives jobs that wait without a reason the limit that they exceed, where the batch system accepts such jobs. */
export async function withExcess(
  reply: Result<PollReply>,
  { acceptsTooLarge }: Scheduler,
  readExcess: ReadExcess,
): Promise<Result<PollReply>> {
  if (!reply.ok || !acceptsTooLarge) return reply;
  const waits = ({ state, reason }: QueueEntry) =>
    state === "queued" && reason === undefined;
  const { queue } = reply.value;
  if (!queue.values().some(waits)) return reply;
  const excess = await readExcess();
  if (excess === null) return reply;
  const cause = {
    reason: excess.detail,
    advice: "Request less, or use a queue that has it",
  };
  return ok({
    ...reply.value,
    queue: new Map(
      queue.entries().map(([id, entry]) => [
        id,
        waits(entry) ? { ...entry, ...cause } : entry,
      ]),
    ),
  });
}

async function readLimits(
  { queueLimits }: Scheduler,
  remote: Remote,
  plan: Plan,
): Promise<QueueLimits | null> {
  if (!queueLimits) return null;
  const command = queueLimits.ask(plan.config.resources);
  const reply = await callRemote(remote, {
    purpose: "read the limits of the queue",
    body: capturedCommand(commandNamed(command), "limits"),
  });
  const section = reply.ok
    ? reply.value.find(({ header }) => header[0] === "limits")
    : undefined;
  const code = Number(section?.header[1]);
  return section === undefined || code !== 0
    ? null
    : queueLimits.parseQueue({ code, stdout: section.text, stderr: "" });
}
