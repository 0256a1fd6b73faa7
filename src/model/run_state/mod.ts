/** The fold of a run's events. Resuming is replaying. */
import type { Event } from "../event.ts";
import type { TaskKey } from "../job.ts";
import { FOLD } from "./reducer.ts";
import { forget, isOutdated, setJob, setTask } from "./transitions.ts";
import type { Progress } from "./state.ts";

export { jobOf, taskOf } from "./transitions.ts";
export type {
  JobStanding,
  Progress,
  TaskStanding,
  TaskState,
} from "./state.ts";

export function beginning(): Progress {
  return {
    began: null,
    plan: null,
    wanted: null,
    surveyed: null,
    staged: new Set(),
    copy: "",
    tasks: new Map(),
    jobs: new Map(),
    named: 0,
    due: new Set(),
    intended: new Set(),
    live: new Set(),
    condemned: new Set(),
    outdated: new Set(),
    free: new Set(),
    ripe: new Set(),
    counts: { free: 0, held: 0, running: 0, done: 0, failed: 0 },
    commonCollected: false,
    unsure: false,
    trouble: "",
    strangeWords: new Set(),
    commonMissing: [],
    commonKept: [],
    commonFiles: [],
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
  const progress = replay(past);
  const keys = new Set(wanted);
  for (const key of keys) setTask(progress, key, {});
  for (const key of progress.tasks.keys()) {
    if (!keys.has(key)) forget(progress, key);
  }
  progress.wanted = keys;
  for (const [name, { tasks }] of progress.jobs) {
    setJob(progress, name, { isOutdated: isOutdated(progress, tasks) });
  }
  progress.surveyed = null;
  return progress;
}

/** What a journal says. Where its line about a job's making is damaged, the others about that job say nothing: the far side still knows it. */
export function replay(
  past: Iterable<Event>,
  progress: Progress = beginning(),
): Progress {
  for (const event of past) {
    if (isAboutKnownJobs(progress, event)) apply(progress, event);
  }
  return progress;
}

function isAboutKnownJobs({ jobs }: Progress, event: Event): boolean {
  if (event.type === "packed") return true;
  const named = "jobs" in event
    ? event.jobs
    : "job" in event
    ? [event.job]
    : [];
  return named.every((job) => jobs.has(job));
}

/** Changes `progress` by one event and gives it back; linear over a run, whatever its size. */
export function apply(progress: Progress, event: Event): Progress {
  (FOLD[event.type] as (p: Progress, e: Event) => void)(progress, event);
  return progress;
}
