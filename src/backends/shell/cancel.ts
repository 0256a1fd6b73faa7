/** Asks the batch system to cancel jobs. */
import type { JobId } from "../../model/job.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import type { CancelReply } from "../../model/backend_messages.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import { QUEUE_ERRORS } from "../../schedulers/shared/replies.ts";
import { capturedCommand } from "../../script/poll_script.ts";
import { GIVEN_UP } from "../../script/command_limit.ts";
import { commandOf } from "./programs.ts";
import { invalidReply } from "./call_failures.ts";
import { callRemote, type Remote } from "./call_remote.ts";

/** Characters of the command's output that a message shows. */
const MAX_SHOWN = 1000;

/** `job 33 is already in deletion` (SGE), `Job <237>: Job has already finished` (LSF). */
const IS_UNDER_WAY = /\balready\b/;

/** Fails where the batch system could not be reached, which says nothing about the jobs. Of jobs that have just ended it prints that it does not know them, which is no failure. */
export async function cancelJobs(
  scheduler: Scheduler,
  remote: Remote,
  ids: readonly JobId[],
): Promise<Result<CancelReply>> {
  const purpose = "cancel the jobs";
  const reply = await callRemote(remote, {
    purpose,
    // Without the remote directory there is no lease that another process could hold.
    body: `[ ! -d "$D" ] || has_lease || finish lease_taken
${
      capturedCommand(
        commandOf("cancel", scheduler, scheduler.cancel(ids)),
        "cancelled",
      )
    }`,
  });
  if (!reply.ok) return reply;
  const part = (name: string) =>
    reply.value.find(({ header }) => header[0] === name);
  const section = part("cancelled");
  if (section === undefined) {
    return fail(
      invalidReply(purpose, "it does not say what the batch system replied"),
    );
  }
  const words = `${part("error")?.text ?? ""}\n${section.text}`.split("\n")
    .filter((line) => line.trim() !== "" && !IS_UNDER_WAY.test(line))
    .join("\n").slice(0, MAX_SHOWN);
  const code = Number(section.header[1]);
  if (code === 0) return ok({ message: "" });
  if (code !== GIVEN_UP && !QUEUE_ERRORS.test(words)) {
    return ok({ message: words });
  }
  return fail({
    kind: "scheduler",
    summary: `Cannot ${purpose}`,
    detail: words,
    hint: "dpdisp asks again; until then the jobs keep running",
    isRetryable: true,
  });
}
