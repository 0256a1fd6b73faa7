/** What to ask of the execution side now. */
import {
  awaitsCommon,
  isHome,
  isOver,
  isStranded,
  mustClean,
  room,
} from "./end_conditions.ts";
import type { TaskKey } from "../model/job.ts";
import { jobOf, type Progress, taskOf } from "../model/run_state/mod.ts";
import type { Step } from "./action.ts";
import type { Plan } from "../model/plan.ts";
import type { Wishes } from "../model/run_options.ts";
import type { Clock, Pace } from "./run_limits.ts";

/** Between two collectings while jobs are at work (ms): results come home as they are there, some at a time. */
const COLLECT_EVERY = 250;

/** Jobs handed over by one submit script; it stops by itself after 30 s. */
const SUBMIT_AT_ONCE = 1000;

/**
 * What to ask of the backend now, at most one step a lane, and when to look
 * again if nothing happens before (ms since 1970; null: nothing is awaited).
 */
export function next(
  progress: Progress,
  plan: Plan,
  wishes: Wishes,
  pace: Pace,
  clock: Clock,
): { readonly steps: readonly Step[]; readonly wake: number | null } {
  if (progress.finished) return { steps: [], wake: null };
  if (!progress.surveyed || progress.unsure) {
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
    wake: earliest([pollAt, collectAt, ...waits(progress, pace)], clock.now),
  };
}

function cancelStep(progress: Progress): Step | null {
  const { live, condemned, cancelling } = progress;
  // A submit that was under way may still bring jobs to life.
  const wished = cancelling === null ? condemned : live;
  const jobs = [...wished].filter((name) => {
    const { cancel, id } = jobOf(progress, name);
    return cancel !== "sent" && id !== null && live.has(name);
  });
  return jobs.length > 0 ? { lane: "cancel", do: "cancel", jobs } : null;
}

function submitStep(
  progress: Progress,
  wishes: Wishes,
  pace: Pace,
  { now }: Clock,
): Step | null {
  const { intended, free, staged, due, cancelling } = progress;
  if (intended.size > 0) {
    return { lane: "submit", do: "settle", jobs: [...intended] };
  }
  if (cancelling !== null || isStranded(progress)) return null;
  const bare = (keys: Iterable<TaskKey>) =>
    [...keys].filter((key) => !staged.has(key));
  const unstaged = bare(free);
  if (unstaged.length > 0) return stageStep(unstaged);
  const slots = room(progress, pace, now);
  if (wishes.dryRun || slots === 0) return null;
  const ahead = wishes.exitOnSubmit ? 0 : pace.ahead;
  const jobs = firstOf(due, Math.min(slots + ahead, SUBMIT_AT_ONCE));
  if (jobs.length === 0) return null;
  // Packed by an earlier dpdisp, which staged something else.
  const stale = bare(jobs.flatMap((name) => jobOf(progress, name).tasks));
  return stale.length > 0
    ? stageStep(stale)
    : { lane: "submit", do: "submit", jobs, slots: pace.slots };
}

function stageStep(tasks: readonly TaskKey[]): Step {
  return { lane: "submit", do: "stage", tasks };
}

function firstOf<T>(values: Iterable<T>, count: number): readonly T[] {
  return [...Iterator.from(values).take(count)];
}

function nextPoll(
  progress: Progress,
  { pollFloor, pollCeiling }: Pace,
  { now, polledAt, stirred }: Clock,
): number | null {
  const [oldest] = progress.live;
  if (oldest === undefined) return null;
  // The longer nothing has changed, the less often it is worth asking.
  const quiet = stirred ? 0 : (now - progress.changedAt) / 8;
  const delay = Math.min(Math.max(quiet, pollFloor), pollCeiling);
  // Jobs that keep coming to life do not put off the first look.
  return (polledAt ?? jobOf(progress, oldest).submittedAt) + delay;
}

function nextCollect(
  progress: Progress,
  { now, collectedAt }: Clock,
): number | null {
  if (isOver(progress)) return now;
  return progress.ripe.size > 0
    ? (collectedAt ?? -COLLECT_EVERY) + COLLECT_EVERY
    : null;
}

function collectStep(progress: Progress, plan: Plan): Step | null {
  const { ripe } = progress;
  if (ripe.size > 0) {
    return { lane: "collect", do: "collect", tasks: [...ripe] };
  }
  if (!isOver(progress) || !awaitsCommon(progress, plan)) return null;
  return { lane: "collect", do: "collectCommon" };
}

function cleanStep(
  progress: Progress,
  plan: Plan,
  wishes: Wishes,
  { busy }: Clock,
): Step | null {
  // What is cleaned must not be filled again meanwhile.
  if (busy.has("submit")) return null;
  if (!isOver(progress) || !isHome(progress, plan)) return null;
  return mustClean(progress, plan, wishes)
    ? { lane: "clean", do: "clean" }
    : null;
}

function waits(
  progress: Progress,
  pace: Pace,
): readonly (number | null)[] {
  const { free, due, fullSince } = progress;
  const full = fullSince !== null && due.size > 0
    ? fullSince + pace.fullWait
    : null;
  return [full, ...[...free].map((key) => taskOf(progress, key).notBefore)];
}

function earliest(
  times: readonly (number | null)[],
  now: number,
): number | null {
  const ahead = times.filter((time) => time !== null && time > now) as number[];
  return ahead.length > 0 ? ahead.reduce((a, b) => Math.min(a, b)) : null;
}
