/** What the summary says of tasks: failures, missing results, renamed logs; lines without their ends. */
import { count } from "../../text/grammar.ts";
import { joinSome, NAMED, type NameOf, taskList } from "../wording/names.ts";
import type { FailureGroup } from "./failed_tasks.ts";
import type { IncompleteResults, RunSummary } from "./run_summary.ts";

/** The first task of each group in full, then the names of the others. */
export function failureLines(
  { failedTasks, failureGroups }: RunSummary,
  nameOf: NameOf,
): readonly string[] {
  const described = new Set(failureGroups.flatMap(({ tasks }) => tasks));
  const rest = failedTasks.map(({ task }) => task)
    .filter((task) => !described.has(task));
  const byKey = new Map(failedTasks.map((each) => [each.task, each]));
  return [
    ...failureGroups.flatMap((group) => groupLines(group, byKey, nameOf)),
    ...taskList(`${count(rest.length, "more task")} failed`, rest, nameOf),
  ];
}

function groupLines(
  { tasks: [first, ...others], isOnSeveralHosts, log, hints }: FailureGroup,
  failedTasks: ReadonlyMap<string, RunSummary["failedTasks"][number]>,
  nameOf: NameOf,
): readonly string[] {
  const { reason, attempts, host, command } = failedTasks.get(first!)!;
  const after = attempts !== null && attempts > 1
    ? `, after ${attempts} attempts`
    : "";
  return [
    `task ${nameOf(first!)} failed: ${reason}${after}${
      host === null ? "" : `, on ${host}`
    }`,
    `  command: ${command}`,
    ...(log.title === "" ? [] : [`  ${log.title}`]),
    ...log.lines.map((line) => `    | ${line}`),
    ...hints.map((hint) => `  ${hint}`),
    ...taskList(
      `and ${count(others.length, "more task")} failed in the same way${
        isOnSeveralHosts ? ", also on other hosts" : ""
      }`,
      others,
      nameOf,
    ),
  ];
}

export function incompleteLines(
  { incompleteResults }: RunSummary,
  nameOf: NameOf,
): readonly string[] {
  const linesOf = (isCommon: boolean) =>
    incompleteResults.filter(({ task }) => (task === null) === isCommon)
      .flatMap((results) => linesOfResults(results, nameOf));
  const ofTasks = linesOf(false);
  const shown = ofTasks.slice(0, NAMED);
  const rest = ofTasks.length - shown.length;
  return [
    ...shown,
    ...(rest > 0 ? [`${count(rest, "more task")} with missing results`] : []),
    ...linesOf(true),
  ];
}

/** The reason why results could not be downloaded was reported when it happened. */
function linesOfResults(
  { task, missing, notDownloaded }: IncompleteResults,
  nameOf: NameOf,
): readonly string[] {
  const patterns = missing.map(quoted).join(", ");
  const title = task === null ? "common results" : `task ${nameOf(task)}`;
  return [
    ...(missing.length === 0 ? [] : [
      task === null
        ? `no file matches backward_common_files ${patterns}`
        : `${title} succeeded, but no file matches backward_files ${patterns}`,
    ]),
    ...(notDownloaded.length === 0 ? [] : [
      `${title}: these results could not be downloaded and are still on the remote host: ${
        joinSome(notDownloaded, quoted)
      }`,
    ]),
  ];
}

/** A run may succeed without some of its tasks. */
export function unfinishedLines(
  { unfinished }: RunSummary,
  nameOf: NameOf,
): readonly string[] {
  if (!unfinished) return [];
  const { ratio, tasks } = unfinished;
  const number = count(tasks.length, "task");
  return taskList(
    `${number} not finished, as ratio_unfinished = ${ratio} allows`,
    tasks,
    nameOf,
  );
}

export function renamedLogLines(
  { renamedLogs }: RunSummary,
): readonly string[] {
  if (renamedLogs.length === 0) return [];
  const logs = joinSome(
    renamedLogs,
    ({ path, savedAs }) => `${quoted(path)} was written to ${quoted(savedAs)}`,
  );
  return [
    `local files that no run created were not overwritten: ${logs}`,
  ];
}

function quoted(pattern: string): string {
  return JSON.stringify(pattern);
}
