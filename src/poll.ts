/** Reads one look at all jobs: what has happened since the last. */
import type { Limits, Look, Shown } from "./backends/backend.ts";
import type { Happening } from "./event.ts";
import type { JobName, QueueState } from "./job.ts";
import type { JobStanding, Progress } from "./progress.ts";
import type { Record } from "./script/record.ts";

/** What the records say, then what the queue adds about the jobs that were asked for and whose record has no end. */
export function readLook(
  progress: Progress,
  look: Look,
  asked: readonly JobName[],
  limits: Limits,
  now: number,
): readonly Happening[] {
  const told = readRecords(progress, look.records);
  const heard = new Set(told.flatMap((e) => "job" in e ? [e.job] : []));
  const over = new Set(told.flatMap((e) => e.type === "ended" ? [e.job] : []));
  const left = asked.filter((job) => progress.live.has(job) && !over.has(job));
  const shown = left.map((name) => {
    const job = progress.jobs.get(name)!;
    return {
      name,
      job,
      seen: job.id === null ? undefined : look.queue.get(job.id),
    };
  });
  const moved = shown.flatMap(({ name, job, seen }) => moves(name, job, seen));
  // Who has just written a record is somewhere, whatever the queue shows.
  const missing = shown.filter(({ name, seen }) =>
    !heard.has(name) && (seen ? seen.state === "ended" : look.complete)
  );
  return [...told, ...moved, ...missed(missing, limits, now)];
}

/** New records as happenings; what is known already is not told again. */
export function readRecords(
  { jobs, tasks, live }: Progress,
  records: readonly Record[],
): readonly Happening[] {
  const hints = new Map(
    records.flatMap((r) => r.type === "hint" ? [[r.task, r.word]] : []),
  );
  return records.flatMap((record): readonly Happening[] => {
    const { job } = record;
    const standing = jobs.get(job);
    if (!standing) return [];
    const isOver = standing.state === "over";
    switch (record.type) {
      case "begin": {
        const { id, host, time } = record;
        const known = standing.id === id && standing.host === host;
        return known || isOver ? [] : [{ type: "begun", job, id, host, time }];
      }
      case "start": {
        const { task, time } = record;
        const held = tasks.get(task);
        const known = held?.job === job && held.started === time;
        if (!held || known || isOver) return [];
        return [{ type: "started", job, task, time }];
      }
      case "exit": {
        const { task, code, time } = record;
        const held = tasks.get(task);
        if (!held || held.state === "done") return [];
        const known = held.job === job && held.ended === time;
        // Of a job that was given up, only a late success is news.
        if (code !== 0 && (known || isOver)) return [];
        const hint = hints.get(task);
        return [{
          type: "exited",
          job,
          task,
          code,
          time,
          ...(hint && { hint }),
        }];
      }
      case "leave":
        return record.why === "superseded" && live.has(job)
          ? [{ type: "ended", job, cause: { kind: "left" } }]
          : [];
      case "end": {
        if (isOver) return [];
        const kind = standing.cancelled ? "cancelled" : "script";
        return [{ type: "ended", job, cause: { kind } }];
      }
      default:
        return [];
    }
  });
}

function moves(
  job: JobName,
  standing: JobStanding,
  seen: Shown | undefined,
): readonly Happening[] {
  if (!seen || seen.state === "ended") return [];
  const { state, word, reason } = seen;
  const known = state === null
    ? standing.word === word
    : standing.state === state;
  if (known && (reason ?? "") === standing.reason) return [];
  // A word that nobody knows says at least that the job is there.
  const shown = state ??
    (standing.state === "submitted" ? "queued" : standing.state) as QueueState;
  return [{
    type: "queue",
    job,
    state: shown,
    word,
    ...(reason && { reason }),
    ...(state === null && { strange: true }),
  }];
}

/** Absence is a verdict only when it lasts; files and queues lag. */
function missed(
  missing: readonly {
    name: JobName;
    job: JobStanding;
    seen: Shown | undefined;
  }[],
  { grace_s, graceRounds }: Limits,
  now: number,
): readonly Happening[] {
  const isGone = ({ job: { absences, absentSince } }: typeof missing[number]) =>
    absences + 1 >= graceRounds &&
    (grace_s === 0 || (absences > 0 && now - absentSince >= 1000 * grace_s));
  const { gone = [], rest = [] } = Object.groupBy(
    missing,
    (each) => isGone(each) ? "gone" : "rest",
  );
  const absent: readonly Happening[] = rest.length > 0
    ? [{ type: "absent", jobs: rest.map(({ name }) => name) }]
    : [];
  return [
    ...absent,
    ...gone.map(({ name, job, seen }): Happening => ({
      type: "ended",
      job: name,
      cause: {
        kind: job.cancelled ? "cancelled" : "died",
        ...(seen && { said: seen.word }),
      },
    })),
  ];
}
