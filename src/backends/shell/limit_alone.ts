/** A limit on what is queued passes when other jobs end, unless one job alone exceeds it. */
import type { Plan } from "../../model/plan.ts";
import type { SubmitReply } from "../../model/backend_messages.ts";
import type { QueueLimits, Scheduler } from "../../schedulers/scheduler.ts";
import { capturedCommand } from "../../script/poll_script.ts";
import { once } from "../../text/once.ts";
import { callRemote, type Remote } from "./call_remote.ts";
import { commandNamed } from "./programs.ts";
import { demandsOf, excessesOf } from "./demands.ts";

/** Makes a rejection for good of a reply that the queue is full, where the job requests more than the queue allows. The limits are read once. */
export function limitAloneChecker(
  scheduler: Scheduler,
  remote: Remote,
  plan: Plan,
): (reply: SubmitReply) => Promise<SubmitReply> {
  const limits = once(() => readLimits(scheduler, remote, plan));
  return async (reply) => {
    if (reply.outcome !== "queueFull") return reply;
    const read = await limits();
    if (read === null) return reply;
    const demands = demandsOf(read, plan.config.resources);
    const excess = excessesOf(demands, plan)
      .find(({ others }) => others.length === 0);
    return excess === undefined ? reply : {
      ...reply,
      outcome: "rejected",
      message: `${reply.message}\n${excess.detail}`,
    };
  };
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
