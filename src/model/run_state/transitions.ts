/** The only way to change a task or a job: every count and set follows from it. */
import type { JobName, TaskKey } from "../job.ts";
import type { RunState, TaskState, TrackedJob, TrackedTask } from "./state.ts";

/** The sets of tasks and of jobs, each by what its members have in common. */
const TASK_SETS: Readonly<
  Record<
    "pendingTasks" | "tasksToCollect" | "incomplete",
    (task: TrackedTask) => boolean
  >
> = {
  pendingTasks: ({ state }) => state === "pending",
  tasksToCollect: ({ isUncollected }) => isUncollected,
  // Of a task that failed only its logs are wanted, if they are there.
  incomplete: ({ state, isUncollected, missing, kept }) =>
    state === "succeeded" && !isUncollected && missing.length + kept.length > 0,
};

const JOB_SETS: Readonly<
  Record<
    "readyJobs" | "unconfirmedJobs" | "activeJobs" | "condemned" | "outdated",
    (job: TrackedJob) => boolean
  >
> = {
  readyJobs: ({ state }) => state === "ready",
  unconfirmedJobs: ({ state }) => state === "unconfirmed",
  activeJobs: ({ state }) =>
    state !== "ready" && state !== "unconfirmed" && state !== "final",
  condemned: ({ state, cancel }) => cancel === "requested" && state !== "final",
  outdated: ({ state, isOutdated }) => isOutdated && state !== "final",
};

/** Of which nothing has happened yet. */
export const NEW_TASK: TrackedTask = {
  state: "pending",
  failedAttempts: 0,
  schedulerLosses: 0,
  job: null,
  code: null,
  suggestedCommand: null,
  host: null,
  started: null,
  ended: null,
  retryAt: 0,
  isUncollected: false,
  collected: false,
  missing: [],
  kept: [],
  files: [],
  beside: [],
  logs: [],
  since: 0,
};

const NEW_JOB: TrackedJob = {
  number: 0,
  tasks: [],
  after: [],
  isOutdated: false,
  id: null,
  state: "ready",
  nativeState: "",
  reason: "",
  host: null,
  submittedAt: 0,
  missedPolls: 0,
  missingSince: 0,
  exitReason: null,
  submitMessage: "",
  signalled: false,
  cancel: "no",
};

/** The setter of tasks: makes the task if it is not there, unless nobody wants it. */
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

/** The setter of jobs. */
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
  job: Pick<TrackedJob, "tasks" | "after" | "number">,
): void {
  mutable(p.jobs).set(name, NEW_JOB);
  setJob(p, name, { ...job, isOutdated: isOutdated(p, job.tasks) });
}

/** The script or an input changed: nobody wants this task any more. */
export function dropTask(p: RunState, key: TaskKey): void {
  count(p, taskOf(p, key).state, -1);
  for (const name of keysOf(TASK_SETS)) mutable(p[name]).delete(key);
  mutable(p.tasks).delete(key);
}

/** Frees the tasks that a job still holds. */
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

/** Nobody asks for one that no event named: a bug. */
function unknown(what: "task" | "job", name: string): never {
  throw new Error(`no event of this run made the ${what} ${name}`);
}

function count({ counts }: RunState, state: TaskState, by: number): void {
  (counts as Record<TaskState, number>)[state] += by;
}

/** Puts a task or a job into the sets that it belongs to, and takes it out of the others. */
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

/** Everywhere but in the setters maps and sets are only read. */
function mutable<K, V>(map: ReadonlyMap<K, V>): Map<K, V>;
function mutable<K>(set: ReadonlySet<K>): Set<K>;
function mutable(readOnly: unknown): unknown {
  return readOnly;
}

/** What the job recorded of the task is of a time before its results were deleted. */
export function isVoid(
  { number }: TrackedJob,
  { since }: TrackedTask,
): boolean {
  return number < since;
}
