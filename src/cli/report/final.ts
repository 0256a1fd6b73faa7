/** The last words of a run. */
import type { Event } from "../../event.ts";
import type { JobName, Task } from "../../job.ts";
import { explainFailure } from "../../result.ts";
import type { Files } from "../../world.ts";
import { describeFailedTask } from "./failed_task.ts";
import { type Scene, shownFile } from "./line.ts";
import { count, showDuration } from "./quantity.ts";

export type Ending = Extract<Event, { type: "finished" | "left" }>;

/** Command lines for the user to copy. */
export interface Commands {
  /** Goes on with this run. */
  readonly again: string;
  /** Cancels its jobs. */
  readonly cancel: string;
}

export interface Last extends Scene {
  readonly commands: Commands;
  readonly files: Files;
  /** Milliseconds that this dpdisp took. */
  readonly took: number;
  /** Jobs that this dpdisp cancelled. */
  readonly cancelled: readonly JobName[];
}

/** What came of the run, and what to do next; lines without their ends. */
export function lastLines(ending: Ending, last: Last): readonly string[] {
  return ending.type === "finished"
    ? finished(ending, last)
    : left(ending, last);
}

function finished(
  { outcome, dropped }: Extract<Ending, { type: "finished" }>,
  last: Last,
): readonly string[] {
  const { plan, progress, took, commands } = last;
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
    ...(dropped > 0
      ? [`${count(dropped, "task")} did not run to the end`]
      : []),
    ...(counts.done > 0
      ? [sum]
      : [`${title}: no task is done, after ${showDuration(took)}`]),
    `what is not done is tried again by: ${commands.again}`,
  ];
}

/** Failures told in full; of the others the folders, as far as they fit. */
const TOLD_IN_FULL = 10;
const NAMED = 100;

function failedTasks(last: Last): readonly string[] {
  const failed = tasksThat(last, "failed");
  const told = failed.slice(0, TOLD_IN_FULL);
  return [
    ...told.flatMap((task) => describeFailedTask(task, last, last.files)),
    ...named(
      `${count(failed.length - told.length, "more task")} failed`,
      failed.slice(TOLD_IN_FULL),
      last,
    ),
  ];
}

function tasksThat(
  { plan, progress }: Last,
  state: "failed" | "unfinished",
): readonly Task[] {
  return plan.tasks.filter(({ key }) => {
    const now = progress.tasks.get(key)?.state;
    return state === "failed" ? now === "failed" : now !== "done";
  });
}

/** `3 more tasks failed: a/, b/, c/`; nothing of none. */
function named(
  what: string,
  tasks: readonly Task[],
  { nameOf }: Last,
): readonly string[] {
  if (tasks.length === 0) return [];
  const names = tasks.slice(0, NAMED).map(({ key }) => nameOf(key));
  const rest = tasks.length - names.length;
  return [`${what}: ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
}

/** A run may be good enough without some of its tasks. */
function droppedTasks(last: Last): readonly string[] {
  const ratio = last.plan.config.resources.strategy.unfinishedRatio;
  const tasks = tasksThat(last, "unfinished");
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

type Leaving = Extract<Ending, { type: "left" }>;

function left({ why, failure }: Leaving, last: Last): readonly string[] {
  const { progress, commands } = last;
  const again = `go on with: ${commands.again}`;
  switch (why) {
    case "interrupt":
      return ["interrupted", ...whatLives(last), again, ...cancelHint(last)];
    case "dry-run":
      return [
        "nothing was submitted (--dry-run); files are staged",
        `submit with: ${commands.again}`,
      ];
    case "exit-on-submit":
      return [
        ...whatLives(last),
        `follow them and bring results home with: ${commands.again}`,
        ...cancelHint(last),
      ];
    case "cancel":
      return [
        ...whatWasCancelled(last),
        `run what is left with: ${commands.again}`,
      ];
    case "elsewhere":
      return ["the other dpdisp finished this run, and has told how"];
    case "stopped":
      return [
        ...(failure ? [explainFailure(failure)] : ["stopped"]),
        ...(progress.live.size > 0
          ? [...whatLives(last), again, ...cancelHint(last)]
          : [again]),
      ];
  }
}

function whatLives(
  { progress: { live, intended, cancelling }, cancelled }: Last,
): readonly string[] {
  const alive = live.size + intended.size;
  if (cancelling === "interrupt") {
    return [
      `${count(cancelled.length, "job")} cancelled${
        alive > 0 ? `, ${alive} not yet gone` : ""
      }`,
    ];
  }
  return [
    alive === 0
      ? "no job is left running"
      : `${count(alive, "job")} ${
        alive === 1 ? "goes" : "go"
      } on without dpdisp`,
  ];
}

function whatWasCancelled(
  { progress: { jobs, counts, tasks }, cancelled }: Last,
): readonly string[] {
  const names = cancelled.map((name) => jobs.get(name)?.id ?? name);
  const shown = names.slice(0, NAMED).join(", ");
  const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return [
    names.length === 0
      ? "no job was left to cancel"
      : `cancelled ${count(names.length, "job")}: ${shown}${rest}`,
    `${counts.done} of ${count(tasks.size, "task")} done before that`,
  ];
}

function cancelHint({ progress, commands }: Last): readonly string[] {
  const alive = progress.live.size + progress.intended.size > 0;
  return alive && progress.cancelling !== "interrupt"
    ? [`cancel with: ${commands.cancel}`]
    : [];
}
