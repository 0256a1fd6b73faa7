/** Why tasks failed, and what to do about it. */
import { taskOf, type TrackedTask } from "../../model/run_state/mod.ts";
import type { JobName, TaskKey } from "../../model/job.ts";
import type { Task } from "../../model/plan.ts";
import { jobShellOf } from "../../pipeline/submit.ts";
import type { Files } from "../../environment/environment.ts";
import {
  describeExitCode,
  describeExitReason,
  describeRepetition,
} from "../wording/exits.ts";
import { jobTitle } from "../progress/event_lines.ts";
import { localLog, type LogTail, readTaskLog } from "./task_log.ts";
import type { PlanAndState } from "../run_view.ts";

/** A task that failed and has no retries left. */
export interface FailedTask {
  /** The key of the task. */
  readonly task: TaskKey;
  /** Its directory below the work base, POSIX; "." is the work base itself. */
  readonly dir: string;
  readonly command: string;
  /** Why it failed, in words. */
  readonly reason: string;
  /** Its exit code; above 128: 128 + the number of the signal; null: the task did not finish. */
  readonly code: number | null;
  /** Its last job, whose `jobEnded` has the exit reason; null: it was in no job. */
  readonly job: JobName | null;
  /** The host that it ran on; null: it never started. */
  readonly host: string | null;
  /** Attempts that failed; null: one that no retry can change. */
  readonly attempts: number | null;
  /** Absolute local path of the log to read first; null: no log was collected. */
  readonly log: string | null;
}

/** Tasks that failed in the same way. */
export interface FailureGroup {
  /** Keys; the first one's log and hints are given. */
  readonly tasks: readonly TaskKey[];
  readonly isOnSeveralHosts: boolean;
  readonly log: LogTail;
  readonly hints: readonly string[];
}

export function describeFailedTask(
  task: Task,
  view: PlanAndState,
  files: Files,
): FailedTask {
  const { key, dir, command } = task;
  const tracked = taskOf(view.progress, key);
  const { code, job, host, failedAttempts } = tracked;
  return {
    ...{ task: key, dir, command },
    reason: failureReason(tracked, view),
    ...{ code, job, host },
    attempts: Number.isFinite(failedAttempts) ? failedAttempts : null,
    log: localLog(task, view, files),
  };
}

/** @param tasks at least one */
export function describeGroup(
  tasks: readonly Task[],
  view: PlanAndState,
  files: Files,
): FailureGroup {
  const first = tasks[0]!;
  const tracked = taskOf(view.progress, first.key);
  const log = readTaskLog(first, view, files);
  const hosts = tasks.map(({ key }) => taskOf(view.progress, key).host);
  return {
    tasks: tasks.map(({ key }) => key),
    isOnSeveralHosts: hosts[0] !== null &&
      hosts.some((host) => host !== null && host !== hosts[0]),
    log,
    hints: [
      ...commandHints(tracked, first, log.lines.join("\n")),
      ...limitHints(tracked, view),
      ...repetitionHints(tracked),
    ],
  };
}

/** Its exit code, and why its job ended where that ended the task too. */
export function failureReason(
  task: TrackedTask,
  view: Pick<PlanAndState, "progress">,
): string {
  const { code, job, started } = task;
  const description = jobEndOf(task, view);
  const jobEnd = description === null || job === null
    ? null
    : `its ${jobTitle(view.progress, job)} ${description}`;
  if (code !== null && code !== 0) {
    return jobEnd === null
      ? describeExitCode(code)
      : `${describeExitCode(code)}; ${jobEnd}`;
  }
  if (jobEnd !== null) return jobEnd;
  return started === null ? "it never started" : "it did not finish";
}

/** Why its job ended, where that may have ended the task; null where the task ended by itself. */
export function jobEndOf(
  { code, job }: TrackedTask,
  { progress }: Pick<PlanAndState, "progress">,
): string | null {
  const isOwnExit = code !== null && code > 0 && code <= 128;
  const exitReason = job === null ? null : progress.jobs.get(job)?.exitReason;
  return exitReason && !isOwnExit ? describeExitReason(exitReason) : null;
}

/** What to request where a limit ended the job, and what to look at where it never began. */
function limitHints(
  { job }: TrackedTask,
  { progress, plan }: PlanAndState,
): readonly string[] {
  const tracked = job === null ? undefined : progress.jobs.get(job);
  const kind = tracked?.exitReason?.kind;
  if (
    kind === "disappeared" && tracked?.host === null && !progress.hasRecords
  ) {
    return [
      jobShellOf(plan.config.machine) === "bash -l"
        ? "no job of this run wrote even its first record: it begins with a login shell, whose profile (~/.bash_profile, ~/.profile) may end it or replace its commands; `bash -l -c 'echo begins'` where the jobs run shows that"
        : "no job of this run wrote even its first record: see whether `bash` begins where the jobs run, and what BASH_ENV names",
    ];
  }
  if (kind === "timeLimit") {
    return [
      "request more time: resources.walltime, or a queue with a longer limit",
    ];
  }
  return kind === "outOfMemory"
    ? ["request more memory: resources.memory, or run fewer tasks at once"]
    : [];
}

function repetitionHints(task: TrackedTask): readonly string[] {
  const repetition = describeRepetition(task);
  return repetition === null ? [] : [`it ${repetition}`];
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
