/** The last words of a run that came to its end. */
import { failedTasks } from "./failed_tasks.ts";
import type { Ending, Last } from "./final.ts";
import { shownFile } from "./line.ts";
import { NAMED, named } from "./named.ts";
import { count, showDuration } from "./quantity.ts";

/** Failures, results that are missing, the sum, and what the same command would do; lines without their ends. */
export function finished(
  { outcome, dropped }: Extract<Ending, { type: "finished" }>,
  last: Last,
): readonly string[] {
  const { plan, progress, took } = last;
  const { counts, tasks } = progress;
  const done = counts.done === tasks.size
    ? `${count(counts.done, "task")} done`
    : `${counts.done} of ${count(tasks.size, "task")} done`;
  const title = shownFile(plan.config.script.path);
  const sum = `${title}: ${done} in ${
    showDuration(took)
  }; results are in ${plan.base}`;
  if (outcome === "done") {
    return [...missingResults(last), ...droppedTasks(last), sum];
  }
  return [
    ...failedTasks(last),
    ...missingResults(last),
    ...unfinishedTasks(dropped, last),
    ...(counts.done > 0
      ? [sum]
      : [`${title}: no task is done, after ${showDuration(took)}`]),
    ...whatNext(last),
  ];
}

function unfinishedTasks(
  dropped: number,
  { progress: { cancelling } }: Last,
): readonly string[] {
  if (dropped === 0) return [];
  const tasks = count(dropped, "task");
  return [
    cancelling === "fail-fast"
      ? `${tasks} cancelled (--fail-fast)`
      : `${tasks} did not run to the end`,
  ];
}

/** A task that is done is not tried again; of its missing results only the files are looked for. */
function whatNext(
  { progress: { counts, tasks, incomplete, commonMissing }, commands }: Last,
): readonly string[] {
  const isUndone = counts.done < tasks.size;
  const isMissing = incomplete.size + commonMissing.length > 0;
  return [
    ...(isUndone
      ? [`what is not done is tried again by: ${commands.again}`]
      : []),
    ...(isMissing
      ? [
        isUndone
          ? "it also looks again for the results that are missing"
          : `missing results are looked for again by: ${commands.again}`,
        `everything is run anew by: ${commands.again} --forget`,
      ]
      : []),
  ];
}

/** A run may be good enough without some of its tasks. */
function droppedTasks(last: Last): readonly string[] {
  const ratio = last.plan.config.resources.strategy.unfinishedRatio;
  const tasks = last.plan.tasks.filter(({ key }) =>
    last.progress.tasks.get(key)?.state !== "done"
  );
  return named(
    `${
      count(tasks.length, "task")
    } dropped, as ratio_unfinished = ${ratio} allows`,
    tasks,
    last,
  );
}

function missingResults({ plan, progress, nameOf }: Last): readonly string[] {
  const incomplete = plan.tasks.flatMap(({ key }) => {
    const missing = progress.tasks.get(key)?.missing ?? [];
    return missing.length === 0 ? [] : [
      `task ${nameOf(key)} ended well, but left nothing that matches ${
        missing.map(quoted).join(", ")
      }`,
    ];
  });
  const told = incomplete.slice(0, NAMED);
  const rest = incomplete.length - told.length;
  const common = progress.commonMissing;
  return [
    ...told,
    ...(rest > 0 ? [`${count(rest, "more task")} left results out`] : []),
    ...(common.length === 0
      ? []
      : [`no common result matches ${common.map(quoted).join(", ")}`]),
  ];
}

function quoted(pattern: string): string {
  return JSON.stringify(pattern);
}
