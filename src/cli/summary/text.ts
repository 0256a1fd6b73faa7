/** The summary of a run as text. */
import { formatDuration } from "../../text/format.ts";
import { count } from "../../text/grammar.ts";
import { formatFailure } from "../../text/result.ts";
import { joinSome, type NameOf, shownFile } from "../wording/names.ts";
import type { RunSummary } from "./run_summary.ts";
import {
  failureLines,
  incompleteLines,
  renamedLogLines,
  unfinishedLines,
} from "./task_lines.ts";

/** The outcome and what to do next; lines without their ends. */
export function summaryText(
  summary: RunSummary,
  nameOf: NameOf,
): readonly string[] {
  const { commands, failure } = summary;
  switch (summary.outcome) {
    case "succeeded":
      return [
        ...incompleteLines(summary, nameOf),
        ...renamedLogLines(summary),
        ...unfinishedLines(summary, nameOf),
        succeededLine(summary),
      ];
    case "failed":
      return [
        ...failureLines(summary, nameOf),
        ...incompleteLines(summary, nameOf),
        ...renamedLogLines(summary),
        ...(summary.succeeded > 0
          ? [`results are in ${summary.workBase}`]
          : []),
        ...nextCommands(summary),
        failedLine(summary),
      ];
    case "interrupt":
      return ["interrupted", ...remainingJobs(summary)];
    case "outputLost":
      return remainingJobs(summary);
    case "dryRun":
      return [
        "files are staged, nothing was submitted (--dry-run)",
        `Submit with: ${commands.resume}`,
      ];
    case "exitOnSubmit":
      // Jobs that are left were beyond a limit of the batch system or of max_jobs.
      return summary.activeJobs + summary.unconfirmedJobs +
            summary.unsubmittedJobs > 0
        ? remainingJobs(summary)
        : [`every job has ended. Collect the results with: ${commands.resume}`];
    case "cancel":
      return cancelledLines(summary);
    case "elsewhere":
      return ["the other dpdisp process finished this run; see its output"];
    case "stopped":
      return [
        failure ? `error: ${formatFailure(failure)}` : "stopped",
        ...remainingJobs(summary),
      ];
  }
}

/** `sweep.py: 4 tasks succeeded (19 s); results are in /work`. */
function succeededLine(summary: RunSummary): string {
  const { succeeded, taskCount, missingResults, workBase } = summary;
  const tasks = succeeded === taskCount
    ? `${count(succeeded, "task")} succeeded`
    : `${succeeded} of ${count(taskCount, "task")} succeeded`;
  const missing = missingResults > 0
    ? `, ${missingResults} with missing results`
    : "";
  return `${shownFile(summary.script)}: ${tasks}${missing} (${
    durationText(summary)
  }); results are in ${workBase}`;
}

/** `sweep.py: FAILED: 1 of 4 tasks failed, 3 succeeded (19 s)`; programs and people look for this line. */
function failedLine(summary: RunSummary): string {
  const groups = [
    [summary.failed, "failed"],
    [
      summary.cancelled,
      summary.cancelReason === "failFast" ? "cancelled" : "not finished",
    ],
    [summary.succeeded, "succeeded"],
    [summary.missingResults, "with missing results"],
  ] as const;
  const [first, ...others] = groups.filter(([number]) => number > 0);
  const parts = [
    ...(first
      ? [`${first[0]} of ${count(summary.taskCount, "task")} ${first[1]}`]
      : []),
    ...others.map(([number, what]) => `${number} ${what}`),
    ...(summary.incompleteResults.some(({ task }) => task === null)
      ? ["common results missing"]
      : []),
  ];
  return `${shownFile(summary.script)}: FAILED: ${parts.join(", ")} (${
    durationText(summary)
  })`;
}

function durationText({ duration }: RunSummary): string {
  return formatDuration(1000 * duration);
}

/** A task that succeeded is not run again; only its missing results are looked for. */
function nextCommands(summary: RunSummary): readonly string[] {
  const { succeeded, taskCount, failed, commands } = summary;
  const { incompleteResults, runDirectory: { path, host } } = summary;
  const isUnfinished = succeeded < taskCount;
  // Results that could only not be downloaded would be lost by running the tasks again.
  const isMissing = incompleteResults.some(({ missing }) => missing.length > 0);
  return [
    ...(isUnfinished
      ? [
        `to ${
          failed > 0 ? "retry the failed" : "run the unfinished"
        } tasks: ${commands.resume}`,
      ]
      : []),
    ...(incompleteResults.length > 0
      ? [
        isUnfinished
          ? "the same command looks for the missing results again"
          : `to look for the missing results again: ${commands.resume}`,
      ]
      : []),
    // The remote directory records which tasks succeeded; `--forget` alone would read that again.
    ...(isMissing
      ? [
        `to run all tasks again, remove ${path}${
          host === null ? "" : ` on ${host}`
        }, then: ${commands.resume} --forget`,
      ]
      : []),
  ];
}

/** `2 jobs keep running; 1 job is unconfirmed (it may have been submitted); 4 jobs are not submitted yet. Resume with: …`. */
function remainingJobs(summary: RunSummary): readonly string[] {
  const { activeJobs, unconfirmedJobs, unsubmittedJobs, commands, failure } =
    summary;
  const maybeActive = activeJobs + unconfirmedJobs;
  const jobs = (number: number, one: string, many: string) =>
    number === 0
      ? []
      : [`${count(number, "job")} ${number === 1 ? one : many}`];
  // The same command would end with the same error: its hint says what to change.
  const isRefused = failure?.kind === "input";
  const resume = isRefused ? "" : `. Resume with: ${commands.resume}`;
  const parts = [
    ...(maybeActive === 0 ? ["no job is running"] : []),
    ...jobs(activeJobs, "keeps running", "keep running"),
    ...jobs(
      unconfirmedJobs,
      "is unconfirmed (it may have been submitted)",
      "are unconfirmed (they may have been submitted)",
    ),
    ...jobs(
      isRefused ? 0 : unsubmittedJobs,
      "is not submitted yet",
      "are not submitted yet",
    ),
  ];
  return [
    `${parts.join("; ")}${resume}`,
    ...(maybeActive > 0 ? [`Cancel with: ${commands.cancel}`] : []),
  ];
}

function cancelledLines(summary: RunSummary): readonly string[] {
  const { cancelledJobs, createdJobs, succeeded, taskCount, commands } =
    summary;
  const first = cancelledJobs.length === 0
    ? `nothing to cancel: ${shownFile(summary.script)} has no active jobs`
    : `cancelled ${count(cancelledJobs.length, "job")}: ${
      joinSome(cancelledJobs, ({ job, id }) => id ?? job)
    }`;
  if (createdJobs === 0) return [first];
  return [
    first,
    `${succeeded} of ${count(taskCount, "task")} succeeded before that`,
    ...(succeeded < taskCount
      ? [`Run the remaining tasks with: ${commands.resume}`]
      : []),
  ];
}
