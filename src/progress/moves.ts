/** The moves that the fold is made of: a task or a job goes from one state to another, and every count and set with it. */
import type { JobName, TaskKey } from "../job.ts";
import type {
  JobStanding,
  Progress,
  TaskStanding,
  TaskState,
} from "./standing.ts";

/** Frees the tasks that a job still holds. */
export function release(
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

export function move(
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

export function taskOf(p: Progress, key: TaskKey): TaskStanding {
  const known = p.tasks.get(key);
  if (known) return known;
  const task = freshTask();
  p.tasks.set(key, task);
  p.free.add(key);
  p.counts.free += 1;
  return task;
}

/** Of which nothing has happened yet. */
export function freshTask(): TaskStanding {
  return {
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
    files: [],
    missing: [],
    kept: [],
    since: 0,
  };
}

/** The script or an input changed: nobody wants this task any more. */
export function forget(p: Progress, key: TaskKey): void {
  p.counts[taskOf(p, key).state] -= 1;
  for (const set of [p.free, p.ripe, p.incomplete]) set.delete(key);
  p.tasks.delete(key);
}

export function noteOutdated(
  p: Progress,
  name: JobName,
  job: JobStanding,
): void {
  if (job.state === "over" || p.wanted === null) return;
  if (job.tasks.some((key) => !p.wanted!.has(key))) p.outdated.add(name);
}

export function newJob(
  tasks: readonly TaskKey[],
  after: readonly JobName[],
  number: number,
): JobStanding {
  return {
    number,
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
    saw: "",
    signalled: false,
    condemned: false,
    cancelled: false,
  };
}

export function jobOf(p: Progress, name: JobName): JobStanding {
  const job = p.jobs.get(name);
  if (!job) throw new Error(`no job ${name} was ever packed`);
  return job;
}

/** Moves a job to another stage of its life. */
export function settleInto(
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
