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
import { isVoid } from "../model/run_state/transitions.ts";
import type { Plan, Task } from "../model/plan.ts";

/** A finished task of the earlier version, and the task of the present version that takes its place. */
interface Replacement {
  readonly earlier: TaskKey;
  readonly present: TaskKey;
}

export interface Edit {
  /** Null: it takes nothing away. */
  readonly effect: EditEffect | null;
  /** Records that finished tasks of the earlier version count as those of the present one; null: there is none. */
  readonly keep: EventData | null;
  /** Records, after `keep`, that those do not count any more for the earlier version. */
  readonly discardKept: EventData | null;
  /** Records that nothing of earlier versions counts any more in the directories of tasks that are not done. */
  readonly discard: EventData | null;
}

/**
 * @param past the state by the journal alone, with the tasks of all versions
 * @param state the same for the tasks of the plan
 */
export function findEdit(
  events: readonly Event[],
  past: RunState,
  state: RunState,
  plan: Plan,
): Edit {
  const earlier = earlierTasks(events, past, plan);
  const fresh = plan.tasks.filter(({ key }) =>
    taskOf(state, key).state !== "succeeded"
  );
  const finished = earlier.filter(({ key }) =>
    taskOf(past, key).state === "succeeded"
  );
  const replacements = replacementsOf(finished, fresh);
  const cancelledJobs = outdatedJobsToCancel(state).length;
  const kept = new Set(replacements.map(({ present }) => present));
  const keptTasks = fresh.filter(({ key }) => kept.has(key));
  return {
    effect: replacements.length + cancelledJobs === 0 ? null : {
      isScriptChanged: copyOfLastJob(events) !== plan.script.name,
      rerunTasks: replacements.length,
      cancelledJobs,
    },
    keep: replacements.length > 0 ? keepEvent(replacements, past) : null,
    discardKept: discardEvent(finished, keptTasks, past),
    discard: discardEvent(earlier, fresh, past),
  };
}

/** Null: nothing of an earlier version that still counts is in the directories of these tasks. */
function discardEvent(
  earlier: readonly TaskSummary[],
  fresh: readonly Task[],
  past: RunState,
): EventData | null {
  const dirs = new Set(fresh.map(({ dir }) => dir));
  const counting = new Set(
    [...past.jobs.values()].flatMap((job) =>
      job.tasks.filter((key) => !isVoid(job, taskOf(past, key)))
    ),
  );
  const tasks = earlier.filter(({ key, dir }) =>
    dirs.has(dir) &&
    (counting.has(key) || taskOf(past, key).state === "succeeded")
  ).map(({ key }) => key);
  return tasks.length > 0 ? { type: "resultsDiscarded", tasks } : null;
}

/** The copy of the script that the last job ran; a session without a job has run none. */
function copyOfLastJob(events: readonly Event[]): string | undefined {
  const last = events.findLastIndex(({ type }) => type === "jobCreated");
  const session = events.slice(0, last).findLast((event) =>
    event.type === "sessionStarted"
  );
  return session?.scriptCopy;
}

/** Tasks of earlier versions that are not in the plan. */
function earlierTasks(
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
  return [...past.tasks.keys()].flatMap((key) => {
    const summary = summaries.get(key);
    return summary && !planned.has(key) ? [summary] : [];
  });
}

/** In each directory the tasks with the same command belong together, then the others in order. */
function replacementsOf(
  finished: readonly TaskSummary[],
  fresh: readonly Task[],
): readonly Replacement[] {
  const earlierIn = Map.groupBy(finished, ({ dir }) => dir);
  const presentIn = Map.groupBy(fresh, ({ dir }) => dir);
  return [...presentIn].flatMap(([dir, present]) =>
    pair(present, earlierIn.get(dir) ?? [])
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
