/** The events of a poll of the queue. */
import type { EventData } from "../model/event.ts";
import type { JobName, QueueState } from "../model/job.ts";
import {
  jobOf,
  type RunState,
  type TrackedJob,
} from "../model/run_state/mod.ts";
import type { Failure } from "../text/result.ts";
import { isCancelSent, recordEvents } from "./record_events.ts";
import type { ExitReason } from "../model/exit_reason.ts";
import type {
  BackendTraits,
  PollReply,
  PostMortem,
  QueueEntry,
} from "../model/backend_messages.ts";

/** Events from the records of a poll, then from the queue for the polled jobs whose records have no end. */
export function pollEvents(
  state: RunState,
  reply: PollReply,
  polled: readonly JobName[],
  traits: BackendTraits,
  now: number,
): readonly EventData[] {
  const postMortems = reply.postMortems ?? new Map<JobName, PostMortem>();
  const fromRecords = recordEvents(
    state,
    reply.records,
    traits,
    finalPostMortems(state, reply, postMortems),
  );
  const withRecords = new Set(
    fromRecords.flatMap((e) => "job" in e ? [e.job] : []),
  );
  const ended = new Set(
    fromRecords.flatMap((e) => e.type === "jobEnded" ? [e.job] : []),
  );
  const polledJobs = polled
    .filter((job) => state.activeJobs.has(job) && !ended.has(job))
    .map((name) => {
      const job = jobOf(state, name);
      const entry = job.id === null ? undefined : reply.queue.get(job.id);
      return { name, job, entry };
    });
  const fromQueue = polledJobs.flatMap(({ name, job, entry }) =>
    queueEvents(name, job, entry)
  );
  // A job that has just written a record is not missing, whatever the queue shows.
  const missing = polledJobs.filter(({ name, entry }) =>
    !withRecords.has(name) &&
    (entry ? entry.state === "ended" : reply.isComplete) &&
    reply.areRecordsComplete
  );
  return [
    ...fromRecords,
    ...fromQueue,
    ...missingEvents(missing, postMortems, traits, now),
  ];
}

/** The post-mortems of jobs that have left the queue, or with a known exit reason: while a job is ending, its reason may still be unknown. */
function finalPostMortems(
  { jobs }: RunState,
  { queue, isComplete }: PollReply,
  postMortems: ReadonlyMap<JobName, PostMortem>,
): ReadonlyMap<JobName, PostMortem> {
  const hasLeftQueue = (job: JobName) => {
    const entry = queue.get(jobs.get(job)?.id ?? "");
    return entry ? entry.state === "ended" : isComplete;
  };
  return new Map(
    [...postMortems].filter(([job, { exitReason }]) =>
      exitReason !== null || hasLeftQueue(job)
    ),
  );
}

function queueEvents(
  job: JobName,
  tracked: TrackedJob,
  entry: QueueEntry | undefined,
): readonly EventData[] {
  if (!entry || entry.state === "ended") return [];
  const { state, nativeState, reason, neverRuns } = entry;
  const removal: readonly EventData[] = neverRuns && tracked.cancel === "no"
    ? [{ type: "cancelRequested", reason: "neverRuns", jobs: [job] }]
    : [];
  const isKnown = state === null
    ? tracked.nativeState === nativeState
    : tracked.state === state;
  if (isKnown && (reason ?? "") === tracked.reason) return removal;
  // An unknown native state means at least that the job is in the queue.
  const shown = state ??
    (tracked.state === "submitted" ? "queued" : tracked.state) as QueueState;
  return [{
    type: "jobState",
    job,
    state: shown,
    nativeState,
    ...(reason && { reason }),
    ...(state === null && { isUnknownState: true }),
  }, ...removal];
}

/** A missing job counts as lost only after the grace time, because files and queues are updated late. */
function missingEvents(
  missing: readonly {
    name: JobName;
    job: TrackedJob;
    entry: QueueEntry | undefined;
  }[],
  postMortems: ReadonlyMap<JobName, PostMortem>,
  { missingGraceSeconds, missingGracePolls }: BackendTraits,
  now: number,
): readonly EventData[] {
  const isLost = (
    { name, entry, job }: typeof missing[number],
  ) => {
    // Where the batch system says that the job ended, or why, only files may be late.
    const { missedPolls, missingSince } = job;
    // The batch system agreed to end it, and it is over.
    if (job.cancel === "accepted") return true;
    const { exitReason = null, isInferred } = postMortems.get(name) ?? {};
    // A job that succeeded has a record; it is looked for as long as a job.
    const isCertain = entry !== undefined && !entry.hasSucceeded ||
      exitReason !== null && !isInferred;
    const graceSeconds = missingGraceSeconds /
      (isCancelSent(job) ? 12 : isCertain ? 4 : 1);
    const isGraceOver = graceSeconds === 0 ||
      (missedPolls > 0 && now - missingSince >= 1000 * graceSeconds);
    return missedPolls + 1 >= missingGracePolls && isGraceOver;
  };
  const { lost = [], rest = [] } = Object.groupBy(
    missing,
    (each) => isLost(each) ? "lost" : "rest",
  );
  const notListed: readonly EventData[] = rest.length > 0
    ? [{ type: "jobsNotListed", jobs: rest.map(({ name }) => name) }]
    : [];
  return [
    ...notListed,
    ...recordWarning(rest, missingGraceSeconds),
    ...lost.map(({ name, job, entry }): EventData => ({
      type: "jobEnded",
      job: name,
      reason: exitReasonOf(job, entry, postMortems.get(name)),
    })),
  ];
}

/** A warning where the second look at jobs that succeeded shows no end in their records either. */
function recordWarning(
  missing: readonly { job: TrackedJob; entry: QueueEntry | undefined }[],
  graceSeconds: number,
): readonly EventData[] {
  const ids = missing.flatMap(({ job, entry }) =>
    entry?.hasSucceeded && job.missedPolls === 1 ? job.id ?? [] : []
  );
  if (ids.length === 0) return [];
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : "";
  const failure: Failure = {
    kind: "scheduler",
    summary: `Cannot find the last record of ${
      ids.length === 1 ? "job" : "jobs"
    } ${ids.slice(0, 3).join(", ")}${more}`,
    detail:
      "the batch system says that it ended with exit code 0, and a job that does so has recorded the end of its tasks",
    hint:
      `The record is looked for until ${graceSeconds} s have passed (machine.missing_grace); then tasks without one run again`,
    isRetryable: true,
  };
  return [{ type: "warning", failure }];
}

/** The exit reason that the batch system gives; without one "disappeared", with the last native state and the last output of the job. */
function exitReasonOf(
  job: TrackedJob,
  entry: QueueEntry | undefined,
  postMortem: PostMortem | undefined,
): ExitReason {
  if (job.neverRuns) return { kind: "rejected", message: job.reason };
  if (isCancelSent(job)) return { kind: "cancelled" };
  const kind = postMortem?.exitReason?.kind ?? "disappeared";
  const message = [
    postMortem?.exitReason?.message ?? entry?.nativeState,
    postMortem?.outputTail,
  ]
    .filter(Boolean).join("\n");
  return { kind, ...(message && { message }) };
}
