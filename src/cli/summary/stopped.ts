/** The summary of a session that ends while its run is unfinished. */
import { pack } from "../../pipeline/plan/pack.ts";
import { formatFailure } from "../../text/result.ts";
import { shownFile } from "../progress/event_lines.ts";
import { count } from "../../text/grammar.ts";
import { joinSome } from "../wording/name_list.ts";
import type { FinalEvent, SummaryInput } from "./context.ts";

type SessionEnd = Extract<FinalEvent, { type: "sessionEnded" }>;

/** Which jobs keep running, which are not submitted, and what to do next; lines without their ends. */
export function stoppedSummary(
  { why, failure }: SessionEnd,
  input: SummaryInput,
): readonly string[] {
  const { commands } = input;
  switch (why) {
    case "interrupt":
      return [
        ...(input.isOutputLost ? [] : ["interrupted"]),
        ...remainingJobs(input),
      ];
    case "dry-run":
      return [
        "files are staged, nothing was submitted (--dry-run)",
        `Submit with: ${commands.resume}`,
      ];
    case "exit-on-submit":
      return submittedSummary(input);
    case "cancel":
      return cancelSummary(input);
    case "elsewhere":
      return ["the other dpdisp process finished this run; see its output"];
    case "stopped":
      return [
        failure ? `error: ${formatFailure(failure)}` : "stopped",
        ...remainingJobs(input),
      ];
  }
}

function countActive(
  { progress: { activeJobs, unconfirmedJobs } }: SummaryInput,
): number {
  return activeJobs.size + unconfirmedJobs.size;
}

/** Jobs that the batch system does not have yet, including those that are still to be packed. */
function countUnsubmitted(
  { plan, progress: { readyJobs, pendingTasks } }: SummaryInput,
): number {
  const { tasksPerJob } = plan.config.resources;
  return readyJobs.size + pack([...pendingTasks], tasksPerJob).length;
}

/** `2 jobs keep running; 4 jobs are not submitted yet. Resume with: …`. */
function remainingJobs(input: SummaryInput): readonly string[] {
  const active = countActive(input);
  const unsubmitted = countUnsubmitted(input);
  const parts = [
    active === 0 ? "no job is running" : keepRunning(active),
    ...(unsubmitted > 0 ? [notSubmitted(unsubmitted)] : []),
  ];
  return [
    `${parts.join("; ")}. Resume with: ${input.commands.resume}`,
    ...cancelHint(input),
  ];
}

/** After `--exit-on-submit`: jobs that are left were beyond a limit of the batch system or of max_jobs. */
function submittedSummary(input: SummaryInput): readonly string[] {
  return countActive(input) + countUnsubmitted(input) > 0
    ? remainingJobs(input)
    : [
      `every job has ended. Collect the results with: ${input.commands.resume}`,
    ];
}

function keepRunning(jobs: number): string {
  return `${count(jobs, "job")} ${jobs === 1 ? "keeps" : "keep"} running`;
}

function notSubmitted(jobs: number): string {
  return `${count(jobs, "job")} ${jobs === 1 ? "is" : "are"} not submitted yet`;
}

function cancelSummary(input: SummaryInput): readonly string[] {
  const { plan, progress, cancelled, commands } = input;
  const { jobs, counts, tasks } = progress;
  const first = cancelled.length === 0
    ? `nothing to cancel: ${
      shownFile(plan.config.script.path)
    } has no active jobs`
    : `cancelled ${count(cancelled.length, "job")}: ${
      joinSome(cancelled, (name) => jobs.get(name)?.id ?? name)
    }`;
  if (cancelled.length === 0 && jobs.size === 0) return [first];
  return [
    first,
    `${counts.succeeded} of ${count(tasks.size, "task")} succeeded before that`,
    ...(counts.succeeded < tasks.size
      ? [`Run the remaining tasks with: ${commands.resume}`]
      : []),
  ];
}

function cancelHint(input: SummaryInput): readonly string[] {
  return countActive(input) > 0
    ? [`Cancel with: ${input.commands.cancel}`]
    : [];
}
