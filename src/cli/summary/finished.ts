/** The summary of a run that is finished. */
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

/** Failures, missing results, what the same command would do, and the counts; lines without their ends. */
export function finished(
  { outcome, cancelled }: Extract<FinalEvent, { type: "runFinished" }>,
  input: SummaryInput,
): readonly string[] {
  const { plan, progress: { counts } } = input;
  if (outcome === "succeeded") {
    return [
      ...missingResults(input),
      ...logsBeside(input),
      ...unfinishedTasks(input),
      succeededLine(input),
    ];
  }
  return [
    ...failedTasks(input),
    ...missingResults(input),
    ...logsBeside(input),
    ...(counts.succeeded > 0 ? [`results are in ${plan.localDir}`] : []),
    ...nextCommands(input),
    failedLine(cancelled, input),
  ];
}

/** `sweep.py: 4 tasks succeeded (19 s); results are in /work`. */
function succeededLine(input: SummaryInput): string {
  const { plan, progress: { counts, tasks, incompleteTasks } } = input;
  const succeeded = counts.succeeded === tasks.size
    ? `${count(counts.succeeded, "task")} succeeded`
    : `${counts.succeeded} of ${count(tasks.size, "task")} succeeded`;
  const missing = incompleteTasks.size > 0
    ? `, ${incompleteTasks.size} with missing results`
    : "";
  return `${titleOf(input)}: ${succeeded}${missing} (${
    duration(input)
  }); results are in ${plan.localDir}`;
}

/** `sweep.py: FAILED: 1 of 4 tasks failed, 3 succeeded (19 s)`; programs and people look for this line. */
function failedLine(cancelled: number, input: SummaryInput): string {
  const {
    counts,
    tasks,
    incompleteTasks,
    cancelling,
    commonMissing,
    commonNotDownloaded,
  } = input.progress;
  const groups = [
    [counts.failed, "failed"],
    [cancelled, cancelling === "fail-fast" ? "cancelled" : "not finished"],
    [counts.succeeded, "succeeded"],
    [incompleteTasks.size, "with missing results"],
  ] as const;
  const [first, ...others] = groups.filter(([number]) => number > 0);
  const parts = [
    ...(first
      ? [`${first[0]} of ${count(tasks.size, "task")} ${first[1]}`]
      : []),
    ...others.map(([number, what]) => `${number} ${what}`),
    ...(commonMissing.length + commonNotDownloaded.length > 0
      ? ["common results missing"]
      : []),
  ];
  return `${titleOf(input)}: FAILED: ${parts.join(", ")} (${duration(input)})`;
}

function titleOf({ plan }: SummaryInput): string {
  return shownFile(plan.config.script.path);
}

function duration({ took }: SummaryInput): string {
  return formatDuration(took);
}

/** A task that succeeded is not run again; only its missing results are looked for. */
function nextCommands(input: SummaryInput): readonly string[] {
  const { progress, progress: { counts, tasks }, commands } = input;
  const isUnfinished = counts.succeeded < tasks.size;
  return [
    ...(isUnfinished
      ? [
        `to ${
          counts.failed > 0 ? "retry the failed" : "run the unfinished"
        } tasks: ${commands.resume}`,
      ]
      : []),
    ...(isIncomplete(progress)
      ? [
        isUnfinished
          ? "the same command looks for the missing results again"
          : `to look for the missing results again: ${commands.resume}`,
      ]
      : []),
    ...(isMissing(input) ? [runAgainHint(input)] : []),
  ];
}

/** True where a pattern matched nothing. Results that could only not be downloaded would be lost by running the tasks again. */
function isMissing({ progress }: SummaryInput): boolean {
  return progress.commonMissing.length > 0 ||
    [...progress.incompleteTasks].some((key) =>
      taskOf(progress, key).missing.length > 0
    );
}

/** The remote directory records which tasks succeeded; `--forget` alone would read that again. */
function runAgainHint({ plan, progress, commands }: SummaryInput): string {
  const { remoteDir, host } = progress.remote ??
    { remoteDir: plan.remoteDir, host: "" };
  const directory = runDirectory(remoteDir, plan.runKey);
  const where = sharesFiles(plan) ? directory : `${directory} on ${host}`;
  return `to run all tasks again, remove ${where}, then: ${commands.resume} --forget`;
}

/** A run may succeed without some of its tasks. */
function unfinishedTasks(input: SummaryInput): readonly string[] {
  const ratio = input.plan.config.resources.strategy.unfinishedRatio;
  const tasks = input.plan.tasks.filter(({ key }) =>
    input.progress.tasks.get(key)?.state !== "succeeded"
  );
  return taskList(
    `${
      count(tasks.length, "task")
    } not finished, as ratio_unfinished = ${ratio} allows`,
    tasks,
    input,
  );
}

function missingResults(
  { plan, progress, nameOf }: SummaryInput,
): readonly string[] {
  const lines = plan.tasks.flatMap(({ key }) => {
    const { missing = [], notDownloaded = [] } = progress.tasks.get(key) ?? {};
    const name = nameOf(key);
    return [
      ...(missing.length === 0 ? [] : [
        `task ${name} succeeded, but no file matches backward_files ${
          missing.map(quoted).join(", ")
        }`,
      ]),
      ...notDownloadedLines(`task ${name}`, notDownloaded),
    ];
  });
  const shown = lines.slice(0, NAMED);
  const rest = lines.length - shown.length;
  const { commonMissing: common, commonNotDownloaded } = progress;
  return [
    ...shown,
    ...(rest > 0 ? [`${count(rest, "more task")} with missing results`] : []),
    ...(common.length === 0 ? [] : [
      `no file matches backward_common_files ${common.map(quoted).join(", ")}`,
    ]),
    ...notDownloadedLines("common results", commonNotDownloaded),
  ];
}

/** Logs that have another name here, because a file of the user has theirs. */
function logsBeside({ plan, progress }: SummaryInput): readonly string[] {
  const beside = plan.tasks.flatMap(({ key }) =>
    progress.tasks.get(key)?.renamedLogs ?? []
  );
  const moved = new Map(
    beside.map(({ path, savedAs }) => [path, savedAs]),
  );
  if (moved.size === 0) return [];
  const names = [...moved].map(([path, instead]) =>
    `${quoted(path)} was written to ${quoted(instead)}`
  );
  return [
    `local files that no run created were not overwritten: ${
      joinSome(names, (name) => name)
    }`,
  ];
}

/** The reason was reported when the download failed. */
function notDownloadedLines(
  whose: string,
  kept: readonly string[],
): readonly string[] {
  if (kept.length === 0) return [];
  return [
    `${whose}: these results could not be downloaded and are still on the remote host: ${
      joinSome(kept, quoted)
    }`,
  ];
}

function quoted(pattern: string): string {
  return JSON.stringify(pattern);
}
