/** The state of a run, reduced from its events. Resuming a run replays its journal. */
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
    sessionStartedAt: null,
    plan: null,
    plannedTasks: null,
    remote: null,
    staged: new Set(),
    scriptCopy: "",
    tasks: new Map(),
    jobs: new Map(),
    nextJobNumber: 0,
    readyJobs: new Set(),
    unconfirmedJobs: new Set(),
    activeJobs: new Set(),
    jobsToCancel: new Set(),
    outdatedJobs: new Set(),
    pendingTasks: new Set(),
    tasksToCollect: new Set(),
    counts: { pending: 0, assigned: 0, running: 0, succeeded: 0, failed: 0 },
    isCommonCollected: false,
    mustInspect: false,
    hasRecords: false,
    lastWarning: "",
    unknownStates: new Set(),
    commonMissing: [],
    commonNotDownloaded: [],
    commonFiles: [],
    incompleteTasks: new Set(),
    cancelling: null,
    cancelSentAt: null,
    isRemoteDirPresent: false,
    isCleaned: false,
    finished: null,
    queueFullSince: null,
    lastChangeAt: 0,
  };
}

/** The state at the start of a session: past events, reduced for the tasks of the present plan. */
export function resumeState(
  past: Iterable<Event>,
  planned: Iterable<TaskKey>,
): RunState {
  const state = replay(past);
  const keys = new Set(planned);
  for (const key of keys) setTask(state, key, {});
  for (const key of state.tasks.keys()) {
    if (!keys.has(key)) dropTask(state, key);
  }
  state.plannedTasks = keys;
  for (const [name, { tasks }] of state.jobs) {
    setJob(state, name, { isOutdated: isOutdated(state, tasks) });
  }
  state.remote = null;
  return state;
}

/** Reduces the events of a journal; the session that resumes its run sets the moments. Where the line that created a job is damaged, its other events are ignored: the remote host still has that job. */
export function replay(
  past: Iterable<Event>,
  state: RunState = initialState(),
): RunState {
  for (const event of past) {
    if (isAboutKnownJobs(state, event)) applyEvent(state, event, 0);
  }
  return state;
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

/** Changes `state` by one event and returns it; linear over a run, whatever its size. `at`: this moment, in ms by a clock that nobody can set. */
export function applyEvent(
  state: RunState,
  event: Event,
  at: number,
): RunState {
  const reduce = REDUCERS[event.type] as (
    p: RunState,
    e: Event,
    at: number,
  ) => void;
  reduce(state, event, at);
  return state;
}
