import { taskOf, type TrackedTask } from "../../model/run_state/mod.ts";
import type { Files } from "../../environment/environment.ts";
import { readTaskLog } from "./task_log.ts";
import { failureReason } from "./failure_reason.ts";
import type { Task } from "../../model/plan.ts";
import type { RunView } from "../run_view.ts";

/** Directory and reason, command, the end of the log, and hints. */
export function describeFailedTask(
  task: Task,
  view: RunView,
  files: Files,
): readonly string[] {
  const tracked = taskOf(view.progress, task.key);
  const log = readTaskLog(task, view, files);
  return [
    `task ${view.nameOf(task.key)} failed: ${failureReason(tracked, view)}${
      circumstances(tracked)
    }`,
    `  command: ${task.command}`,
    ...log.lines,
    ...commandHints(tracked, task, log.text).map((line) => `  ${line}`),
    ...limitHints(tracked, view).map((line) => `  ${line}`),
  ];
}

function circumstances({ failedAttempts, host }: TrackedTask): string {
  // A failure that no retry can fix counts as infinitely many attempts.
  const attempts = failedAttempts > 1 && Number.isFinite(failedAttempts)
    ? `, after ${failedAttempts} attempts`
    : "";
  return `${attempts}${host === null ? "" : `, on ${host}`}`;
}

/** What to request where a limit ended the job. */
function limitHints(
  { job }: TrackedTask,
  { progress }: RunView,
): readonly string[] {
  const kind = job === null
    ? undefined
    : progress.jobs.get(job)?.exitReason?.kind;
  if (kind === "timeLimit") {
    return [
      "request more time: resources.walltime, or a queue with a longer limit",
    ];
  }
  return kind === "outOfMemory"
    ? ["request more memory: resources.memory, or run fewer tasks at once"]
    : [];
}

function commandHints(
  { code, suggestedCommand }: TrackedTask,
  { command }: Task,
  log: string,
): readonly string[] {
  if (code !== 127 && code !== 126) return [];
  const name = namedIn(log, code) ?? firstWord(command);
  if (code === 126) {
    return [
      `${name} is not executable: run chmod +x on it, or name its interpreter in the command`,
    ];
  }
  if (suggestedCommand === null) {
    return [
      `${name} was not found: load its module, source its environment, or write its full path`,
    ];
  }
  return [
    `${name} was not found, but ${suggestedCommand} was: set command = ${
      JSON.stringify(suggestedCommand + command.slice(name.length))
    }`,
  ];
}

/** `bash: line 3: foo: command not found` (bash), `sh: 1: foo: not found` (dash), `…: Permission denied`. */
function namedIn(log: string, code: number): string | null {
  const seen = code === 127
    ? [...log.matchAll(/(?:^|: )([^\s:]+): (?:command )?not found$/gm)]
    : [...log.matchAll(/(?:^|: )([^\s:]+): Permission denied$/gm)];
  return seen.at(-1)?.[1] ?? null;
}

function firstWord(command: string): string {
  return command.trim().split(/\s/)[0] ?? command;
}
