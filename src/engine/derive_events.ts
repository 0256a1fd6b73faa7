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
const MAX_LOSSES = 5;

/**
 * Tasks given up, jobs packed, a run wound up or finished. Empty when nothing
 * follows.
 */
export function deriveEvents(
  progress: RunState,
  plan: Plan,
  wishes: RunOptions,
  pace: RunLimits,
  clock: Pick<LaneTimes, "now" | "busy">,
): readonly EventData[] {
  if (!progress.remote || progress.finished) return [];
  const rules = [
    giveUp,
    requestCancel,
    dropOutdated,
    createJobs,
    finish,
    endSession,
  ];
  for (const rule of rules) {
    const happenings = rule(progress, plan, wishes, pace, clock);
    if (happenings.length > 0) return happenings;
  }
  return [];
}

type Rule = typeof deriveEvents;

const giveUp: Rule = (progress, { config }) =>
  [...progress.pendingTasks].flatMap((task) => {
    const { failedAttempts, schedulerLosses, code } = taskOf(progress, task);
    const spent = failedAttempts > config.machine.retries ||
      schedulerLosses > MAX_LOSSES;
    return spent ? [{ type: "taskFailed", task, code }] : [];
  });

const requestCancel: Rule = (progress, plan, wishes) => {
  const why = progress.cancelling === null &&
    reasonToStop(progress, plan, wishes);
  return why
    ? [{ type: "cancelRequested", why, jobs: [...progress.activeJobs] }]
    : [];
};

function reasonToStop(
  progress: RunState,
  { config }: Plan,
  wishes: RunOptions,
): "ratio" | "fail-fast" | "cancel" | null {
  if (wishes.cancel) return "cancel";
  if (unfinished(progress) === 0) return null;
  if (isRatioReached(progress, config.resources.strategy.unfinishedRatio)) {
    return "ratio";
  }
  return wishes.failFast && progress.counts.failed > 0 ? "fail-fast" : null;
}

/** Jobs that only compute what nobody wants any more. */
const dropOutdated: Rule = (progress) => {
  const { outdated, activeJobs, tasks, cancelling } = progress;
  if (cancelling !== null || outdated.size === 0) return [];
  const idle = (key: TaskKey) =>
    (tasks.get(key)?.state ?? "succeeded") === "succeeded";
  const useless = [...outdated].filter((name) => {
    const job = jobOf(progress, name);
    return activeJobs.has(name) && job.cancel === "no" && job.tasks.every(idle);
  });
  return useless.length > 0
    ? [{ type: "cancelRequested", why: "outdated", jobs: useless }]
    : [];
};

const createJobs: Rule = (progress, plan, wishes, pace, { now }) => {
  const { pendingTasks, staged, unconfirmedJobs, outdated, cancelling } =
    progress;
  // An outdated job may be at work in the very folder that a new task needs.
  if (
    cancelling !== null || wishes.dryRun ||
    unconfirmedJobs.size + outdated.size > 0
  ) return [];
  const ready = [...pendingTasks].filter((key) =>
    staged.has(key) && taskOf(progress, key).retryAt <= now
  );
  const wanted = plan.config.resources.tasksPerJob || Infinity;
  const most = Math.min(wanted, pace.maxTasksPerJob);
  const groups = pack(ready, most === Infinity ? 0 : most);
  return groups.map((group, i) => ({
    type: "jobCreated",
    job: jobName(progress.started!.mark, progress.nextJobNumber + i),
    tasks: group,
    after: [
      ...new Set(group.flatMap((key) => taskOf(progress, key).job ?? [])),
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

const finish: Rule = (progress, plan, wishes, _pace, { busy }) => {
  // Something may still be handed over.
  if (busy.has("submit")) return [];
  if (!hasEnded(progress) || progress.cancelling === "cancel") return [];
  if (!isCollected(progress, plan) || mustClean(progress, plan, wishes)) {
    return [];
  }
  const outcome = isSuccess(progress, plan) ? "succeeded" : "failed";
  return [{
    type: "runFinished",
    outcome,
    dropped: unfinished(progress) - progress.counts.failed,
  }];
};

/** Goes while the run is open, because that was wished for. */
const endSession: Rule = (progress, plan, wishes, pace, { now, busy }) => {
  const { unconfirmedJobs, pendingTasks, staged, readyJobs } = progress;
  if (busy.has("submit")) return [];
  if (progress.cancelling === "cancel") {
    return hasEnded(progress) && isCollected(progress, plan)
      ? [{ type: "sessionEnded", why: "cancel" }]
      : [];
  }
  const why = wishes.dryRun
    ? "dry-run"
    : wishes.exitOnSubmit
    ? "exit-on-submit"
    : null;
  if (
    why === null || unconfirmedJobs.size > 0 || !pendingTasks.isSubsetOf(staged)
  ) return [];
  const isHandedOver = pendingTasks.size === 0 &&
    (readyJobs.size === 0 || freeSlots(progress, pace, now) === 0);
  return wishes.dryRun || isHandedOver ? [{ type: "sessionEnded", why }] : [];
};
