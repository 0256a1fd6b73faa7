import { taskOf, type TrackedTask } from "../../model/run_state/mod.ts";
import type { Files } from "../../environment/environment.ts";
import { readTaskLog } from "./task_log.ts";
import { failureReason } from "./failure_reason.ts";
import type { Task } from "../../model/plan.ts";
import type { RunView } from "../run_view.ts";

/** Folder and reason, command, the end of the log, and what to do about it; a line each. */
export function describeFailedTask(
  task: Task,
  scene: RunView,
  files: Files,
): readonly string[] {
  const standing = taskOf(scene.progress, task.key);
  const log = readTaskLog(task, scene, files);
  return [
    `task ${scene.nameOf(task.key)} failed: ${failureReason(standing, scene)}${
      circumstances(standing)
    }`,
    `  command: ${task.command}`,
    ...log.lines,
    ...adviceFor(standing, task, log.text).map((line) => `  ${line}`),
    ...roomFor(standing, scene).map((line) => `  ${line}`),
  ];
}

function circumstances({ failedAttempts, host }: TrackedTask): string {
  // What no retry can mend counts as tried without end.
  const tried = failedAttempts > 1 && Number.isFinite(failedAttempts)
    ? `, after ${failedAttempts} tries`
    : "";
  return `${tried}${host === null ? "" : `, on ${host}`}`;
}

/** What to ask for where a limit ended the job. */
function roomFor(
  { job }: TrackedTask,
  { progress }: RunView,
): readonly string[] {
  const kind = job === null
    ? undefined
    : progress.jobs.get(job)?.exitReason?.kind;
  if (kind === "timeLimit") {
    return [
      "ask for more time: resources.walltime, or a queue that allows more",
    ];
  }
  return kind === "outOfMemory"
    ? ["ask for more memory: resources.memory, or fewer tasks at once"]
    : [];
}

function adviceFor(
  { code, suggestedCommand }: TrackedTask,
  { command }: Task,
  log: string,
): readonly string[] {
  if (code !== 127 && code !== 126) return [];
  const name = namedIn(log, code) ?? firstWord(command);
  if (code === 126) {
    return [
      `${name} is there, but may not be executed: chmod +x, or name its interpreter`,
    ];
  }
  if (suggestedCommand === null) {
    return [
      `${name} was not found: load its module, source its environment, or give its path`,
    ];
  }
  return [
    `${name} was not found, ${suggestedCommand} is there: write command = ${
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
