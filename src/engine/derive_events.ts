/** The events that follow from the state alone. */
import {
  freeSlots,
  hasEnded,
  isCollected,
  isRatioReached,
  isSuccess,
  mustClean,
  runCounts,
  unfinished,
} from "./end_conditions.ts";
import type { EventData } from "../model/event.ts";
import { exitCodes } from "../model/exit_codes.ts";
import type { JobName, TaskKey } from "../model/job.ts";
import { pack } from "../pipeline/plan/pack.ts";
import { jobOf, type RunState, taskOf } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { RunOptions } from "../model/run_options.ts";
import type { LaneTimes, RunLimits } from "./run_limits.ts";

/** How often the scheduler may end a task's job before the task fails. */
const MAX_SCHEDULER_LOSSES = 5;

/** How many jobs of a task may end without any record while no job of the run has written one: whatever ends them will end the next. */
const MAX_JOBS_WITHOUT_RECORD = 2;

/**
 * Failed tasks, requested cancellations, created jobs, and the end of the
 * session or of the run. Empty when nothing follows.
 */
export function deriveEvents(
  state: RunState,
  plan: Plan,
  options: RunOptions,
  limits: RunLimits,
  times: Pick<LaneTimes, "now" | "busy">,
): readonly EventData[] {
  if (!state.remote || state.finished) return [];
  const rules = [
    failTasks,
    requestCancel,
    cancelOutdated,
    createJobs,
    finish,
    endSession,
  ];
  for (const rule of rules) {
    const events = rule(state, plan, options, limits, times);
    if (events.length > 0) return events;
  }
  return [];
}

type Rule = typeof deriveEvents;

const failTasks: Rule = (state, { config }) =>
  [...state.pendingTasks].flatMap((task) => {
    const { failedAttempts, schedulerLosses, jobsWithoutRecord, code } = taskOf(
      state,
      task,
    );
    const spent = failedAttempts > config.machine.retries ||
      schedulerLosses > MAX_SCHEDULER_LOSSES ||
      !state.hasRecords && jobsWithoutRecord >= MAX_JOBS_WITHOUT_RECORD;
    return spent ? [{ type: "taskFailed", task, code }] : [];
  });

const requestCancel: Rule = (state, plan, options) => {
  const reason = state.cancelling === null &&
    reasonToStop(state, plan, options);
  return reason
    ? [{ type: "cancelRequested", reason, jobs: [...state.activeJobs] }]
    : [];
};

function reasonToStop(
  state: RunState,
  { config }: Plan,
  options: RunOptions,
): "ratio" | "failFast" | "cancel" | null {
  if (options.cancel) return "cancel";
  if (unfinished(state) === 0) return null;
  if (isRatioReached(state, config.resources.strategy.unfinishedRatio)) {
    return "ratio";
  }
  return options.failFast && state.counts.failed > 0 ? "failFast" : null;
}

const cancelOutdated: Rule = (state) => {
  if (state.cancelling !== null) return [];
  const jobs = outdatedJobsToCancel(state);
  return jobs.length > 0
    ? [{ type: "cancelRequested", reason: "outdated", jobs }]
    : [];
};

/** Active jobs that hold tasks of an earlier version and, of the present one, only finished tasks. */
export function outdatedJobsToCancel(state: RunState): readonly JobName[] {
  const { outdatedJobs, activeJobs, tasks } = state;
  const isDone = (key: TaskKey) =>
    (tasks.get(key)?.state ?? "succeeded") === "succeeded";
  return [...outdatedJobs].filter((name) => {
    const job = jobOf(state, name);
    return activeJobs.has(name) && job.cancel === "no" &&
      job.tasks.every(isDone);
  });
}

const createJobs: Rule = (state, plan, options, limits, { now }) => {
  const { pendingTasks, staged, unconfirmedJobs, outdatedJobs, cancelling } =
    state;
  // An outdated job may be running in the directory that a new task needs.
  if (
    cancelling !== null || options.dryRun ||
    unconfirmedJobs.size + outdatedJobs.size > 0
  ) return [];
  const ready = [...pendingTasks].filter((key) =>
    staged.has(key) && taskOf(state, key).retryAt <= now
  );
  const tasksPerJob = plan.config.resources.tasksPerJob || Infinity;
  const maxTasks = Math.min(tasksPerJob, limits.maxTasksPerJob);
  const groups = pack(ready, maxTasks === Infinity ? 0 : maxTasks);
  return groups.map((group, i) => ({
    type: "jobCreated",
    job: jobName(state.started!.runId, state.nextJobNumber + i),
    tasks: group,
    supersedes: [
      ...new Set(group.flatMap((key) => taskOf(state, key).job ?? [])),
    ],
  }));
};

/** Unique: the random run id and a number; at most 15 characters, the fewest that a queue shows (PBS). */
function jobName(runId: string, number: number): JobName {
  return `d${runId}${number.toString(36)}`;
}

/** The job belongs to the run with this id. */
export function isNamedBy(runId: string, name: JobName): boolean {
  return name.startsWith(jobName(runId, 0).slice(0, -1));
}

/** A submit in progress may make jobs active; what a cancel has done is reported before the end. */
function isActing(busy: LaneTimes["busy"]): boolean {
  return busy.has("submit") || busy.has("cancel");
}

const finish: Rule = (state, plan, options, _limits, { now, busy }) => {
  if (isActing(busy)) return [];
  if (!hasEnded(state) || state.cancelling === "cancel") return [];
  if (!isCollected(state, plan) || mustClean(state, plan, options)) {
    return [];
  }
  const hasSucceeded = isSuccess(state, plan);
  return [{
    type: "runFinished",
    outcome: hasSucceeded ? "succeeded" : "failed",
    ...runCounts(state),
    duration: (now - (state.sessionStartedAt ?? now)) / 1000,
    exitCode: (hasSucceeded ? exitCodes.done : exitCodes.failed).code,
  }];
};

/** Ends the session while the run stays open, because an option says so. */
const endSession: Rule = (state, plan, options, limits, { now, busy }) => {
  const { unconfirmedJobs, pendingTasks, staged, readyJobs } = state;
  if (isActing(busy)) return [];
  if (state.cancelling === "cancel") {
    return hasEnded(state) && isCollected(state, plan)
      ? [{ type: "sessionEnded", reason: "cancel" }]
      : [];
  }
  const reason = options.dryRun
    ? "dryRun"
    : options.exitOnSubmit
    ? "exitOnSubmit"
    : null;
  if (
    reason === null || unconfirmedJobs.size > 0 ||
    !pendingTasks.isSubsetOf(staged)
  ) return [];
  const isSubmitted = pendingTasks.size === 0 &&
    (readyJobs.size === 0 || freeSlots(state, limits, now) === 0);
  return options.dryRun || isSubmitted
    ? [{ type: "sessionEnded", reason }]
    : [];
};
