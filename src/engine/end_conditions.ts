import type { RunCounts } from "../model/event.ts";
import type { RunState } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { RunOptions } from "../model/run_options.ts";
import type { RunLimits } from "./run_limits.ts";

/** True when the share of unfinished tasks is at most the ratio that the user accepts. */
export function isRatioReached(state: RunState, ratio: number): boolean {
  return unfinished(state) <= ratio * state.tasks.size;
}

export function unfinished({ tasks, counts }: RunState): number {
  return tasks.size - counts.succeeded;
}

export function runCounts(state: RunState): RunCounts {
  const { counts: { succeeded, failed }, incompleteTasks, cancelling } = state;
  return {
    succeeded,
    failed,
    cancelled: cancelling === null ? 0 : unfinished(state) - failed,
    missingResults: incompleteTasks.size,
  };
}

/** No job is active and no more jobs will be submitted. */
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

/** The common results are not collected yet. */
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

/** A requested result was not downloaded. */
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
  const exists = state.isRemoteDirPresent && !state.isCleaned;
  return exists && isSuccess(state, plan) && !keepRemoteDir;
}

/** Jobs of this run may be active although their remote directory is gone, so that their records cannot be read. */
export function isRemoteDirLost(
  { isRemoteDirPresent, activeJobs }: RunState,
): boolean {
  return !isRemoteDirPresent && activeJobs.size > 0;
}

/** How many jobs may be submitted now. */
export function freeSlots(
  { activeJobs, queueFullSince, lastChangeAt }: RunState,
  limits: RunLimits,
  now: number,
): number {
  const isFull = queueFullSince !== null && lastChangeAt <= queueFullSince &&
    now < queueFullSince + limits.retryWhenFullMs;
  return isFull ? 0 : Math.max(limits.maxActiveJobs - activeJobs.size, 0);
}
