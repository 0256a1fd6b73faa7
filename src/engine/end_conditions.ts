import type { RunState } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { RunOptions } from "../model/run_options.ts";
import type { RunLimits } from "./run_limits.ts";

/** True when the share of unfinished tasks is one that the user can do without. */
export function isRatioReached(progress: RunState, ratio: number): boolean {
  return unfinished(progress) <= ratio * progress.tasks.size;
}

export function unfinished({ tasks, counts }: RunState): number {
  return tasks.size - counts.succeeded;
}

/** Nothing lives any more and nothing will be submitted. */
export function hasEnded(
  { readyJobs, unconfirmedJobs, activeJobs, pendingTasks, cancelling }:
    RunState,
): boolean {
  if (unconfirmedJobs.size + activeJobs.size > 0) return false;
  return cancelling !== null || readyJobs.size + pendingTasks.size === 0;
}

export function isCollected(progress: RunState, plan: Plan): boolean {
  return progress.tasksToCollect.size === 0 && !awaitsCommon(progress, plan);
}

/** Results of the whole run are still to be brought home. */
export function awaitsCommon(
  { commonCollected, counts }: RunState,
  { commonOutputs }: Plan,
): boolean {
  return !commonCollected && counts.succeeded > 0 && commonOutputs.length > 0;
}

export function isSuccess(progress: RunState, plan: Plan): boolean {
  if (progress.cancelling !== null && progress.cancelling !== "ratio") {
    return false;
  }
  if (isIncomplete(progress)) return false;
  return isRatioReached(
    progress,
    plan.config.resources.strategy.unfinishedRatio,
  );
}

/** Something that was wanted is not at home. */
export function isIncomplete(
  { incomplete, commonMissing, commonKept }: RunState,
): boolean {
  return incomplete.size + commonMissing.length + commonKept.length > 0;
}

export function mustClean(
  progress: RunState,
  plan: Plan,
  { keepRemoteDir }: RunOptions,
): boolean {
  const isThere = progress.isRemoteDirPresent && !progress.isCleaned;
  return isThere && isSuccess(progress, plan) && !keepRemoteDir;
}

/** Jobs of this run may live whose folder is gone: nobody can tell what they do. */
export function isRemoteDirLost(
  { isRemoteDirPresent, activeJobs }: RunState,
): boolean {
  return !isRemoteDirPresent && activeJobs.size > 0;
}

/** Jobs that the scheduler may be handed now. */
export function freeSlots(
  { activeJobs, queueFullSince, lastChangeAt }: RunState,
  pace: RunLimits,
  now: number,
): number {
  const isFull = queueFullSince !== null && lastChangeAt <= queueFullSince &&
    now < queueFullSince + pace.retryWhenFullMs;
  return isFull ? 0 : Math.max(pace.maxActiveJobs - activeJobs.size, 0);
}
