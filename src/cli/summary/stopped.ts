/** The last words of a dpdisp that leaves while its run is open. */
import { pack } from "../../pipeline/plan/pack.ts";
import { formatFailure } from "../../text/result.ts";
import { shownFile } from "../progress/event_lines.ts";
import { count } from "../../text/grammar.ts";
import type { FinalEvent, SummaryInput } from "./context.ts";

type Leaving = Extract<FinalEvent, { type: "sessionEnded" }>;

/** What goes on, what was not handed over, and what to do next; lines without their ends. */
export function stoppedSummary(
  { reason, failure }: Leaving,
  last: SummaryInput,
): readonly string[] {
  const { commands } = last;
  const again = `go on with: ${commands.resume}`;
  switch (reason) {
    case "interrupt":
      return [
        ...(last.isUnheard ? [] : ["interrupted"]),
        ...activeJobsText(last),
        again,
        ...cancelHint(last),
      ];
    case "dry-run":
      return [
        "nothing was submitted (--dry-run); files are staged",
        `submit with: ${commands.resume}`,
      ];
    case "exit-on-submit":
      return handedOver(last);
    case "cancel":
      return whatWasCancelled(last);
    case "elsewhere":
      return ["the other dpdisp finished this run, and has told how"];
    case "stopped":
      return [
        ...(failure ? [formatFailure(failure)] : ["stopped"]),
        ...(activeJobs(last) > 0 ? activeJobsText(last) : []),
        again,
        ...cancelHint(last),
      ];
  }
}

function activeJobs(
  { progress: { activeJobs, unconfirmedJobs } }: SummaryInput,
): number {
  return activeJobs.size + unconfirmedJobs.size;
}

/** Jobs that no scheduler has yet, those counted in that are still to be packed. */
function waiting(
  { plan, progress: { readyJobs, pendingTasks } }: SummaryInput,
): number {
  const { tasksPerJob } = plan.config.resources;
  return readyJobs.size + pack([...pendingTasks], tasksPerJob).length;
}

/** `2 jobs go on without dpdisp; 4 more wait for room: …`. */
function handedOver(last: SummaryInput): readonly string[] {
  const { commands } = last;
  const alive = activeJobs(last);
  const rest = waiting(last);
  const later = rest === 1
    ? "waits for room: the same command without --exit-on-submit hands it over"
    : "wait for room: the same command without --exit-on-submit hands them over";
  if (alive > 0) {
    return [
      `${keepRunningText(alive)}${rest > 0 ? `; ${rest} more ${later}` : ""}`,
      `follow them and bring results home with: ${commands.resume}`,
      ...cancelHint(last),
    ];
  }
  return rest > 0
    ? [`${count(rest, "job")} ${later}`, `go on with: ${commands.resume}`]
    : ["every job is over", `bring results home with: ${commands.resume}`];
}

function keepRunningText(alive: number): string {
  return `${count(alive, "job")} ${
    alive === 1 ? "goes" : "go"
  } on without dpdisp`;
}

function activeJobsText(last: SummaryInput): readonly string[] {
  const alive = activeJobs(last);
  const rest = waiting(last);
  const first = alive === 0 ? "no job is left running" : keepRunningText(alive);
  const number = alive === 0 ? count(rest, "job") : `${rest} more`;
  const later = rest === 1
    ? "was not handed over: the same command hands it over"
    : "were not handed over: the same command hands them over";
  return [rest === 0 ? first : `${first}; ${number} ${later}`];
}

/** Ids shown of many. */
const NAMED = 100;

function whatWasCancelled(last: SummaryInput): readonly string[] {
  const { plan, progress: { jobs, counts, tasks }, cancelled, commands } = last;
  if (cancelled.length === 0 && jobs.size === 0) {
    return [
      `nothing to cancel: no job of ${
        shownFile(plan.config.script.path)
      } lives`,
    ];
  }
  const names = cancelled.map((name) => jobs.get(name)?.id ?? name);
  const shown = names.slice(0, NAMED).join(", ");
  const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return [
    names.length === 0
      ? "no job was left to cancel"
      : `cancelled ${count(names.length, "job")}: ${shown}${rest}`,
    `${counts.succeeded} of ${count(tasks.size, "task")} done before that`,
    ...(counts.succeeded < tasks.size
      ? [`run what is left with: ${commands.resume}`]
      : []),
  ];
}

function cancelHint(last: SummaryInput): readonly string[] {
  return activeJobs(last) > 0 ? [`cancel with: ${last.commands.cancel}`] : [];
}
