import type { EventData } from "../model/event.ts";
import type { JobName, QueueState, TaskKey } from "../model/job.ts";
import {
  jobOf,
  type RunState,
  type TrackedJob,
} from "../model/run_state/mod.ts";
import type { Failure } from "../text/result.ts";
import { jobWarnings } from "./job_warnings.ts";
import { exitOf, type RecordEnds, recordEndsIn } from "./poll_records.ts";
import type { ExitReason } from "../model/exit_reason.ts";
import type { JobRecord } from "../model/job_record.ts";
import type {
  BackendTraits,
  PollReply,
  PostMortem,
  QueueEntry,
} from "../model/backend_messages.ts";
import { isVoid } from "../model/run_state/transitions.ts";

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

/** Whether the end of a job may have to wait for its reason. */
export type EndTraits = Pick<
  BackendTraits,
  "explainsEnds" | "explainsFailures"
>;

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

/**
 * Events from new records; what the state has already gives no event. Where
 * the batch system can say why a job was killed, or why it failed, the end of
 * such a job waits for its post-mortem.
 */
export function recordEvents(
  state: RunState,
  records: readonly JobRecord[],
  traits: EndTraits,
  postMortems: ReadonlyMap<JobName, PostMortem>,
): readonly EventData[] {
  const hints = new Map(
    records.flatMap((r) => r.type === "taskHint" ? [[r.task, r.command]] : []),
  );
  const errors = new Map(
    records.flatMap((r) =>
      r.type === "taskError" ? [[exitOf(r.job, r.task), r.line]] : []
    ),
  );
  const events = records.flatMap((record) =>
    eventsOfRecord(state, record, { hints, errors })
  );
  const ended = new Set(
    events.flatMap((e) => e.type === "jobEnded" ? [e.job] : []),
  );
  const ends = new Map(
    records.flatMap((r) => r.type === "jobEnded" ? [[r.job, r] as const] : []),
  );
  const recordEnds = recordEndsIn(records);
  const complete = [...ends].flatMap(([job, end]) =>
    !ended.has(job) && isComplete(state, recordEnds, end) ? [job] : []
  );
  return [
    ...jobWarnings(state, records),
    ...events,
    ...complete.flatMap((job) =>
      jobEndEvents(state, recordEnds, job, { traits, postMortems })
    ),
  ];
}

function eventsOfRecord(
  { jobs, tasks, activeJobs }: RunState,
  record: JobRecord,
  { hints, errors }: {
    readonly hints: ReadonlyMap<TaskKey, string>;
    readonly errors: ReadonlyMap<string, string>;
  },
): readonly EventData[] {
  const { job } = record;
  const tracked = jobs.get(job);
  if (!tracked) return [];
  const isFinal = tracked.state === "final";
  switch (record.type) {
    case "jobStarted": {
      const { id, host, time } = record;
      const isKnown = tracked.id === id && tracked.host === host;
      return isKnown || isFinal
        ? []
        : [{ type: "jobStarted", job, id, host, remoteTime: time }];
    }
    case "taskStarted": {
      const { task, time } = record;
      const trackedTask = tasks.get(task);
      const isKnown = trackedTask?.job === job && trackedTask.started === time;
      if (!trackedTask || isKnown || isFinal || isVoid(tracked, trackedTask)) {
        return [];
      }
      const { stdoutBytes: stdout, stderrBytes: stderr } = record;
      return [{
        type: "taskStarted",
        job,
        task,
        remoteTime: time,
        ...stdout !== undefined && stderr !== undefined &&
          { logBytes: { stdout, stderr } },
      }];
    }
    case "taskExited": {
      const { task, code, time } = record;
      const trackedTask = tasks.get(task);
      if (
        !trackedTask || trackedTask.state === "succeeded" ||
        isVoid(tracked, trackedTask)
      ) {
        return [];
      }
      const isKnown = trackedTask.job === job && trackedTask.ended === time;
      // For a job that is final already, only a late success is an event.
      if (code !== 0 && (isKnown || isFinal)) return [];
      const hint = hints.get(task);
      const lastingError = code === 0 ? "" : errors.get(exitOf(job, task));
      return [{
        type: "taskExited",
        job,
        task,
        code,
        remoteTime: time,
        ...(hint && { suggestedCommand: hint }),
        ...(lastingError && { lastingError }),
      }];
    }
    case "jobStopped":
      if (!activeJobs.has(job)) return [];
      if (record.reason === "superseded") {
        return [jobEnded(job, { kind: "superseded" })];
      }
      return record.reason === "signal" && !tracked.isSignalled
        ? [{ type: "jobSignalled", job }]
        : [];
    default:
      return [];
  }
}

/** An array job is complete when all its tasks are; the queue says if an element was killed. */
function isComplete(
  { jobs, tasks }: RunState,
  { exits }: RecordEnds,
  { job, element }: JobRecord,
): boolean {
  if (element === null) return true;
  const tracked = jobs.get(job);
  return tracked?.tasks.every((key) => {
    const task = tasks.get(key);
    if (!task || task.state === "succeeded" || exits.has(exitOf(job, key))) {
      return true;
    }
    return isVoid(tracked, task) ||
      task.job === job && task.code !== null;
  }) ?? false;
}

/** The end of a job that has written its end record; why it was killed, if it was, only the batch system may know. */
function jobEndEvents(
  { jobs, tasks }: RunState,
  { killed, failed }: RecordEnds,
  job: JobName,
  { traits, postMortems }: {
    readonly traits: EndTraits;
    readonly postMortems: ReadonlyMap<JobName, PostMortem>;
  },
): readonly EventData[] {
  const tracked = jobs.get(job);
  if (!tracked || tracked.state === "final") return [];
  if (isCancelSent(tracked)) return [jobEnded(job, { kind: "cancelled" })];
  const exceeds = (code: number) =>
    tracked.tasks.some((key) => (tasks.get(key)?.code ?? 0) > code);
  const wasKilled = tracked.isSignalled || killed.has(job) || exceeds(128);
  const hasReason = traits.explainsEnds && wasKilled ||
    traits.explainsFailures && (failed.has(job) || exceeds(0));
  if (!hasReason) return [jobEnded(job, { kind: "completed" })];
  const postMortem = postMortems.get(job);
  if (!postMortem) return [];
  // Without a reason the records say more: which task failed, and its exit code.
  const { exitReason } = postMortem;
  const isKnown = exitReason !== null && exitReason.kind !== "disappeared";
  return [jobEnded(job, isKnown ? exitReason : { kind: "completed" })];
}

function isCancelSent({ cancel }: TrackedJob): boolean {
  return cancel === "sent" || cancel === "accepted";
}

function jobEnded(job: JobName, reason: ExitReason): EventData {
  return { type: "jobEnded", job, reason };
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
