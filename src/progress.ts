import type { CancelReason, Cause, CauseKind, Event } from "./event.ts";
import type { JobId, JobName, QueueState, TaskKey } from "./job.ts";

/** Where everything stands: the fold of a run's events. Resuming is replaying. */
export interface Progress {
  began: Of<"began"> | null;
  /** The tasks of the present plan; null while the past is replayed. */
  wanted: ReadonlySet<TaskKey> | null;
  /** What this session was told by the far side; null until it was asked. */
  surveyed: Of<"surveyed"> | null;
  readonly staged: Set<TaskKey>;
  readonly tasks: Map<TaskKey, TaskStanding>;
  readonly jobs: Map<JobName, JobStanding>;
  /** Above the number in every job's name. */
  named: number;
  /** Jobs by stage of life; every job is in one of these or is over. */
  readonly due: Set<JobName>;
  readonly intended: Set<JobName>;
  readonly live: Set<JobName>;
  /** Jobs not over that hold a task which is wanted no more. */
  readonly outdated: Set<JobName>;
  /** Tasks in no job that is due or lives, to be packed. */
  readonly free: Set<TaskKey>;
  /** Tasks whose results or logs are to be brought home. */
  readonly ripe: Set<TaskKey>;
  readonly counts: Record<TaskState, number>;
  commonCollected: boolean;
  /** What the far side told may have changed: an answer to a submit was lost. */
  unsure: boolean;
  /** Words of the scheduler that are in no manual. */
  readonly strangeWords: Set<string>;
  /** Patterns of common results that matched nothing. */
  commonMissing: readonly string[];
  /** Tasks whose results came home incomplete. */
  readonly incomplete: Set<TaskKey>;
  cancelling: CancelReason | null;
  /** The far folder stands. */
  present: boolean;
  cleaned: boolean;
  finished: "done" | "failed" | null;
  /** The scheduler took no more at this time (ms); null once it took one. */
  fullSince: number | null;
  /** When anything last changed on the far side, ms since 1970. */
  changedAt: number;
}

export type TaskState = "free" | "held" | "running" | "done" | "failed";

export interface TaskStanding {
  state: TaskState;
  /** Times it ended without success, counting towards retry_count. */
  tries: number;
  /** Times the scheduler took it away, not counting. */
  losses: number;
  job: JobName | null;
  code: number | null;
  hint: string | null;
  host: string | null;
  /** Seconds since 1970 by the far side's clock. */
  started: number | null;
  ended: number | null;
  /** Not packed before this time, ms since 1970. */
  notBefore: number;
  collected: boolean;
  missing: readonly string[];
}

export interface JobStanding {
  readonly tasks: readonly TaskKey[];
  readonly after: readonly JobName[];
  id: JobId | null;
  state: QueueState | "due" | "intended" | "submitted" | "over";
  word: string;
  reason: string;
  /** The machine it runs on, as it says itself. */
  host: string | null;
  submittedAt: number;
  /** Consecutive rounds in which it was nowhere, and when the first was (ms). */
  absences: number;
  absentSince: number;
  cause: Cause | null;
  /** To be cancelled; and: the scheduler was told so. */
  condemned: boolean;
  cancelled: boolean;
}

type Of<T extends Event["type"]> = Extract<Event, { type: T }>;

/** What the end of a job means for its unfinished tasks. */
const RETRY: Readonly<Record<CauseKind, "counted" | "free" | "never">> = {
  script: "counted",
  died: "counted",
  cancelled: "counted",
  left: "free",
  node: "free",
  preempted: "free",
  timeLimit: "never",
  memory: "never",
};

/** Exit codes of a command that could not be run: not found, not executable (POSIX sh, 2.8.2). */
const CANNOT_RUN = [126, 127];

export function beginning(): Progress {
  return {
    began: null,
    wanted: null,
    surveyed: null,
    staged: new Set(),
    tasks: new Map(),
    jobs: new Map(),
    named: 0,
    due: new Set(),
    intended: new Set(),
    live: new Set(),
    outdated: new Set(),
    free: new Set(),
    ripe: new Set(),
    counts: { free: 0, held: 0, running: 0, done: 0, failed: 0 },
    commonCollected: false,
    unsure: false,
    strangeWords: new Set(),
    commonMissing: [],
    incomplete: new Set(),
    cancelling: null,
    present: false,
    cleaned: false,
    finished: null,
    fullSince: null,
    changedAt: 0,
  };
}

/** The progress of a session: what the past says, held against the tasks that are wanted now. */
export function resume(
  past: Iterable<Event>,
  wanted: Iterable<TaskKey>,
): Progress {
  const progress = beginning();
  for (const event of past) apply(progress, event);
  const keys = new Set(wanted);
  for (const key of keys) taskOf(progress, key);
  for (const key of progress.tasks.keys()) {
    if (!keys.has(key)) forget(progress, key);
  }
  progress.wanted = keys;
  for (const [name, job] of progress.jobs) noteOutdated(progress, name, job);
  progress.surveyed = null;
  return progress;
}

/** Changes `progress` by one event and gives it back; linear over a run, whatever its size. */
export function apply(progress: Progress, event: Event): Progress {
  (FOLD[event.type] as (p: Progress, e: Event) => void)(progress, event);
  return progress;
}

const FOLD: { readonly [T in Event["type"]]: (p: Progress, e: Of<T>) => void } =
  {
    began(p, e) {
      p.began = e;
    },
    opened(p) {
      p.surveyed = null;
      p.cancelling = null;
      p.fullSince = null;
      pardon(p);
      if (p.finished === "failed") reopen(p);
    },
    surveyed(p, e) {
      p.surveyed = e;
      p.present = e.present;
      p.unsure = false;
    },
    staged(p, { tasks }) {
      for (const key of tasks) p.staged.add(key);
      p.present = true;
    },
    reused(p, { results }) {
      for (const { task } of results) {
        move(p, task, "done", { job: null, code: 0, collected: true });
      }
      p.commonCollected = true;
    },
    packed(p, { job, tasks, after }) {
      const standing = newJob(tasks, after);
      p.jobs.set(job, standing);
      p.named = Math.max(p.named, numberIn(p, job)) + 1;
      settleInto(p, job, "due");
      noteOutdated(p, job, standing);
      const fresh = { job, code: null, started: null, ended: null, hint: null };
      for (const key of tasks) {
        if (p.tasks.get(key)?.state !== "done") move(p, key, "held", fresh);
      }
    },
    intended(p, { job }) {
      settleInto(p, job, "intended");
      p.unsure = true;
    },
    submitted(p, { job, id, at }) {
      const standing = settleInto(p, job, "submitted");
      Object.assign(standing, { id, submittedAt: at });
      p.fullSince = null;
      p.changedAt = at;
    },
    begun(p, { job, id, host, at }) {
      const over = jobOf(p, job).state === "over";
      const standing = over ? jobOf(p, job) : settleInto(p, job, "running");
      Object.assign(standing, { id, host, absences: 0 });
      p.changedAt = at;
    },
    refused(p, { job, again, at }) {
      settleInto(p, job, "due");
      if (again) p.fullSince = at;
    },
    fenced(p, { job }) {
      release(p, settleInto(p, job, "over"), job, () => ({}));
    },
    queue(p, { job, state, word, reason, strange, at }) {
      const standing = jobOf(p, job);
      if (strange) p.strangeWords.add(word);
      Object.assign(standing, { word, reason: reason ?? "", absences: 0 });
      if (p.live.has(job)) standing.state = state;
      p.changedAt = at;
    },
    absent(p, { jobs, at }) {
      for (const job of jobs) {
        const standing = jobOf(p, job);
        if (standing.absences === 0) standing.absentSince = at;
        standing.absences += 1;
      }
    },
    started(p, { task, job, time, at }) {
      const standing = jobOf(p, job);
      standing.absences = 0;
      p.changedAt = at;
      if (p.tasks.get(task)?.state === "done") return;
      const { host } = standing;
      const fresh = { job, host, started: time, ended: null, code: null };
      move(p, task, "running", fresh);
    },
    exited(p, { task, job, code, time, hint, at }) {
      jobOf(p, job).absences = 0;
      p.changedAt = at;
      if (p.tasks.get(task)?.state === "done") return;
      const after = { job, code, ended: time, hint: hint ?? null };
      move(p, task, code === 0 ? "done" : "held", after);
      if (code !== 0 || !p.tasks.has(task)) return;
      p.ripe.add(task);
      p.commonCollected = false;
    },
    lost(p, { tasks }) {
      p.staged.clear();
      for (const task of tasks) {
        p.ripe.delete(task);
        move(p, task, "free", { collected: false, notBefore: 0 });
      }
    },
    waiting() {},
    ended(p, { job, cause, at }) {
      const standing = settleInto(p, job, "over");
      standing.cause = cause;
      p.changedAt = at;
      // What was cancelled from here is nobody's failure.
      const { condemned } = standing;
      release(
        p,
        standing,
        job,
        (task) => condemned ? {} : afterEnd(task, cause, at),
      );
    },
    gaveUp(p, { task, code }) {
      move(p, task, "failed", { code });
      p.ripe.add(task);
    },
    collected(p, { results }) {
      for (const { task, missing } of results) {
        p.ripe.delete(task);
        const standing = p.tasks.get(task);
        if (!standing) continue;
        Object.assign(standing, { collected: true, missing });
        if (missing.length > 0) p.incomplete.add(task);
      }
    },
    collectedCommon(p, { result }) {
      p.commonCollected = true;
      p.commonMissing = result.missing;
    },
    cancelling(p, { why, jobs }) {
      for (const job of jobs) jobOf(p, job).condemned = true;
      if (why !== "outdated") p.cancelling = why;
    },
    cancelled(p, { jobs }) {
      for (const job of jobs) jobOf(p, job).cancelled = true;
    },
    cleaned(p) {
      p.cleaned = true;
    },
    warned() {},
    left() {},
    finished(p, { outcome }) {
      p.finished = outcome;
    },
  };

/** What an earlier session wished to cancel, and did not come to, goes on. */
function pardon(p: Progress): void {
  for (const name of [...p.live, ...p.intended]) {
    const job = jobOf(p, name);
    job.condemned = job.cancelled;
  }
}

/** The count in a job's name, behind `d` and the run's mark. */
function numberIn({ began }: Progress, name: JobName): number {
  return parseInt(name.slice(1 + (began?.mark.length ?? 0)), 36) || 0;
}

/** A run that ended with failures goes on: a fresh budget for what failed, another look for results that were missing. */
function reopen(p: Progress): void {
  p.finished = null;
  p.commonCollected = false;
  for (const key of p.incomplete) p.ripe.add(key);
  p.incomplete.clear();
  const fresh = { tries: 0, losses: 0, notBefore: 0, collected: false };
  for (const [key, { state }] of p.tasks) {
    if (state !== "failed" && state !== "free") continue;
    p.ripe.delete(key);
    move(p, key, "free", fresh);
  }
}

/** What a task that did not succeed is left with once its job is over. */
function afterEnd(
  task: TaskStanding,
  { kind }: Cause,
  at: number,
): Partial<TaskStanding> {
  const ran = task.state === "running" || task.code !== null;
  const rule = ran || kind === "script" ? RETRY[kind] : "free";
  const hopeless = rule === "never" || CANNOT_RUN.includes(task.code ?? 0);
  const tries = hopeless ? Infinity : task.tries + (rule === "counted" ? 1 : 0);
  const losses = task.losses + (rule === "free" ? 1 : 0);
  const backoff = Math.min(60_000, 500 * 2 ** Math.min(tries + losses, 10));
  return { tries, losses, notBefore: at + backoff };
}

/** Frees the tasks that a job still holds. */
function release(
  p: Progress,
  { tasks }: JobStanding,
  job: JobName,
  change: (task: TaskStanding) => Partial<TaskStanding>,
): void {
  for (const key of tasks) {
    const task = p.tasks.get(key);
    if (task?.job !== job || task.state === "done") continue;
    move(p, key, "free", change(task));
  }
}

function move(
  p: Progress,
  key: TaskKey,
  state: TaskState,
  change: Partial<TaskStanding>,
): void {
  if (p.wanted?.has(key) === false) return;
  const task = taskOf(p, key);
  p.counts[task.state] -= 1;
  p.counts[state] += 1;
  if (state === "free") p.free.add(key);
  else p.free.delete(key);
  Object.assign(task, change, { state });
}

function taskOf(p: Progress, key: TaskKey): TaskStanding {
  const known = p.tasks.get(key);
  if (known) return known;
  const task: TaskStanding = {
    state: "free",
    tries: 0,
    losses: 0,
    job: null,
    code: null,
    hint: null,
    host: null,
    started: null,
    ended: null,
    notBefore: 0,
    collected: false,
    missing: [],
  };
  p.tasks.set(key, task);
  p.free.add(key);
  p.counts.free += 1;
  return task;
}

/** The script or an input changed: nobody wants this task any more. */
function forget(p: Progress, key: TaskKey): void {
  p.counts[taskOf(p, key).state] -= 1;
  for (const set of [p.free, p.ripe, p.incomplete]) set.delete(key);
  p.tasks.delete(key);
}

function noteOutdated(p: Progress, name: JobName, job: JobStanding): void {
  if (job.state === "over" || p.wanted === null) return;
  if (job.tasks.some((key) => !p.wanted!.has(key))) p.outdated.add(name);
}

function newJob(
  tasks: readonly TaskKey[],
  after: readonly JobName[],
): JobStanding {
  return {
    tasks,
    after,
    id: null,
    state: "due",
    word: "",
    reason: "",
    host: null,
    submittedAt: 0,
    absences: 0,
    absentSince: 0,
    cause: null,
    condemned: false,
    cancelled: false,
  };
}

function jobOf(p: Progress, name: JobName): JobStanding {
  const job = p.jobs.get(name);
  if (!job) throw new Error(`no job ${name} was ever packed`);
  return job;
}

/** Moves a job to another stage of its life. */
function settleInto(
  p: Progress,
  name: JobName,
  state: JobStanding["state"],
): JobStanding {
  const job = jobOf(p, name);
  for (const set of [p.due, p.intended, p.live]) set.delete(name);
  if (state === "due") p.due.add(name);
  else if (state === "intended") p.intended.add(name);
  else if (state === "over") p.outdated.delete(name);
  else p.live.add(name);
  job.state = state;
  return job;
}
