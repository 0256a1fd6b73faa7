/** Submits jobs by one script, and reads its replies as they are received. */
import type { Job, JobName } from "../../model/job.ts";
import type { SubmitReply, SubmitRoom } from "../../model/backend_messages.ts";
import { jobFiles, jobShellOf } from "../../pipeline/submit.ts";
import type { Compression } from "../../script/compression.ts";
import { submitScript } from "../../script/submit_script.ts";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { listArchiveEntries } from "../files/archive_entries.ts";
import { packTar } from "../files/pack_tar.ts";
import { outgoingStream } from "../files/transfer.ts";
import { invalidReply } from "./call_failures.ts";
import { checkSubmitReply, type ReadExcess } from "./limit_alone.ts";
import { patienceOf, type Remote, streamRemote } from "./call_remote.ts";
import type { ShellBackendParts } from "./parts.ts";
import { programFor } from "./programs.ts";
import { readSubmitReply } from "./submit_replies.ts";

const PURPOSE = "submit jobs";

/** Where the script says that it ran no submit command, each job is `notSent`, before the failure. */
export async function* submit(
  { plan, scheduler }: ShellBackendParts,
  remote: Remote,
  jobs: readonly Job[],
  { slots, running }: SubmitRoom,
  { remoteDir, compression, readExcess }: {
    readonly remoteDir: string;
    readonly compression: Compression | null;
    readonly readExcess: ReadExcess;
  },
): AsyncGenerator<Result<SubmitReply>> {
  const { resources, machine } = plan.config;
  const body = submitScript({
    submit: scheduler.submit(resources, jobShellOf(machine)),
    program: programFor("submit", scheduler, machine) ?? null,
    asked: scheduler.programs.submit ?? null,
    leakedVariables: scheduler.leakedVariables,
    headerEdit: scheduler.headerEdit?.(resources) ?? null,
    slotGate: scheduler.slotGate,
    slots,
    running,
    waitSeconds: resources.waitSeconds,
    compression,
  });
  const packed = packTar(
    listArchiveEntries(jobFiles(jobs, plan, scheduler, remoteDir)),
  );
  const stdin = await outgoingStream(packed, {
    ...{ compression, total: null, clock: remote.clock },
    onTransfer: () => {},
  });
  const patience_s = patienceOf(remote) + resources.waitSeconds;
  const request = { purpose: PURPOSE, body, stdin, patience_s };
  const withoutReply = new Set(jobs.map(({ name }) => name));
  const seen = { isNotSent: false };
  for await (const part of streamRemote(remote, request)) {
    if (!part.ok) {
      if (!seen.isNotSent) return yield part;
      yield* [...withoutReply].map(notSent);
      return yield fail(withoutSubmit(part.error, jobs.length));
    }
    if (!("section" in part.value)) continue;
    const { section } = part.value;
    const [name, job = ""] = section.header;
    if (name === "not_sent") seen.isNotSent = true;
    if (name !== "submit_reply") continue;
    // The other jobs may have been submitted: without a reply they are unconfirmed.
    if (!withoutReply.delete(job)) {
      return yield fail(
        invalidReply(PURPOSE, "it names a job that was not submitted"),
      );
    }
    const reply = readSubmitReply(scheduler, job, section);
    yield ok(await checkSubmitReply(reply, readExcess));
  }
}

function notSent(job: JobName): Result<SubmitReply> {
  return ok({ job, outcome: "notSent" });
}

function withoutSubmit(failure: Failure, jobs: number): Failure {
  const first = jobs === 1
    ? "The job was not submitted"
    : `None of these ${jobs} jobs was submitted`;
  return { ...failure, hint: [first, failure.hint].filter(Boolean).join(". ") };
}
