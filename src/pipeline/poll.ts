import type { EventData } from "../model/event.ts";
import type { JobName, QueueState, TaskKey } from "../model/job.ts";
import {
  jobOf,
  type RunState,
  type TrackedJob,
} from "../model/run_state/mod.ts";
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

/** What the records say, then what the queue adds about the jobs that were asked for and whose record has no end. */
export function pollEvents(
  progress: RunState,
  look: PollReply,
  asked: readonly JobName[],
  limits: BackendTraits,
  now: number,
): readonly EventData[] {
  const autopsies = look.postMortems ?? new Map<JobName, PostMortem>();
  const told = recordEvents(
    progress,
    look.records,
    limits.explainsEnds ? settledPostMortems(progress, look, autopsies) : null,
  );
  const heard = new Set(told.flatMap((e) => "job" in e ? [e.job] : []));
  const over = new Set(
    told.flatMap((e) => e.type === "jobEnded" ? [e.job] : []),
  );
  const left = asked.filter((job) =>
    progress.activeJobs.has(job) && !over.has(job)
  );
  const shown = left.map((name) => {
    const job = jobOf(progress, name);
    return {
      name,
      job,
      seen: job.id === null ? undefined : look.queue.get(job.id),
    };
  });
  const moved = shown.flatMap(({ name, job, seen }) =>
    queueEvents(name, job, seen)
  );
  // Who has just written a record is somewhere, whatever the queue shows.
  const missing = shown.filter(({ name, seen }) =>
    !heard.has(name) && (seen ? seen.state === "ended" : look.isComplete)
  );
  return [...told, ...moved, ...missingEvents(missing, autopsies, limits, now)];
}

/** Of jobs that the queue has done with, or whose cause is known: while one still ends, nobody can tell why. */
function settledPostMortems(
  { jobs }: RunState,
  { queue, isComplete }: PollReply,
  autopsies: ReadonlyMap<JobName, PostMortem>,
): ReadonlyMap<JobName, PostMortem> {
  const isOver = (job: JobName) => {
    const shown = queue.get(jobs.get(job)?.id ?? "");
    return shown ? shown.state === "ended" : isComplete;
  };
  return new Map(
    [...autopsies].filter(([job, { exitReason }]) =>
      exitReason !== null || isOver(job)
    ),
  );
}

/**
 * New records as happenings; what is known already is not told again. Where
 * the scheduler can tell why a job was killed, the end of one that was told
 * to end waits for its autopsy (`autopsies`; null: nobody can tell).
 */
export function recordEvents(
  progress: RunState,
  records: readonly JobRecord[],
  autopsies: ReadonlyMap<JobName, PostMortem> | null,
): readonly EventData[] {
  const hints = new Map(
    records.flatMap((r) => r.type === "hint" ? [[r.task, r.word]] : []),
  );
  const told = records.flatMap((record) =>
    eventsOfRecord(progress, record, hints)
  );
  const left = new Set(
    told.flatMap((e) => e.type === "jobEnded" ? [e.job] : []),
  );
  const ends = new Map(
    records.flatMap((r) => r.type === "end" ? [[r.job, r] as const] : []),
  );
  const seen = recordEndsIn(records);
  const whole = [...ends].flatMap(([job, end]) =>
    !left.has(job) && isComplete(progress, seen, end) ? [job] : []
  );
  return [
    ...told,
    ...whole.flatMap((job) => jobEndEvents(progress, seen, job, autopsies)),
  ];
}

function eventsOfRecord(
  { jobs, tasks, activeJobs }: RunState,
  record: JobRecord,
  hints: ReadonlyMap<TaskKey, string>,
): readonly EventData[] {
  const { job } = record;
  const standing = jobs.get(job);
  if (!standing) return [];
  const isOver = standing.state === "final";
  switch (record.type) {
    case "begin": {
      const { id, host, time } = record;
      const known = standing.id === id && standing.host === host;
      return known || isOver
        ? []
        : [{ type: "jobStarted", job, id, host, time }];
    }
    case "start": {
      const { task, time } = record;
      const held = tasks.get(task);
      const known = held?.job === job && held.started === time;
      if (!held || known || isOver || isVoid(standing, held)) return [];
      return [{ type: "taskStarted", job, task, time }];
    }
    case "exit": {
      const { task, code, time } = record;
      const held = tasks.get(task);
      if (!held || held.state === "succeeded" || isVoid(standing, held)) {
        return [];
      }
      const known = held.job === job && held.ended === time;
      // Of a job that was given up, only a late success is news.
      if (code !== 0 && (known || isOver)) return [];
      const hint = hints.get(task);
      return [{
        type: "taskExited",
        job,
        task,
        code,
        time,
        ...(hint && { hint }),
      }];
    }
    case "leave":
      if (!activeJobs.has(job)) return [];
      if (record.why === "superseded") {
        return [ended(job, { kind: "superseded" })];
      }
      return record.why === "signal" && !standing.signalled
        ? [{ type: "jobSignalled", job }]
        : [];
    default:
      return [];
  }
}

/** An array is over with the last of its tasks; of an element that was killed the queue tells. */
function isComplete(
  { jobs, tasks }: RunState,
  { exits }: RecordEnds,
  { job, element }: JobRecord,
): boolean {
  if (element === null) return true;
  const standing = jobs.get(job);
  return standing?.tasks.every((key) => {
    const task = tasks.get(key);
    if (!task || task.state === "succeeded" || exits.has(exitOf(job, key))) {
      return true;
    }
    return isVoid(standing, task) ||
      task.job === job && task.code !== null;
  }) ?? false;
}

/** The end of a job that says so itself; what killed it, if anything did, may be another's to tell. */
function jobEndEvents(
  { jobs, tasks }: RunState,
  { killed }: RecordEnds,
  job: JobName,
  autopsies: ReadonlyMap<JobName, PostMortem> | null,
): readonly EventData[] {
  const standing = jobs.get(job);
  if (!standing || standing.state === "final") return [];
  if (standing.cancel === "sent") return [ended(job, { kind: "cancelled" })];
  const wasKilled = standing.signalled ||
    killed.has(job) ||
    standing.tasks.some((key) => (tasks.get(key)?.code ?? 0) > 128);
  if (!wasKilled || autopsies === null) {
    return [ended(job, { kind: "completed" })];
  }
  const autopsy = autopsies.get(job);
  if (!autopsy) return [];
  // That it failed is nothing new: it says so itself, and of which task.
  const { exitReason } = autopsy;
  const isNews = exitReason !== null && exitReason.kind !== "disappeared";
  return [ended(job, isNews ? exitReason : { kind: "completed" })];
}

function ended(job: JobName, cause: ExitReason): EventData {
  return { type: "jobEnded", job, cause };
}

function queueEvents(
  job: JobName,
  standing: TrackedJob,
  seen: QueueEntry | undefined,
): readonly EventData[] {
  if (!seen || seen.state === "ended") return [];
  const { state, nativeState, reason } = seen;
  const known = state === null
    ? standing.nativeState === nativeState
    : standing.state === state;
  if (known && (reason ?? "") === standing.reason) return [];
  // A word that nobody knows says at least that the job is there.
  const shown = state ??
    (standing.state === "submitted" ? "queued" : standing.state) as QueueState;
  return [{
    type: "jobState",
    job,
    state: shown,
    word: nativeState,
    ...(reason && { reason }),
    ...(state === null && { strange: true }),
  }];
}

/** Absence is a verdict only when it lasts; files and queues lag. */
function missingEvents(
  missing: readonly {
    name: JobName;
    job: TrackedJob;
    seen: QueueEntry | undefined;
  }[],
  autopsies: ReadonlyMap<JobName, PostMortem>,
  { missingGraceSeconds, missingGracePolls }: BackendTraits,
  now: number,
): readonly EventData[] {
  const isGone = (
    { name, seen, job }: typeof missing[number],
  ) => {
    // Where the scheduler itself says that it ended, or why, only files may lag.
    const { missedPolls, missingSince, cancel } = job;
    const isCertain = seen !== undefined ||
      Boolean(autopsies.get(name)?.exitReason);
    const patience = missingGraceSeconds /
      (cancel === "sent" ? 12 : isCertain ? 4 : 1);
    const lasted = patience === 0 ||
      (missedPolls > 0 && now - missingSince >= 1000 * patience);
    return missedPolls + 1 >= missingGracePolls && lasted;
  };
  const { gone = [], rest = [] } = Object.groupBy(
    missing,
    (each) => isGone(each) ? "gone" : "rest",
  );
  const absent: readonly EventData[] = rest.length > 0
    ? [{ type: "jobsNotListed", jobs: rest.map(({ name }) => name) }]
    : [];
  return [
    ...absent,
    ...gone.map(({ name, job, seen }): EventData => ({
      type: "jobEnded",
      job: name,
      cause: exitReasonOf(job, seen, autopsies.get(name)),
    })),
  ];
}

/** What the scheduler says, or that nobody knows more than the queue's last word and the script's. */
function exitReasonOf(
  { cancel }: TrackedJob,
  seen: QueueEntry | undefined,
  autopsy: PostMortem | undefined,
): ExitReason {
  if (cancel === "sent") return { kind: "cancelled" };
  const kind = autopsy?.exitReason?.kind ?? "disappeared";
  const said = [
    autopsy?.exitReason?.message ?? seen?.nativeState,
    autopsy?.outputTail,
  ]
    .filter(Boolean).join("\n");
  return { kind, ...(said && { message: said }) };
}
