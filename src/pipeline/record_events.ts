/** The events of what job scripts have recorded about their tasks. */
import type { BackendTraits, PostMortem } from "../model/backend_messages.ts";
import type { EventData } from "../model/event.ts";
import type { ExitReason } from "../model/exit_reason.ts";
import type { JobName, TaskKey } from "../model/job.ts";
import type { JobRecord } from "../model/job_record.ts";
import type { RunState, TrackedJob } from "../model/run_state/mod.ts";
import { isVoid } from "../model/run_state/transitions.ts";
import { jobWarnings } from "./job_warnings.ts";
import { exitOf, type RecordEnds, recordEndsIn } from "./record_ends.ts";

/** Whether the end of a job may have to wait for its reason. */
export type EndTraits = Pick<
  BackendTraits,
  "explainsEnds" | "explainsFailures"
>;

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

/** Such a job ended because it was cancelled, whatever it left behind. */
export function isCancelSent({ cancel }: TrackedJob): boolean {
  return cancel === "sent" || cancel === "accepted";
}

function jobEnded(job: JobName, reason: ExitReason): EventData {
  return { type: "jobEnded", job, reason };
}
