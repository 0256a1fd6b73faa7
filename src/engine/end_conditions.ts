import type { Progress } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { Wishes } from "../model/run_options.ts";
import type { Pace } from "./run_limits.ts";

/** True when the share of unfinished tasks is one that the user can do without. */
export function isEnough(progress: Progress, ratio: number): boolean {
  return unfinished(progress) <= ratio * progress.tasks.size;
}

export function unfinished({ tasks, counts }: Progress): number {
  return tasks.size - counts.done;
}

/** Nothing lives any more and nothing will be submitted. */
export function isOver(
  { due, intended, live, free, cancelling }: Progress,
): boolean {
  if (intended.size + live.size > 0) return false;
  return cancelling !== null || due.size + free.size === 0;
}

export function isHome(progress: Progress, plan: Plan): boolean {
  return progress.ripe.size === 0 && !awaitsCommon(progress, plan);
}

/** Results of the whole run are still to be brought home. */
export function awaitsCommon(
  { commonCollected, counts }: Progress,
  { commonOutputs }: Plan,
): boolean {
  return !commonCollected && counts.done > 0 && commonOutputs.length > 0;
}

export function isGood(progress: Progress, plan: Plan): boolean {
  if (progress.cancelling !== null && progress.cancelling !== "ratio") {
    return false;
  }
  if (isIncomplete(progress)) return false;
  return isEnough(progress, plan.config.resources.strategy.unfinishedRatio);
}

/** Something that was wanted is not at home. */
export function isIncomplete(
  { incomplete, commonMissing, commonKept }: Progress,
): boolean {
  return incomplete.size + commonMissing.length + commonKept.length > 0;
}

export function mustClean(
  progress: Progress,
  plan: Plan,
  { keep }: Wishes,
): boolean {
  const isThere = progress.present && !progress.cleaned;
  return isThere && isGood(progress, plan) && !keep;
}

/** Jobs of this run may live whose folder is gone: nobody can tell what they do. */
export function isStranded({ present, live }: Progress): boolean {
  return !present && live.size > 0;
}

/** Jobs that the scheduler may be handed now. */
export function room(
  { live, fullSince, changedAt }: Progress,
  pace: Pace,
  now: number,
): number {
  const isFull = fullSince !== null && changedAt <= fullSince &&
    now < fullSince + pace.fullWait;
  return isFull ? 0 : Math.max(pace.slots - live.size, 0);
}
