/** One poll of the queue and the job records. */
import type { JobId, JobName } from "../../model/job.ts";
import { excerpt } from "../../text/excerpt.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import type { QueueListing, Scheduler } from "../../schedulers/scheduler.ts";
import { copiesOf } from "../../script/remote_layout.ts";
import { OUTPUT_TAIL_BYTES, pollScript } from "../../script/poll_script.ts";
import type { JobRecord } from "../../model/job_record.ts";
import { parseRecords } from "../../script/parse_records.ts";
import type { ReplySection } from "../../script/reply.ts";
import { elementsOf, jobShellOf } from "../../pipeline/submit.ts";
import { invalidReply } from "./call_failures.ts";
import { callRemote, type Remote } from "./call_remote.ts";
import { commandOf } from "./programs.ts";
import type { SilentPrograms } from "./silent_programs.ts";
import { GIVEN_UP } from "../../script/command_limit.ts";
import type { ShellBackendParts } from "./parts.ts";
import { exitReasonFrom, recordsByJob } from "./traces.ts";
import { advanceOffsets, type RecordOffsets } from "./record_offsets.ts";
import type {
  PollReply,
  PollTarget,
  PostMortem,
  QueueEntry,
} from "../../model/backend_messages.ts";

/** Ids in one command: far below the limit of a command line. */
const IDS_AT_ONCE = 500;

/** Reads records from `offsets` on and advances them. */
export async function pollRemote(
  { scheduler, plan }: Pick<ShellBackendParts, "scheduler" | "plan">,
  remote: Remote,
  { offsets, silent }: {
    readonly offsets: RecordOffsets;
    readonly silent: SilentPrograms;
  },
  jobs: readonly PollTarget[],
): Promise<Result<PollReply>> {
  const ids = jobs.map(({ id }) => id);
  const chunks = Array.from(
    { length: Math.ceil(ids.length / IDS_AT_ONCE) },
    (_, i) => scheduler.poll(ids.slice(i * IDS_AT_ONCE, (i + 1) * IDS_AT_ONCE)),
  );
  const gone = jobs.filter(({ rereadRecord }) => rereadRecord);
  const from = new Map(
    jobs.flatMap(({ job, tasks, rereadRecord }) =>
      copiesOf(job, elementsOf(tasks, plan, scheduler)).map((copy) =>
        [copy, rereadRecord ? 0 : offsets.get(copy) ?? 0] as const
      )
    ),
  );
  const causes = gone.length > 0
    ? scheduler.account(gone.map(({ id }) => id))
    : null;
  const account = causes === null
    ? null
    : silent.unlessSilent(commandOf("account", scheduler, causes));
  // Some schedulers list all jobs whatever the ids: one command is enough.
  const questions = [...new Set(chunks)].flatMap((text) =>
    silent.unlessSilent(commandOf("poll", scheduler, text)) ?? []
  );
  const purpose = "poll the jobs";
  const reply = await callRemote(remote, {
    purpose,
    body: pollScript({
      queue: questions,
      account,
      outputs: gone.map(({ job }) => job),
      records: [...from].map(([job, offset]) => ({ job, offset })),
    }),
  });
  if (!reply.ok) return reply;
  const records = reply.value.find(({ header }) => header[0] === "records");
  const listings = reply.value.filter(({ header }) => header[0] === "queue");
  // Without the reply to each command, an absent job may still be in the queue.
  if (listings.length !== questions.length) {
    return fail(invalidReply(purpose, "it has no listing of the queue"));
  }
  listings.forEach(({ header }, i) => {
    if (isGivenUp(header)) silent.gaveUp(questions[i]!);
  });
  const accounting = reply.value.find(({ header }) => header[0] === "account");
  if (accounting && isGivenUp(accounting.header)) silent.gaveUp(account!);
  const listing = readQueue(
    scheduler,
    new Set(ids),
    reply.value,
    questions.length,
  );
  if (records) advanceOffsets(offsets, from, records.bytes);
  const read = parseRecords(records?.bytes ?? new Uint8Array()).records;
  const known = postMortems(scheduler, gone, reply.value);
  return ok({
    ...listing,
    areRecordsComplete: true,
    postMortems: new Map([
      ...known,
      ...inferredEnds({ scheduler, plan }, gone, {
        ...{ listing, known, records: read },
        outputs: outputsIn(reply.value),
      }),
      ...endsIn(scheduler, jobs, listing.queue, known),
    ]),
    records: read,
  });
}

/** The reply to the command for each chunk of ids: its stderr, then its stdout. It may list other jobs of the user too. */
function readQueue(
  scheduler: Scheduler,
  ids: ReadonlySet<JobId>,
  sections: readonly ReplySection[],
  questions: number,
): Pick<PollReply, "queue" | "isComplete" | "errorText"> {
  const errors = sections.filter(({ header }) => header[0] === "error");
  const listings = sections.filter(({ header }) => header[0] === "queue")
    .map(({ header, text }, i) =>
      scheduler.parsePoll({
        code: Number(header[1]),
        stdout: text,
        stderr: errors[i]?.text ?? "",
      })
    );
  return {
    queue: new Map(
      listings.flatMap((listing) => shown(scheduler, listing))
        .filter(([id]) => ids.has(id)),
    ),
    // Without a question nothing is known of any job.
    isComplete: questions > 0 &&
      listings.every(({ isComplete }) => isComplete),
    errorText: excerpt(errors.map(({ text }) => text).join("\n")),
  };
}

function isGivenUp([, code]: ReplySection["header"]): boolean {
  return Number(code) === GIVEN_UP;
}

/** Why jobs ended, where the native state itself says it, and accounting no more than that. */
function endsIn(
  { endStates = {} }: Scheduler,
  jobs: readonly PollTarget[],
  queue: PollReply["queue"],
  known: ReadonlyMap<JobName, PostMortem>,
): readonly (readonly [JobName, PostMortem])[] {
  return jobs.flatMap(({ job, id }) => {
    const word = queue.get(id)?.nativeState ?? "";
    const kind = Object.hasOwn(endStates, word) ? endStates[word]! : null;
    return kind && known.get(job)?.exitReason?.kind !== kind
      ? [
        [job, { exitReason: { kind, message: word }, outputTail: "" }] as const,
      ]
      : [];
  });
}

function postMortems(
  scheduler: Scheduler,
  gone: readonly PollTarget[],
  sections: readonly ReplySection[],
): ReadonlyMap<JobName, PostMortem> {
  const account = sections.find(({ header }) => header[0] === "account");
  const causes = account
    ? scheduler.parseAccounting({
      code: Number(account.header[1]),
      stdout: account.text,
      stderr: "",
    })
    : null;
  const outputs = outputsIn(sections);
  return new Map(gone.map(({ job, id }) => [
    job,
    { exitReason: causes?.get(id) ?? null, outputTail: outputs.get(job) ?? "" },
  ]));
}

/** The last lines of the job's own output, where that exists. */
function outputsIn(
  sections: readonly ReplySection[],
): ReadonlyMap<JobName, string> {
  // The first line may have lost its beginning. The last line end is not in the section.
  const wholeLines = ({ text, bytes }: ReplySection) =>
    bytes.length < OUTPUT_TAIL_BYTES - 1
      ? text
      : text.slice(text.indexOf("\n") + 1);
  return new Map(
    sections.filter(({ header }) => header[0] === "output")
      .map((section) => [section.header[1]!, wholeLines(section).trim()]),
  );
}

/** Why jobs ended that the batch system does not know any more, from what they left behind. */
function inferredEnds(
  { scheduler, plan }: Pick<ShellBackendParts, "scheduler" | "plan">,
  gone: readonly PollTarget[],
  { listing, known, outputs, records }: {
    readonly listing: Pick<PollReply, "queue" | "isComplete">;
    readonly known: ReadonlyMap<JobName, PostMortem>;
    readonly outputs: ReadonlyMap<JobName, string>;
    readonly records: readonly JobRecord[];
  },
): readonly (readonly [JobName, PostMortem])[] {
  const { traces } = scheduler;
  if (!traces || !listing.isComplete || gone.length === 0) return [];
  const { resources, machine } = plan.config;
  // A custom flag may send a job's own output to another file.
  const isOutputOurs = scheduler.submit(resources, jobShellOf(machine))
    .includes("$out");
  const byJob = recordsByJob(records);
  return gone.flatMap(({ job, id }) => {
    const postMortem = known.get(job);
    if (!postMortem || postMortem.exitReason || listing.queue.has(id)) {
      return [];
    }
    const inferred = exitReasonFrom(traces, {
      output: outputs.get(job),
      isOutputOurs,
      records: byJob.get(job) ?? [],
    });
    return inferred === null ? [] : [[job, { ...postMortem, ...inferred }]];
  });
}

function shown(
  { states, stuck = [], successStates = [] }: Scheduler,
  { entries }: QueueListing,
): readonly (readonly [JobId, QueueEntry])[] {
  return [...entries].map(([id, { nativeState, reason, neverRuns }]) => {
    const state = Object.hasOwn(states, nativeState)
      ? states[nativeState]!
      : null;
    const cause = state === "queued" || state === "held"
      ? stuck.find((each) => each.reason.test(reason ?? ""))
      : undefined;
    return [id, {
      nativeState,
      state: cause?.isHeld ? "held" : state,
      ...(reason && { reason }),
      ...(neverRuns && { neverRuns }),
      ...(successStates.includes(nativeState) && { hasSucceeded: true }),
      ...(cause && { advice: cause.advice.replaceAll("JOB", id) }),
    }];
  });
}
