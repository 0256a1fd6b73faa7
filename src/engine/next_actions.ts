/** Decides which actions to start now. */
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
import { restAfter } from "../text/retry.ts";
import type { Action, Lane } from "./action.ts";
import type { Plan } from "../model/plan.ts";
import type { RunOptions } from "../model/run_options.ts";
import type { LaneTimes, RunLimits } from "./run_limits.ts";

/** Between two collect actions while jobs are active (ms), so that several results are downloaded together. */
const COLLECT_INTERVAL_MS = 250;

/** After the first, second, … request to cancel a job that has not ended (ms). A running job may take some seconds to end; some systems accept no cancel while a job starts. */
const CANCEL_DELAYS = {
  accepted: { restsMs: [10, 20, 40, 60].map((s) => 1000 * s) },
  sent: { restsMs: [5, 10, 20, 40, 60].map((s) => 1000 * s) },
};

/** The share of the time that polls may take: the machine is there for the jobs. */
const POLL_SHARE = 1 / 2;

/** While jobs are submitted: that takes the same machine, batch system or connection, and a poll can only show results a little earlier. */
const SHARE_BESIDE_SUBMIT = 1 / 8;

/** The longest rest between two collect actions while jobs are submitted (ms): where results are large, the connection must not be idle for long. */
const MAX_COLLECT_REST_MS = 2000;

/** Jobs given to one submit script, which stops by itself after 30 s. */
const MAX_JOBS_PER_SUBMIT = 1000;

/**
 * The actions to start now, at most one a lane, and when to decide again if
 * nothing happens before (ms, as `Clock.elapsed`; null: at the next event only).
 */
export function nextActions(
  state: RunState,
  plan: Plan,
  options: RunOptions,
  limits: RunLimits,
  times: LaneTimes,
): { readonly actions: readonly Action[]; readonly wake: number | null } {
  if (state.finished) return { actions: [], wake: null };
  if (!state.remote || state.mustInspect) {
    // It reads all records from their beginning: no poll may read them at the same time.
    const isFree = times.busy.size === 0;
    return {
      actions: isFree ? [{ lane: "submit", do: "inspect" }] : [],
      wake: null,
    };
  }
  const pollAt = nextPoll(state, limits, times);
  const collectAt = nextCollect(state, times);
  const cancel = nextCancel(state, times);
  // An action for a busy lane would be made in vain, at every event.
  const ifFree = (lane: Lane, action: () => Action | null) =>
    times.busy.has(lane) ? null : action();
  const actions = [
    ifFree("cancel", () => cancel.action),
    ifFree("submit", () => submitAction(state, options, limits, times)),
    ifFree(
      "poll",
      () =>
        pollAt !== null && pollAt <= times.now
          ? { lane: "poll", do: "poll" }
          : null,
    ),
    ifFree(
      "collect",
      () =>
        collectAt !== null && collectAt <= times.now
          ? collectAction(state, plan)
          : null,
    ),
    ifFree("clean", () => cleanAction(state, plan, options, times)),
  ].filter((action) => action !== null);
  return {
    actions,
    wake: earliest(
      [pollAt, collectAt, cancel.wake, ...wakeTimes(state, limits)],
      times.now,
    ),
  };
}

/** A cancel that was sent may have come to nothing: it is sent again as long as the job does not end. */
function nextCancel(
  state: RunState,
  { now }: LaneTimes,
): { readonly action: Action | null; readonly wake: number | null } {
  const { activeJobs, jobsToCancel, cancelling } = state;
  // A submit that was in progress may still make jobs active.
  const candidates = cancelling === null ? jobsToCancel : activeJobs;
  const { due = [], later = [] } = Object.groupBy(
    [...candidates].flatMap((name) => {
      const job = jobOf(state, name);
      if (job.id === null || !activeJobs.has(name)) return [];
      const { cancel, cancelRequests, cancelSentAt, missedPolls } = job;
      if (cancelRequests === 0) return [{ name, at: now }];
      // The queue no longer shows it.
      if (missedPolls > 0) return [];
      const delays = CANCEL_DELAYS[cancel === "accepted" ? "accepted" : "sent"];
      return [{ name, at: cancelSentAt + restAfter(delays, cancelRequests) }];
    }),
    ({ at }) => at <= now ? "due" : "later",
  );
  return {
    action: due.length > 0
      ? { lane: "cancel", do: "cancel", jobs: due.map(({ name }) => name) }
      : null,
    wake: earliest(later.map(({ at }) => at), now),
  };
}

function submitAction(
  state: RunState,
  options: RunOptions,
  limits: RunLimits,
  { now }: LaneTimes,
): Action | null {
  const { unconfirmedJobs, pendingTasks, staged, readyJobs, cancelling } =
    state;
  if (unconfirmedJobs.size > 0) {
    return { lane: "submit", do: "reconcile", jobs: [...unconfirmedJobs] };
  }
  if (cancelling !== null || isRemoteDirLost(state)) return null;
  const unstagedOf = (keys: Iterable<TaskKey>) =>
    [...keys].filter((key) => !staged.has(key));
  const unstaged = unstagedOf(pendingTasks);
  if (unstaged.length > 0) return stageAction(unstaged);
  const slots = freeSlots(state, limits, now);
  if (options.dryRun || slots === 0) return null;
  const ahead = options.exitOnSubmit ? 0 : limits.submitAhead;
  const jobs = take(readyJobs, Math.min(slots + ahead, MAX_JOBS_PER_SUBMIT));
  if (jobs.length === 0) return null;
  // Jobs of an earlier session, which staged other files.
  const stale = unstagedOf(jobs.flatMap((name) => jobOf(state, name).tasks));
  return stale.length > 0
    ? stageAction(stale)
    : { lane: "submit", do: "submit", jobs, slots: limits.maxActiveJobs };
}

function stageAction(tasks: readonly TaskKey[]): Action {
  return { lane: "submit", do: "stage", tasks };
}

function take<T>(values: Iterable<T>, count: number): readonly T[] {
  return [...Iterator.from(values).take(count)];
}

function nextPoll(
  state: RunState,
  { minPollMs, maxPollMs }: RunLimits,
  { now, polledAt, pollMs, hasRemoteChange, busy }: LaneTimes,
): number | null {
  const [oldest] = state.activeJobs;
  if (oldest === undefined) return null;
  // A short job may have ended before the shortest interval has passed.
  if (polledAt === null && hasRemoteChange) return now;
  // The longer nothing has changed, the longer the interval.
  const interval = hasRemoteChange ? 0 : (now - state.lastChangeAt) / 8;
  const share = busy.has("submit") ? SHARE_BESIDE_SUBMIT : POLL_SHARE;
  const delay = Math.min(
    Math.max(interval, minPollMs, pollMs / share),
    maxPollMs,
  );
  // The queue shows at once what it has cancelled.
  const { cancelSentAt } = state;
  if (cancelSentAt !== null && cancelSentAt > (polledAt ?? 0)) return now;
  if (polledAt !== null) return polledAt + delay;
  // Jobs that become active later do not delay the first poll.
  const { submittedAt } = jobOf(state, oldest);
  return submittedAt === null ? now : submittedAt + delay;
}

function nextCollect(
  state: RunState,
  { now, collectedAt, collectMs, busy }: LaneTimes,
): number | null {
  if (hasEnded(state)) return now;
  if (state.tasksToCollect.size === 0) return null;
  if (collectedAt === null) return 0;
  const rest = busy.has("submit")
    ? Math.min(collectMs / SHARE_BESIDE_SUBMIT - collectMs, MAX_COLLECT_REST_MS)
    : 0;
  return collectedAt + Math.max(COLLECT_INTERVAL_MS, collectMs + rest);
}

function collectAction(state: RunState, plan: Plan): Action | null {
  const { tasksToCollect } = state;
  if (tasksToCollect.size > 0) {
    return { lane: "collect", do: "collect", tasks: [...tasksToCollect] };
  }
  if (!hasEnded(state) || !awaitsCommon(state, plan)) return null;
  return { lane: "collect", do: "collectCommon" };
}

function cleanAction(
  state: RunState,
  plan: Plan,
  options: RunOptions,
  { busy }: LaneTimes,
): Action | null {
  // A submit in progress could create the directory again.
  if (busy.has("submit")) return null;
  if (!hasEnded(state) || !isCollected(state, plan)) return null;
  return mustClean(state, plan, options)
    ? { lane: "clean", do: "clean" }
    : null;
}

function wakeTimes(
  state: RunState,
  limits: RunLimits,
): readonly (number | null)[] {
  const { pendingTasks, readyJobs, queueFullSince } = state;
  const submitAt = queueFullSince !== null && readyJobs.size > 0
    ? queueFullSince + limits.retryWhenFullMs
    : null;
  return [
    submitAt,
    ...[...pendingTasks].map((key) => taskOf(state, key).retryAt),
  ];
}

function earliest(
  times: readonly (number | null)[],
  now: number,
): number | null {
  const ahead = times.filter((time) => time !== null && time > now) as number[];
  return ahead.length > 0 ? ahead.reduce((a, b) => Math.min(a, b)) : null;
}
