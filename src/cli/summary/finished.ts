/** The last words of a run that came to its end. */
import { isIncomplete } from "../../engine/end_conditions.ts";
import { runDirectory } from "../../script/remote_layout.ts";
import { taskOf } from "../../model/run_state/mod.ts";
import { sharesFiles } from "./task_log.ts";
import { failedTasks } from "./failed_tasks.ts";
import { shownFile } from "../progress/event_lines.ts";
import { joinSome, NAMED, taskList } from "../wording/name_list.ts";
import { formatDuration } from "../../text/format.ts";
import { count } from "../../text/grammar.ts";
import type { FinalEvent, SummaryInput } from "./context.ts";

/** Failures, results that are missing, the sum, and what the same command would do; lines without their ends. */
export function finished(
  { outcome, dropped }: Extract<FinalEvent, { type: "runFinished" }>,
  last: SummaryInput,
): readonly string[] {
  const { plan, progress, took } = last;
  const { counts, tasks } = progress;
  const done = counts.succeeded === tasks.size
    ? `${count(counts.succeeded, "task")} done`
    : `${counts.succeeded} of ${count(tasks.size, "task")} done`;
  const title = shownFile(plan.config.script.path);
  const sum = `${title}: ${done}${withoutResults(last)} in ${
    formatDuration(took)
  }; results are in ${plan.localDir}`;
  if (outcome === "succeeded") {
    return [
      ...missingResults(last),
      ...logsBeside(last),
      ...droppedTasks(last),
      sum,
    ];
  }
  return [
    ...failedTasks(last),
    ...missingResults(last),
    ...logsBeside(last),
    ...unfinishedTasks(dropped, last),
    ...(counts.succeeded > 0
      ? [sum]
      : [`${title}: no task is done, after ${formatDuration(took)}`]),
    ...whatNext(last),
  ];
}

/** Of the tasks that are done, those whose results are not all here. */
function withoutResults(
  { progress: { incompleteTasks } }: SummaryInput,
): string {
  return incompleteTasks.size === 0
    ? ""
    : `, ${incompleteTasks.size} without all ${
      incompleteTasks.size === 1 ? "its" : "their"
    } results,`;
}

function unfinishedTasks(
  dropped: number,
  { progress: { cancelling } }: SummaryInput,
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
function whatNext(last: SummaryInput): readonly string[] {
  const { progress, progress: { counts, tasks }, commands } = last;
  const isUndone = counts.succeeded < tasks.size;
  return [
    ...(isUndone
      ? [`what is not done is tried again by: ${commands.resume}`]
      : []),
    ...(isIncomplete(progress)
      ? [
        isUndone
          ? "it also looks again for the results that are missing"
          : `missing results are looked for again by: ${commands.resume}`,
      ]
      : []),
    ...(isMissing(last) ? [anew(last)] : []),
  ];
}

/** A pattern matched nothing; what is only stuck there would be lost by running anew. */
function isMissing(
  { progress }: SummaryInput,
): boolean {
  return progress.commonMissing.length > 0 ||
    [...progress.incompleteTasks].some((key) =>
      taskOf(progress, key).missing.length > 0
    );
}

/** What the folder there remembers is done; `--forget` alone would learn it from there. */
function anew({ plan, progress, commands }: SummaryInput): string {
  const { remoteDir, host } = progress.remote ??
    { remoteDir: plan.remoteDir, host: "" };
  const folder = runDirectory(remoteDir, plan.runKey);
  const where = sharesFiles(plan) ? folder : `${folder} on ${host}`;
  return `to run everything anew, remove ${where}, then: ${commands.resume} --forget`;
}

/** A run may be good enough without some of its tasks. */
function droppedTasks(last: SummaryInput): readonly string[] {
  const ratio = last.plan.config.resources.strategy.unfinishedRatio;
  const tasks = last.plan.tasks.filter(({ key }) =>
    last.progress.tasks.get(key)?.state !== "succeeded"
  );
  return taskList(
    `${
      count(tasks.length, "task")
    } dropped, as ratio_unfinished = ${ratio} allows`,
    tasks,
    last,
  );
}

function missingResults(
  { plan, progress, nameOf }: SummaryInput,
): readonly string[] {
  const incomplete = plan.tasks.flatMap(({ key }) => {
    const { missing = [], notDownloaded = [] } = progress.tasks.get(key) ?? {};
    const name = nameOf(key);
    return [
      ...(missing.length === 0 ? [] : [
        `task ${name} ended well, but left nothing that matches ${
          missing.map(quoted).join(", ")
        }`,
      ]),
      ...notHome(`task ${name}`, notDownloaded),
    ];
  });
  const told = incomplete.slice(0, NAMED);
  const rest = incomplete.length - told.length;
  const { commonMissing: common, commonNotDownloaded } = progress;
  return [
    ...told,
    ...(rest > 0 ? [`${count(rest, "more task")} left results out`] : []),
    ...(common.length === 0
      ? []
      : [`no common result matches ${common.map(quoted).join(", ")}`]),
    ...notHome("the common results", commonNotDownloaded),
  ];
}

/** Of a file that the user has himself, and nobody asked to replace. */
function logsBeside({ plan, progress }: SummaryInput): readonly string[] {
  const beside = plan.tasks.flatMap(({ key }) =>
    progress.tasks.get(key)?.renamedLogs ?? []
  );
  const moved = new Map(
    beside.map(({ path, savedAs }) => [path, savedAs]),
  );
  if (moved.size === 0) return [];
  const names = [...moved].map(([path, instead]) =>
    `instead of ${quoted(path)} the log is ${quoted(instead)}`
  );
  return [
    `local files that no run made were not overwritten: ${
      joinSome(names, (name) => name)
    }`,
  ];
}

/** Why was told when it was tried. */
function notHome(whose: string, kept: readonly string[]): readonly string[] {
  if (kept.length === 0) return [];
  return [
    `of ${whose} this did not come home whole, and stays where it is: ${
      joinSome(kept, quoted)
    }`,
  ];
}

function quoted(pattern: string): string {
  return JSON.stringify(pattern);
}
