/** Reads one look at all jobs: what has happened since the last. */
import type { Limits, Look, Shown } from "./backends/backend.ts";
import type { Happening } from "./event.ts";
import type { JobName, QueueState } from "./job.ts";
import type { JobStanding, Progress } from "./progress.ts";
import type { Record } from "./script/record.ts";

/** What the records say, then what the queue adds about jobs whose record has no end. */
export function readLook(
  progress: Progress,
  look: Look,
  limits: Limits,
  now: number,
): readonly Happening[] {
  const told = readRecords(progress, look.records);
  const over = new Set(told.flatMap((e) => e.type === "ended" ? [e.job] : []));
  const asked = [...progress.live].filter((job) => !over.has(job));
  const shown = asked.map((name) => {
    const job = progress.jobs.get(name)!;
    return {
      name,
      job,
      seen: job.id === null ? undefined : look.queue.get(job.id),
    };
  });
  const moved = shown.flatMap(({ name, job, seen }) => moves(name, job, seen));
  const missing = shown.filter(({ seen }) =>
    seen ? seen.state === "ended" : look.complete
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
    switch (record.type) {
      case "begin": {
        const { id, host, time } = record;
        const known = standing.id === id && standing.host === host;
        return known ? [] : [{ type: "begun", job, id, host, time }];
      }
      case "start":
        return [{ type: "started", job, task: record.task, time: record.time }];
      case "exit": {
        const { task, code, time } = record;
        if (tasks.get(task)?.state === "done") return [];
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
        if (standing.state === "over") return [];
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
  const gone = missing.filter(({ job: { absences, absentSince } }) =>
    absences + 1 >= graceRounds &&
    (grace_s === 0 || (absences > 0 && now - absentSince >= 1000 * grace_s))
  );
  const rest = missing.filter((each) => !gone.includes(each));
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
