/** Events for tests of the fold and of decisions. */
import { eventAt, type EventData } from "../../src/model/event.ts";
import type { JobName, TaskKey } from "../../src/model/job.ts";
import { nextActions } from "../../src/engine/next_actions.ts";
import {
  applyEvent,
  resumeState,
  type RunState,
} from "../../src/model/run_state/mod.ts";
import { defaultOptions, planWith } from "./simulation/mod.ts";

/** When a test's events happen: ms since 1970, and by the clock of elapsed time. */
export const NOON = 1_700_000_000_000;

export function runStarted(runId = "mmmmmmm1"): EventData {
  return {
    type: "runStarted",
    runKey: "k-k",
    generation: 1,
    runId,
    script: "/work/hello.py",
    scheduler: "Shell",
    context: "LazyLocalContext",
    version: "0",
  };
}

export function remoteInspected(isPresent = true): EventData {
  return {
    type: "remoteInspected",
    remoteDir: "/far",
    host: "far",
    cpus: 4,
    isPresent,
  };
}

export function jobCreated(
  job: JobName,
  tasks: readonly TaskKey[],
  supersedes: readonly JobName[] = [],
): EventData {
  return { type: "jobCreated", job, tasks, supersedes };
}

/** A job that is submitted under the id `#<job>`. */
export function submittedJob(
  job: JobName,
  tasks: readonly TaskKey[],
  supersedes: readonly JobName[] = [],
): readonly EventData[] {
  return [jobCreated(job, tasks, supersedes), {
    type: "jobSubmitted",
    job,
    id: `#${job}`,
  }];
}

/** A task that starts, and ends with a code. */
export function taskRan(
  job: JobName,
  task: TaskKey,
  code: number,
  time = 1,
): readonly EventData[] {
  return [
    { type: "taskStarted", job, task, remoteTime: time },
    { type: "taskExited", job, task, code, remoteTime: time + 1 },
  ];
}

/** Staged and surveyed, all tasks wanted. */
export function stagedRun(tasks: readonly TaskKey[]): readonly EventData[] {
  return [
    runStarted(),
    { type: "sessionStarted", pid: 1, host: "here" },
    remoteInspected(),
    { type: "staged", tasks, files: 0, bytes: 0 },
  ];
}

/** A session whose script changed has staged these tasks alone. */
export function restagedRun(tasks: readonly TaskKey[]): readonly EventData[] {
  return [
    {
      type: "sessionStarted",
      pid: 2,
      host: "here",
      scriptCopy: "script_2.py",
    },
    remoteInspected(),
    { type: "staged", tasks, files: 0, bytes: 0 },
  ];
}

/** The progress of a session on these tasks, after the opening and what follows. */
export function runStateOf(
  tasks: readonly TaskKey[],
  events: readonly EventData[] = [],
  at = NOON,
): RunState {
  const state = resumeState([], tasks);
  applyEvents(state, [...stagedRun(tasks), ...events], at);
  return state;
}

export function applyEvents(
  state: RunState,
  events: readonly EventData[],
  at = NOON,
): RunState {
  for (const event of events) {
    applyEvent(state, eventAt(event, NOON), at);
  }
  return state;
}

/** Each job and the state that it is in. */
export function jobStates({ jobs }: RunState) {
  return Object.fromEntries(
    [...jobs].map(([name, { state }]) => [name, state]),
  );
}

/** Each task and the state that it is in. */
export function taskStates({ tasks }: RunState) {
  return Object.fromEntries([...tasks].map(([key, { state }]) => [key, state]));
}

/** Tasks that are collected next. */
export function tasksToCollect(state: RunState): readonly TaskKey[] {
  return tasksOf(state, "collect");
}

/** Tasks that are staged next. */
export function tasksToStage(state: RunState): readonly TaskKey[] {
  return tasksOf(state, "stage");
}

function tasksOf(state: RunState, what: "collect" | "stage") {
  const limits = {
    maxActiveJobs: 9,
    submitAhead: 0,
    maxTasksPerJob: 9,
    retryWhenFullMs: 1,
  };
  const { actions } = nextActions(
    applyEvents(structuredClone(state), [remoteInspected()]),
    planWith(state.tasks.size, 1),
    defaultOptions,
    { ...limits, minPollMs: 1, maxPollMs: 1 },
    {
      ...{
        now: NOON + 1e9,
        polledAt: null,
        pollMs: 0,
        collectedAt: null,
        collectMs: 0,
      },
      ...{ hasRemoteChange: false, busy: new Set() },
    },
  );
  return actions.flatMap((action) => action.do === what ? action.tasks : []);
}

type RunFinished = Extract<EventData, { type: "runFinished" }>;

/** The end of a run without tasks, at the moment when it began; `fields`: what is otherwise. */
export function runFinished(
  outcome: RunFinished["outcome"],
  fields: Partial<RunFinished> = {},
): RunFinished {
  return {
    type: "runFinished",
    outcome,
    ...{ succeeded: 0, failed: 0, cancelled: 0, missingResults: 0 },
    duration: 0,
    exitCode: outcome === "succeeded" ? 0 : 1,
    ...fields,
  };
}

export function keysOf(count: number): readonly TaskKey[] {
  return Array.from({ length: count }, (_, at) => `t${at}`);
}
