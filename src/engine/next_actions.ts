/** What to ask of the execution side now. */
import {
  awaitsCommon,
  freeSlots,
  hasEnded,
  isCollected,
  isRemoteDirLost,
  mustClean,
} from "./end_conditions.ts";
import type { TaskKey } from "../model/job.ts";
import { jobOf, type RunState, taskOf } from "../model/run_state/mod.ts";
import type { Action } from "./action.ts";
import type { Plan } from "../model/plan.ts";
import type { RunOptions } from "../model/run_options.ts";
import type { LaneTimes, RunLimits } from "./run_limits.ts";

/** Between two collectings while jobs are at work (ms): results come home as they are there, some at a time. */
const COLLECT_EVERY = 250;

/** Jobs handed over by one submit script; it stops by itself after 30 s. */
const SUBMIT_AT_ONCE = 1000;

/**
 * What to ask of the backend now, at most one step a lane, and when to look
 * again if nothing happens before (ms since 1970; null: nothing is awaited).
 */
export function nextActions(
  progress: RunState,
  plan: Plan,
  wishes: RunOptions,
  pace: RunLimits,
  clock: LaneTimes,
): { readonly steps: readonly Action[]; readonly wake: number | null } {
  if (progress.finished) return { steps: [], wake: null };
  if (!progress.remote || progress.mustInspect) {
    // It reads all records from their beginning: nobody reads beside that.
    const isFree = clock.busy.size === 0;
    return {
      steps: isFree ? [{ lane: "submit", do: "survey" }] : [],
      wake: null,
    };
  }
  const pollAt = nextPoll(progress, pace, clock);
  const collectAt = nextCollect(progress, clock);
  const steps = [
    cancelStep(progress),
    submitStep(progress, wishes, pace, clock),
    pollAt !== null && pollAt <= clock.now
      ? { lane: "poll", do: "poll" } as const
      : null,
    collectAt !== null && collectAt <= clock.now
      ? collectStep(progress, plan)
      : null,
    cleanStep(progress, plan, wishes, clock),
  ].filter((step) => step !== null);
  return {
    steps,
    wake: earliest(
      [pollAt, collectAt, ...wakeTimes(progress, pace)],
      clock.now,
    ),
  };
}

function cancelStep(progress: RunState): Action | null {
  const { activeJobs, condemned, cancelling } = progress;
  // A submit that was under way may still bring jobs to life.
  const wished = cancelling === null ? condemned : activeJobs;
  const jobs = [...wished].filter((name) => {
    const { cancel, id } = jobOf(progress, name);
    return cancel !== "sent" && id !== null && activeJobs.has(name);
  });
  return jobs.length > 0 ? { lane: "cancel", do: "cancel", jobs } : null;
}

function submitStep(
  progress: RunState,
  wishes: RunOptions,
  pace: RunLimits,
  { now }: LaneTimes,
): Action | null {
  const { unconfirmedJobs, pendingTasks, staged, readyJobs, cancelling } =
    progress;
  if (unconfirmedJobs.size > 0) {
    return { lane: "submit", do: "settle", jobs: [...unconfirmedJobs] };
  }
  if (cancelling !== null || isRemoteDirLost(progress)) return null;
  const bare = (keys: Iterable<TaskKey>) =>
    [...keys].filter((key) => !staged.has(key));
  const unstaged = bare(pendingTasks);
  if (unstaged.length > 0) return stageStep(unstaged);
  const slots = freeSlots(progress, pace, now);
  if (wishes.dryRun || slots === 0) return null;
  const ahead = wishes.exitOnSubmit ? 0 : pace.submitAhead;
  const jobs = take(readyJobs, Math.min(slots + ahead, SUBMIT_AT_ONCE));
  if (jobs.length === 0) return null;
  // Packed by an earlier dpdisp, which staged something else.
  const stale = bare(jobs.flatMap((name) => jobOf(progress, name).tasks));
  return stale.length > 0
    ? stageStep(stale)
    : { lane: "submit", do: "submit", jobs, slots: pace.maxActiveJobs };
}

function stageStep(tasks: readonly TaskKey[]): Action {
  return { lane: "submit", do: "stage", tasks };
}

function take<T>(values: Iterable<T>, count: number): readonly T[] {
  return [...Iterator.from(values).take(count)];
}

function nextPoll(
  progress: RunState,
  { minPollMs, maxPollMs }: RunLimits,
  { now, polledAt, hasRemoteChange }: LaneTimes,
): number | null {
  const [oldest] = progress.activeJobs;
  if (oldest === undefined) return null;
  // The longer nothing has changed, the less often it is worth asking.
  const quiet = hasRemoteChange ? 0 : (now - progress.lastChangeAt) / 8;
  const delay = Math.min(Math.max(quiet, minPollMs), maxPollMs);
  // Jobs that keep coming to life do not put off the first look.
  return (polledAt ?? jobOf(progress, oldest).submittedAt) + delay;
}

function nextCollect(
  progress: RunState,
  { now, collectedAt }: LaneTimes,
): number | null {
  if (hasEnded(progress)) return now;
  return progress.tasksToCollect.size > 0
    ? (collectedAt ?? -COLLECT_EVERY) + COLLECT_EVERY
    : null;
}

function collectStep(progress: RunState, plan: Plan): Action | null {
  const { tasksToCollect } = progress;
  if (tasksToCollect.size > 0) {
    return { lane: "collect", do: "collect", tasks: [...tasksToCollect] };
  }
  if (!hasEnded(progress) || !awaitsCommon(progress, plan)) return null;
  return { lane: "collect", do: "collectCommon" };
}

function cleanStep(
  progress: RunState,
  plan: Plan,
  wishes: RunOptions,
  { busy }: LaneTimes,
): Action | null {
  // What is cleaned must not be filled again meanwhile.
  if (busy.has("submit")) return null;
  if (!hasEnded(progress) || !isCollected(progress, plan)) return null;
  return mustClean(progress, plan, wishes)
    ? { lane: "clean", do: "clean" }
    : null;
}

function wakeTimes(
  progress: RunState,
  pace: RunLimits,
): readonly (number | null)[] {
  const { pendingTasks, readyJobs, queueFullSince } = progress;
  const full = queueFullSince !== null && readyJobs.size > 0
    ? queueFullSince + pace.retryWhenFullMs
    : null;
  return [
    full,
    ...[...pendingTasks].map((key) => taskOf(progress, key).retryAt),
  ];
}

function earliest(
  times: readonly (number | null)[],
  now: number,
): number | null {
  const ahead = times.filter((time) => time !== null && time > now) as number[];
  return ahead.length > 0 ? ahead.reduce((a, b) => Math.min(a, b)) : null;
}
