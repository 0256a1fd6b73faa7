/** The only functions that change a task or a job; they update every count and set. */
import type { JobName, TaskKey } from "../job.ts";
import type { RunState, TaskState, TrackedJob, TrackedTask } from "./state.ts";

/** The sets of tasks and of jobs, each with the predicate of its members. */
const TASK_SETS: Readonly<
  Record<
    "pendingTasks" | "tasksToCollect" | "incompleteTasks",
    (task: TrackedTask) => boolean
  >
> = {
  pendingTasks: ({ state }) => state === "pending",
  tasksToCollect: ({ isUncollected }) => isUncollected,
  // Only the logs of a failed task are collected, where they exist.
  incompleteTasks: ({ state, isUncollected, missing, notDownloaded }) =>
    state === "succeeded" && !isUncollected &&
    missing.length + notDownloaded.length > 0,
};

const JOB_SETS: Readonly<
  Record<
    | "readyJobs"
    | "unconfirmedJobs"
    | "activeJobs"
    | "jobsToCancel"
    | "outdatedJobs",
    (job: TrackedJob) => boolean
  >
> = {
  readyJobs: ({ state }) => state === "ready",
  unconfirmedJobs: ({ state }) => state === "unconfirmed",
  activeJobs: ({ state }) =>
    state !== "ready" && state !== "unconfirmed" && state !== "final",
  jobsToCancel: ({ state, cancel }) => cancel !== "no" && state !== "final",
  outdatedJobs: ({ state, isOutdated }) => isOutdated && state !== "final",
};

/** A task without any event yet. */
export const NEW_TASK: TrackedTask = {
  state: "pending",
  failedAttempts: 0,
  schedulerLosses: 0,
  jobsWithoutRecord: 0,
  job: null,
  code: null,
  suggestedCommand: null,
  failure: null,
  earlierFailure: null,
  host: null,
  started: null,
  logBytes: null,
  ended: null,
  retryAt: 0,
  isUncollected: false,
  isCollected: false,
  missing: [],
  notDownloaded: [],
  files: [],
  renamedLogs: [],
  logs: [],
  firstValidJob: 0,
};

const NEW_JOB: TrackedJob = {
  number: 0,
  tasks: [],
  supersedes: [],
  isOutdated: false,
  id: null,
  state: "ready",
  nativeState: "",
  reason: "",
  host: null,
  submittedAt: null,
  missedPolls: 0,
  missingSince: 0,
  exitReason: null,
  submitMessage: "",
  isSignalled: false,
  cancel: "no",
  cancelRequests: 0,
  cancelSentAt: 0,
  neverRuns: false,
};

/** Sets fields of a task and adds it where it is absent, unless it is not in the plan. */
export function setTask(
  p: RunState,
  key: TaskKey,
  change: Partial<TrackedTask>,
): void {
  if (p.plannedTasks?.has(key) === false) return;
  const before = p.tasks.get(key);
  const task = { ...before ?? NEW_TASK, ...change };
  mutable(p.tasks).set(key, task);
  if (before) count(p, before.state, -1);
  count(p, task.state, 1);
  index(p, TASK_SETS, key, task);
}

/** Sets fields of a job. */
export function setJob(
  p: RunState,
  name: JobName,
  change: Partial<TrackedJob>,
): TrackedJob {
  const job = { ...jobOf(p, name), ...change };
  mutable(p.jobs).set(name, job);
  index(p, JOB_SETS, name, job);
  return job;
}

export function addJob(
  p: RunState,
  name: JobName,
  job: Pick<TrackedJob, "tasks" | "supersedes" | "number">,
): void {
  mutable(p.jobs).set(name, NEW_JOB);
  setJob(p, name, { ...job, isOutdated: isOutdated(p, job.tasks) });
}

/** Removes a task that is no longer in the plan. */
export function dropTask(p: RunState, key: TaskKey): void {
  count(p, taskOf(p, key).state, -1);
  for (const name of keysOf(TASK_SETS)) mutable(p[name]).delete(key);
  mutable(p.tasks).delete(key);
}

/** Makes the unfinished tasks of a job pending. */
export function releaseTasks(
  p: RunState,
  job: JobName,
  change: (task: TrackedTask) => Partial<TrackedTask>,
): void {
  for (const key of jobOf(p, job).tasks) {
    const task = p.tasks.get(key);
    if (task?.job !== job || task.state === "succeeded") continue;
    setTask(p, key, { ...change(task), state: "pending" });
  }
}

export function isOutdated(
  { plannedTasks }: RunState,
  tasks: readonly TaskKey[],
): boolean {
  return plannedTasks !== null && tasks.some((key) => !plannedTasks.has(key));
}

export function taskOf({ tasks }: RunState, key: TaskKey): TrackedTask {
  return tasks.get(key) ?? unknown("task", key);
}

export function jobOf({ jobs }: RunState, name: JobName): TrackedJob {
  return jobs.get(name) ?? unknown("job", name);
}

/** To ask for a task or job that no event named is a bug. */
function unknown(what: "task" | "job", name: string): never {
  throw new Error(`no event of this run created the ${what} ${name}`);
}

function count({ counts }: RunState, state: TaskState, by: number): void {
  (counts as Record<TaskState, number>)[state] += by;
}

/** Adds a task or a job to the sets that it belongs to, and removes it from the others. */
function index<N extends keyof RunState, T>(
  p: Readonly<Record<N, ReadonlySet<string>>>,
  sets: Readonly<Record<N, (value: T) => boolean>>,
  key: string,
  value: T,
): void {
  for (const name of keysOf(sets)) {
    if (sets[name](value)) mutable(p[name]).add(key);
    else mutable(p[name]).delete(key);
  }
}

function keysOf<N extends string>(record: Readonly<Record<N, unknown>>) {
  return Object.keys(record) as unknown as readonly N[];
}

/** Maps and sets are read-only everywhere but in these setters. */
function mutable<K, V>(map: ReadonlyMap<K, V>): Map<K, V>;
function mutable<K>(set: ReadonlySet<K>): Set<K>;
function mutable(readOnly: unknown): unknown {
  return readOnly;
}

/** The job's records of the task are older than the deletion of its results. */
export function isVoid(
  { number }: TrackedJob,
  { firstValidJob }: TrackedTask,
): boolean {
  return number < firstValidJob;
}
