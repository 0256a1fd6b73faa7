/** The fold of a run's events. Resuming is replaying. */
import type { Event } from "../event.ts";
import type { TaskKey } from "../job.ts";
import { REDUCERS } from "./reducer.ts";
import { dropTask, isOutdated, setJob, setTask } from "./transitions.ts";
import type { RunState } from "./state.ts";

export { jobOf, taskOf } from "./transitions.ts";
export type { RunState, TaskState, TrackedJob, TrackedTask } from "./state.ts";

export function initialState(): RunState {
  return {
    started: null,
    plan: null,
    plannedTasks: null,
    remote: null,
    staged: new Set(),
    copy: "",
    tasks: new Map(),
    jobs: new Map(),
    nextJobNumber: 0,
    readyJobs: new Set(),
    unconfirmedJobs: new Set(),
    activeJobs: new Set(),
    condemned: new Set(),
    outdated: new Set(),
    pendingTasks: new Set(),
    tasksToCollect: new Set(),
    counts: { pending: 0, assigned: 0, running: 0, succeeded: 0, failed: 0 },
    commonCollected: false,
    mustInspect: false,
    lastWarning: "",
    unknownStates: new Set(),
    commonMissing: [],
    commonKept: [],
    commonFiles: [],
    incomplete: new Set(),
    cancelling: null,
    isRemoteDirPresent: false,
    isCleaned: false,
    finished: null,
    queueFullSince: null,
    lastChangeAt: 0,
  };
}

/** The progress of a session: what the past says, held against the tasks that are wanted now. */
export function resumeState(
  past: Iterable<Event>,
  wanted: Iterable<TaskKey>,
): RunState {
  const progress = replay(past);
  const keys = new Set(wanted);
  for (const key of keys) setTask(progress, key, {});
  for (const key of progress.tasks.keys()) {
    if (!keys.has(key)) dropTask(progress, key);
  }
  progress.plannedTasks = keys;
  for (const [name, { tasks }] of progress.jobs) {
    setJob(progress, name, { isOutdated: isOutdated(progress, tasks) });
  }
  progress.remote = null;
  return progress;
}

/** What a journal says. Where its line about a job's making is damaged, the others about that job say nothing: the far side still knows it. */
export function replay(
  past: Iterable<Event>,
  progress: RunState = initialState(),
): RunState {
  for (const event of past) {
    if (isAboutKnownJobs(progress, event)) applyEvent(progress, event);
  }
  return progress;
}

function isAboutKnownJobs({ jobs }: RunState, event: Event): boolean {
  if (event.type === "jobCreated") return true;
  const named = "jobs" in event
    ? event.jobs
    : "job" in event
    ? [event.job]
    : [];
  return named.every((job) => jobs.has(job));
}

/** Changes `progress` by one event and gives it back; linear over a run, whatever its size. */
export function applyEvent(progress: RunState, event: Event): RunState {
  (REDUCERS[event.type] as (p: RunState, e: Event) => void)(progress, event);
  return progress;
}
