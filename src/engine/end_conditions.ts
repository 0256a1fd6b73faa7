import type { RunState } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { RunOptions } from "../model/run_options.ts";
import type { RunLimits } from "./run_limits.ts";

/** True when the share of unfinished tasks is one that the user can do without. */
export function isRatioReached(state: RunState, ratio: number): boolean {
  return unfinished(state) <= ratio * state.tasks.size;
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

export function isCollected(state: RunState, plan: Plan): boolean {
  return state.tasksToCollect.size === 0 && !awaitsCommon(state, plan);
}

/** Results of the whole run are still to be brought home. */
export function awaitsCommon(
  { isCommonCollected, counts }: RunState,
  { commonOutputs }: Plan,
): boolean {
  return !isCommonCollected && counts.succeeded > 0 && commonOutputs.length > 0;
}

export function isSuccess(state: RunState, plan: Plan): boolean {
  if (state.cancelling !== null && state.cancelling !== "ratio") {
    return false;
  }
  if (isIncomplete(state)) return false;
  return isRatioReached(
    state,
    plan.config.resources.strategy.unfinishedRatio,
  );
}

/** Something that was wanted is not at home. */
export function isIncomplete(
  { incompleteTasks, commonMissing, commonNotDownloaded }: RunState,
): boolean {
  return incompleteTasks.size + commonMissing.length +
      commonNotDownloaded.length > 0;
}

export function mustClean(
  state: RunState,
  plan: Plan,
  { keepRemoteDir }: RunOptions,
): boolean {
  const isThere = state.isRemoteDirPresent && !state.isCleaned;
  return isThere && isSuccess(state, plan) && !keepRemoteDir;
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
  limits: RunLimits,
  now: number,
): number {
  const isFull = queueFullSince !== null && lastChangeAt <= queueFullSince &&
    now < queueFullSince + limits.retryWhenFullMs;
  return isFull ? 0 : Math.max(limits.maxActiveJobs - activeJobs.size, 0);
}
