/** What follows from the progress without asking anyone. */
import {
  freeSlots,
  hasEnded,
  isCollected,
  isRatioReached,
  isSuccess,
  mustClean,
  unfinished,
} from "./end_conditions.ts";
import type { EventData } from "../model/event.ts";
import type { JobName, TaskKey } from "../model/job.ts";
import { pack } from "../pipeline/plan/pack.ts";
import { jobOf, type RunState, taskOf } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { RunOptions } from "../model/run_options.ts";
import type { LaneTimes, RunLimits } from "./run_limits.ts";

/** Times that the scheduler may take a task away without it counting as a try. */
const MAX_SCHEDULER_LOSSES = 5;

/**
 * Tasks given up, jobs packed, a run wound up or finished. Empty when nothing
 * follows.
 */
export function deriveEvents(
  state: RunState,
  plan: Plan,
  options: RunOptions,
  limits: RunLimits,
  clock: Pick<LaneTimes, "now" | "busy">,
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
    const events = rule(state, plan, options, limits, clock);
    if (events.length > 0) return events;
  }
  return [];
}

type Rule = typeof deriveEvents;

const failTasks: Rule = (state, { config }) =>
  [...state.pendingTasks].flatMap((task) => {
    const { failedAttempts, schedulerLosses, code } = taskOf(state, task);
    const spent = failedAttempts > config.machine.retries ||
      schedulerLosses > MAX_SCHEDULER_LOSSES;
    return spent ? [{ type: "taskFailed", task, code }] : [];
  });

const requestCancel: Rule = (state, plan, options) => {
  const why = state.cancelling === null &&
    reasonToStop(state, plan, options);
  return why
    ? [{ type: "cancelRequested", reason: why, jobs: [...state.activeJobs] }]
    : [];
};

function reasonToStop(
  state: RunState,
  { config }: Plan,
  options: RunOptions,
): "ratio" | "fail-fast" | "cancel" | null {
  if (options.cancel) return "cancel";
  if (unfinished(state) === 0) return null;
  if (isRatioReached(state, config.resources.strategy.unfinishedRatio)) {
    return "ratio";
  }
  return options.failFast && state.counts.failed > 0 ? "fail-fast" : null;
}

/** Jobs that only compute what nobody wants any more. */
const cancelOutdated: Rule = (state) => {
  const { outdatedJobs, activeJobs, tasks, cancelling } = state;
  if (cancelling !== null || outdatedJobs.size === 0) return [];
  const idle = (key: TaskKey) =>
    (tasks.get(key)?.state ?? "succeeded") === "succeeded";
  const useless = [...outdatedJobs].filter((name) => {
    const job = jobOf(state, name);
    return activeJobs.has(name) && job.cancel === "no" && job.tasks.every(idle);
  });
  return useless.length > 0
    ? [{ type: "cancelRequested", reason: "outdated", jobs: useless }]
    : [];
};

const createJobs: Rule = (state, plan, options, limits, { now }) => {
  const { pendingTasks, staged, unconfirmedJobs, outdatedJobs, cancelling } =
    state;
  // An outdated job may be at work in the very folder that a new task needs.
  if (
    cancelling !== null || options.dryRun ||
    unconfirmedJobs.size + outdatedJobs.size > 0
  ) return [];
  const ready = [...pendingTasks].filter((key) =>
    staged.has(key) && taskOf(state, key).retryAt <= now
  );
  const wanted = plan.config.resources.tasksPerJob || Infinity;
  const most = Math.min(wanted, limits.maxTasksPerJob);
  const groups = pack(ready, most === Infinity ? 0 : most);
  return groups.map((group, i) => ({
    type: "jobCreated",
    job: jobName(state.started!.runId, state.nextJobNumber + i),
    tasks: group,
    supersedes: [
      ...new Set(group.flatMap((key) => taskOf(state, key).job ?? [])),
    ],
  }));
};

/** Unique for ever: the run's random mark and a count; at most 15 characters, the least that a queue shows (PBS). */
function jobName(mark: string, count: number): JobName {
  return `d${mark}${count.toString(36)}`;
}

/** The job is of the run with this mark. */
export function isNamedBy(mark: string, name: JobName): boolean {
  return name.startsWith(jobName(mark, 0).slice(0, -1));
}

const finish: Rule = (state, plan, options, _pace, { busy }) => {
  // Something may still be handed over.
  if (busy.has("submit")) return [];
  if (!hasEnded(state) || state.cancelling === "cancel") return [];
  if (!isCollected(state, plan) || mustClean(state, plan, options)) {
    return [];
  }
  const outcome = isSuccess(state, plan) ? "succeeded" : "failed";
  return [{
    type: "runFinished",
    outcome,
    dropped: unfinished(state) - state.counts.failed,
  }];
};

/** Goes while the run is open, because that was wished for. */
const endSession: Rule = (state, plan, options, limits, { now, busy }) => {
  const { unconfirmedJobs, pendingTasks, staged, readyJobs } = state;
  if (busy.has("submit")) return [];
  if (state.cancelling === "cancel") {
    return hasEnded(state) && isCollected(state, plan)
      ? [{ type: "sessionEnded", reason: "cancel" }]
      : [];
  }
  const why = options.dryRun
    ? "dry-run"
    : options.exitOnSubmit
    ? "exit-on-submit"
    : null;
  if (
    why === null || unconfirmedJobs.size > 0 || !pendingTasks.isSubsetOf(staged)
  ) return [];
  const isHandedOver = pendingTasks.size === 0 &&
    (readyJobs.size === 0 || freeSlots(state, limits, now) === 0);
  return options.dryRun || isHandedOver
    ? [{ type: "sessionEnded", reason: why }]
    : [];
};
