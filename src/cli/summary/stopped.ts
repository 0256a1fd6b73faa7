/** The last words of a dpdisp that leaves while its run is open. */
import { pack } from "../../pipeline/plan/pack.ts";
import { explainFailure } from "../../text/result.ts";
import { shownFile } from "../progress/event_lines.ts";
import { count } from "../../text/grammar.ts";
import type { Ending, Last } from "./context.ts";

type Leaving = Extract<Ending, { type: "left" }>;

/** What goes on, what was not handed over, and what to do next; lines without their ends. */
export function left(
  { why, failure }: Leaving,
  last: Last,
): readonly string[] {
  const { commands } = last;
  const again = `go on with: ${commands.again}`;
  switch (why) {
    case "interrupt":
      return [
        ...(last.isUnheard ? [] : ["interrupted"]),
        ...whatLives(last),
        again,
        ...cancelHint(last),
      ];
    case "dry-run":
      return [
        "nothing was submitted (--dry-run); files are staged",
        `submit with: ${commands.again}`,
      ];
    case "exit-on-submit":
      return handedOver(last);
    case "cancel":
      return whatWasCancelled(last);
    case "elsewhere":
      return ["the other dpdisp finished this run, and has told how"];
    case "stopped":
      return [
        ...(failure ? [explainFailure(failure)] : ["stopped"]),
        ...(living(last) > 0 ? whatLives(last) : []),
        again,
        ...cancelHint(last),
      ];
  }
}

function living({ progress: { live, intended } }: Last): number {
  return live.size + intended.size;
}

/** Jobs that no scheduler has yet, those counted in that are still to be packed. */
function waiting({ plan, progress: { due, free } }: Last): number {
  const { tasksPerJob } = plan.config.resources;
  return due.size + pack([...free], tasksPerJob).length;
}

/** `2 jobs go on without dpdisp; 4 more wait for room: …`. */
function handedOver(last: Last): readonly string[] {
  const { commands } = last;
  const alive = living(last);
  const rest = waiting(last);
  const later = rest === 1
    ? "waits for room: the same command without --exit-on-submit hands it over"
    : "wait for room: the same command without --exit-on-submit hands them over";
  if (alive > 0) {
    return [
      `${goOn(alive)}${rest > 0 ? `; ${rest} more ${later}` : ""}`,
      `follow them and bring results home with: ${commands.again}`,
      ...cancelHint(last),
    ];
  }
  return rest > 0
    ? [`${count(rest, "job")} ${later}`, `go on with: ${commands.again}`]
    : ["every job is over", `bring results home with: ${commands.again}`];
}

function goOn(alive: number): string {
  return `${count(alive, "job")} ${
    alive === 1 ? "goes" : "go"
  } on without dpdisp`;
}

function whatLives(last: Last): readonly string[] {
  const alive = living(last);
  const rest = waiting(last);
  const first = alive === 0 ? "no job is left running" : goOn(alive);
  const number = alive === 0 ? count(rest, "job") : `${rest} more`;
  const later = rest === 1
    ? "was not handed over: the same command hands it over"
    : "were not handed over: the same command hands them over";
  return [rest === 0 ? first : `${first}; ${number} ${later}`];
}

/** Ids shown of many. */
const NAMED = 100;

function whatWasCancelled(last: Last): readonly string[] {
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
    `${counts.done} of ${count(tasks.size, "task")} done before that`,
    ...(counts.done < tasks.size
      ? [`run what is left with: ${commands.again}`]
      : []),
  ];
}

function cancelHint(last: Last): readonly string[] {
  return living(last) > 0 ? [`cancel with: ${last.commands.cancel}`] : [];
}
