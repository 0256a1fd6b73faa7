/** What an edit of the script or of its inputs means for a run that is not finished. */
import { outdatedJobsToCancel } from "./derive_events.ts";
import type {
  CollectedTask,
  Event,
  EventData,
  TaskSummary,
} from "../model/event.ts";
import type { TaskKey } from "../model/job.ts";
import type { EditEffect } from "../model/run_options.ts";
import {
  type RunState,
  taskOf,
  type TrackedTask,
} from "../model/run_state/mod.ts";
import type { Plan, Task } from "../model/plan.ts";

/** A finished task of the earlier version, and the task of the present version that takes its place. */
interface Replacement {
  readonly earlier: TaskKey;
  readonly present: TaskKey;
}

export interface Edit extends EditEffect {
  readonly replacements: readonly Replacement[];
  /** The event that records that finished tasks no longer count; null: none does. */
  readonly discard: EventData | null;
  /** The event by which their results count as those of the present version. */
  readonly keep: EventData | null;
}

/**
 * Null: no finished task runs again and no active job is cancelled.
 * @param past the state by the journal alone, with the tasks of all versions
 * @param state the same for the tasks of the plan
 */
export function findEdit(
  events: readonly Event[],
  past: RunState,
  state: RunState,
  plan: Plan,
): Edit | null {
  const finished = finishedBefore(events, past, plan);
  const replacements = replacementsOf(finished, plan, state);
  const cancelledJobs = outdatedJobsToCancel(state).length;
  if (replacements.length + cancelledJobs === 0) return null;
  const present = new Set(replacements.map((each) => each.present));
  const dirs = new Set(
    plan.tasks.flatMap(({ key, dir }) => present.has(key) ? [dir] : []),
  );
  const discarded = finished.filter(({ dir }) => dirs.has(dir));
  const isReplaced = replacements.length > 0;
  return {
    isScriptChanged: copyOfLastJob(events) !== plan.script.name,
    replacements,
    rerunTasks: replacements.length,
    cancelledJobs,
    discard: isReplaced
      ? { type: "resultsDiscarded", tasks: discarded.map(({ key }) => key) }
      : null,
    keep: isReplaced ? keepEvent(replacements, past) : null,
  };
}

/** The copy of the script that the last job ran; a session without a job has run none. */
function copyOfLastJob(events: readonly Event[]): string | undefined {
  const last = events.findLastIndex(({ type }) => type === "jobCreated");
  const session = events.slice(0, last).findLast((event) =>
    event.type === "sessionStarted"
  );
  return session?.scriptCopy;
}

/** Finished tasks that are not in the plan, the newest first. */
function finishedBefore(
  events: readonly Event[],
  past: RunState,
  { tasks }: Plan,
): readonly TaskSummary[] {
  const planned = new Set(tasks.map(({ key }) => key));
  const summaries = new Map(
    events.flatMap((event) =>
      event.type === "sessionStarted" ? event.plan?.tasks ?? [] : []
    ).map((task) => [task.key, task]),
  );
  return [...past.tasks].flatMap(([key, { state }]) => {
    const summary = summaries.get(key);
    return state === "succeeded" && summary && !planned.has(key)
      ? [summary]
      : [];
  }).reverse();
}

/** In each directory the tasks with the same command belong together, then the others in order. */
function replacementsOf(
  finished: readonly TaskSummary[],
  { tasks }: Plan,
  state: RunState,
): readonly Replacement[] {
  const earlierIn = Map.groupBy(finished, ({ dir }) => dir);
  const presentIn = Map.groupBy(
    tasks.filter(({ key, dir }) =>
      earlierIn.has(dir) && taskOf(state, key).state !== "succeeded"
    ),
    ({ dir }) => dir,
  );
  return [...presentIn].flatMap(([dir, present]) =>
    pair(present, earlierIn.get(dir)!)
  );
}

function pair(
  present: readonly Task[],
  earlier: readonly TaskSummary[],
): readonly Replacement[] {
  const taken = new Set<TaskKey>();
  const take = (
    { key }: Task,
    fits: (task: TaskSummary) => boolean,
  ): readonly Replacement[] => {
    const found = earlier.find((each) => !taken.has(each.key) && fits(each));
    if (found === undefined) return [];
    taken.add(found.key);
    return [{ earlier: found.key, present: key }];
  };
  const same = present.flatMap((task) =>
    take(task, ({ command }) => command === task.command)
  );
  const paired = new Set(same.map((each) => each.present));
  const others = present.filter(({ key }) => !paired.has(key));
  return [...same, ...others.flatMap((task) => take(task, () => true))];
}

function keepEvent(
  replacements: readonly Replacement[],
  past: RunState,
): EventData {
  const kept = replacements.map(({ earlier, present }) => ({
    task: present,
    tracked: taskOf(past, earlier),
  }));
  return {
    type: "resultsKept",
    results: kept.filter(({ tracked }) => isComplete(tracked))
      .map(({ task, tracked: { files } }): CollectedTask => ({
        task,
        files,
        missing: [],
      })),
    uncollected: kept.filter(({ tracked }) => !isComplete(tracked))
      .map(({ task }) => task),
  };
}

function isComplete(
  { isCollected, isUncollected, missing, notDownloaded }: TrackedTask,
): boolean {
  return isCollected && !isUncollected &&
    missing.length + notDownloaded.length === 0;
}
