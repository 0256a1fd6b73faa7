/** The only way to change a task or a job: every count and set follows from it. */
import type { JobName, TaskKey } from "../job.ts";
import type {
  JobStanding,
  Progress,
  TaskStanding,
  TaskState,
} from "./standing.ts";

/** The sets of tasks and of jobs, each by what its members have in common. */
const TASK_SETS: Readonly<
  Record<"free" | "ripe" | "incomplete", (task: TaskStanding) => boolean>
> = {
  free: ({ state }) => state === "free",
  ripe: ({ isUncollected }) => isUncollected,
  // Of a task that failed only its logs are wanted, if they are there.
  incomplete: ({ state, isUncollected, missing, kept }) =>
    state === "done" && !isUncollected && missing.length + kept.length > 0,
};

const JOB_SETS: Readonly<
  Record<
    "due" | "intended" | "live" | "condemned" | "outdated",
    (job: JobStanding) => boolean
  >
> = {
  due: ({ state }) => state === "due",
  intended: ({ state }) => state === "intended",
  live: ({ state }) =>
    state !== "due" && state !== "intended" && state !== "over",
  condemned: ({ state, cancel }) => cancel === "requested" && state !== "over",
  outdated: ({ state, isOutdated }) => isOutdated && state !== "over",
};

/** Of which nothing has happened yet. */
export const NEW_TASK: TaskStanding = {
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
  isUncollected: false,
  collected: false,
  missing: [],
  kept: [],
  files: [],
  beside: [],
  logs: [],
  since: 0,
};

const NEW_JOB: JobStanding = {
  number: 0,
  tasks: [],
  after: [],
  isOutdated: false,
  id: null,
  state: "due",
  word: "",
  reason: "",
  host: null,
  submittedAt: 0,
  absences: 0,
  absentSince: 0,
  cause: null,
  saw: "",
  signalled: false,
  cancel: "no",
};

/** The setter of tasks: makes the task if it is not there, unless nobody wants it. */
export function setTask(
  p: Progress,
  key: TaskKey,
  change: Partial<TaskStanding>,
): void {
  if (p.wanted?.has(key) === false) return;
  const before = p.tasks.get(key);
  const task = { ...before ?? NEW_TASK, ...change };
  mutable(p.tasks).set(key, task);
  if (before) count(p, before.state, -1);
  count(p, task.state, 1);
  index(p, TASK_SETS, key, task);
}

/** The setter of jobs. */
export function setJob(
  p: Progress,
  name: JobName,
  change: Partial<JobStanding>,
): JobStanding {
  const job = { ...jobOf(p, name), ...change };
  mutable(p.jobs).set(name, job);
  index(p, JOB_SETS, name, job);
  return job;
}

export function addJob(
  p: Progress,
  name: JobName,
  job: Pick<JobStanding, "tasks" | "after" | "number">,
): void {
  mutable(p.jobs).set(name, NEW_JOB);
  setJob(p, name, { ...job, isOutdated: isOutdated(p, job.tasks) });
}

/** The script or an input changed: nobody wants this task any more. */
export function forget(p: Progress, key: TaskKey): void {
  count(p, taskOf(p, key).state, -1);
  for (const name of keysOf(TASK_SETS)) mutable(p[name]).delete(key);
  mutable(p.tasks).delete(key);
}

/** Frees the tasks that a job still holds. */
export function release(
  p: Progress,
  job: JobName,
  change: (task: TaskStanding) => Partial<TaskStanding>,
): void {
  for (const key of jobOf(p, job).tasks) {
    const task = p.tasks.get(key);
    if (task?.job !== job || task.state === "done") continue;
    setTask(p, key, { ...change(task), state: "free" });
  }
}

export function isOutdated(
  { wanted }: Progress,
  tasks: readonly TaskKey[],
): boolean {
  return wanted !== null && tasks.some((key) => !wanted.has(key));
}

export function taskOf({ tasks }: Progress, key: TaskKey): TaskStanding {
  return tasks.get(key) ?? unknown("task", key);
}

export function jobOf({ jobs }: Progress, name: JobName): JobStanding {
  return jobs.get(name) ?? unknown("job", name);
}

/** Nobody asks for one that no event named: a bug. */
function unknown(what: "task" | "job", name: string): never {
  throw new Error(`no event of this run made the ${what} ${name}`);
}

function count({ counts }: Progress, state: TaskState, by: number): void {
  (counts as Record<TaskState, number>)[state] += by;
}

/** Puts a task or a job into the sets that it belongs to, and takes it out of the others. */
function index<N extends keyof Progress, T>(
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
