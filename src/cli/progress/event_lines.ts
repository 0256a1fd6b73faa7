import type { Event } from "../../model/event.ts";
import type { JobName } from "../../model/job.ts";
import { isFree } from "../../model/run_state/retry_policy.ts";
import type { RunState, TrackedTask } from "../../model/run_state/mod.ts";
import { formatFailure } from "../../text/result.ts";
import {
  cancelReasons,
  describeExitCode,
  describeExitReason,
  describeRepetition,
} from "../wording/exits.ts";
import { shownFile } from "../wording/names.ts";
import { formatBytes } from "../../text/format.ts";
import { count } from "../../text/grammar.ts";
import type { Tone } from "../../environment/environment.ts";
import type { Plan } from "../../model/plan.ts";
import type { RunView } from "../run_view.ts";

/** `--quiet` leaves out lines of the tone `news`. */
export interface Line {
  readonly tone: Tone;
  readonly text: string;
}

type Of<T extends Event["type"]> = Extract<Event, { type: T }>;

/** The line of an event; null where the event only changes the counts, or the summary at the end reports it. */
export function eventLine(event: Event, view: RunView): Line | null {
  const format = LINES[event.type] as
    | ((event: Event, view: RunView) => Line | null)
    | undefined;
  return format?.(event, view) ?? null;
}

const LINES: {
  readonly [T in Event["type"]]?: (event: Of<T>, view: RunView) => Line | null;
} = {
  runStarted: ({ repeatsFinishedRun }) =>
    repeatsFinishedRun
      ? news(
        "the last run finished: all tasks run again (--reuse keeps results that have not changed)",
      )
      : null,
  sessionStarted: (_event, view) => news(sessionTitle(view)),
  attached: ({ holderName, isOtherVersion }) =>
    isOtherVersion
      ? warning(
        `another version of the script is already running (${
          processName(holderName)
        }); attached to it; for the present version run the same command again when it has ended`,
      )
      : news(`already running (${processName(holderName)}); attached to it`),
  resultsReused: ({ results }) =>
    news(
      `results of ${
        count(results.length, "unchanged task")
      } are reused from an earlier run`,
    ),
  resultsKept: ({ results, uncollected }) =>
    news(
      `results of ${
        count(results.length + uncollected.length, "finished task")
      } of the old version are kept`,
    ),
  staged: ({ tasks, files, bytes }) =>
    news(
      `staged ${describeFiles(files, bytes)} for ${
        count(tasks.length, "task")
      }`,
    ),
  jobRejected: ({ isQueueFull, message }) =>
    isQueueFull
      ? warning(
        `the batch system accepts no more jobs for now: ${message.trim()}`,
      )
      : null,
  jobUnconfirmed: ({ message }) =>
    message === undefined ? null : warning(
      `cannot tell from the reply of the batch system whether a job was submitted; the queue is checked: ${message}`,
    ),
  taskExited: ({ task, job, code }, view) =>
    code === 0 || isCancelledByUs(job, view) ||
      wasKilledWithJob(job, code, view)
      ? null
      : failure(describeFailedAttempt(view, task, code)),
  resultsLost: ({ tasks, deleted }) =>
    deleted
      ? news(describeDeletedResults(tasks.length, deleted))
      : tasks.length === 0
      ? null
      : warning(
        `results of ${
          count(tasks.length, "task")
        } are no longer on the remote host; ${
          tasks.length === 1 ? "it" : "they"
        } will run again`,
      ),
  jobEnded: ({ job, reason }, view) => {
    if (isCancelledByUs(job, view)) return null;
    const wasSignalled = reason.kind === "completed" &&
      view.progress.jobs.get(job)?.isSignalled;
    const description = wasSignalled
      ? "was ended by a signal"
      : describeExitReason(reason);
    if (description === null) return null;
    const title = `${jobTitle(view.progress, job)} ${description}`;
    return isFree(reason)
      ? news(`${title}; this does not count as a failed attempt`)
      : failure(title);
  },
  cancelRequested: ({ reason, jobs }) => {
    const cause = cancelReasons[reason];
    const because = cause === null ? "" : `${cause}: `;
    if (jobs.length > 0) {
      return news(`${because}cancelling ${count(jobs.length, "job")}`);
    }
    return cause === null ? null : news(`${because}no more jobs are submitted`);
  },
  warning: ({ failure }) => warning(formatFailure(failure)),
};

/** `2 finished tasks will run again, because their results were deleted: a/out, b/out`. Without a task they are results of the whole run. */
function describeDeletedResults(
  tasks: number,
  examples: readonly string[],
): string {
  const shown = `${examples.join(", ")}${tasks > examples.length ? ", …" : ""}`;
  return tasks === 0
    ? `common results were deleted and are collected again: ${shown}`
    : `${count(tasks, "finished task")} will run again, because ${
      tasks === 1 ? "its" : "their"
    } results were deleted: ${shown}`;
}

/** A job that dpdisp cancels is not reported as a failure. */
function isCancelledByUs(job: JobName, { progress }: RunView): boolean {
  const { cancel = "no" } = progress.jobs.get(job) ?? {};
  return cancel !== "no";
}

/** The end of its job says why; a node failure or a preemption is no failed attempt of the task. */
function wasKilledWithJob(
  job: JobName,
  code: number,
  { progress }: RunView,
): boolean {
  return code > 128 && (progress.jobs.get(job)?.isSignalled ?? false);
}

/** `PID 123 on vm`. @param holder host and process as the lease names them: `vm 123` */
function processName(holder: string): string {
  const [host, pid] = holder.split(" ");
  return pid === undefined ? "another dpdisp process" : `PID ${pid} on ${host}`;
}

function news(text: string): Line {
  return { tone: "news", text };
}

function warning(text: string): Line {
  return { tone: "warning", text: `warning: ${text}` };
}

function failure(text: string): Line {
  return { tone: "failure", text };
}

/** `hello.py: 3 tasks, Slurm on SSHContext; resuming: 1 task done, 2 jobs active`. */
function sessionTitle(
  { plan, progress: { counts, activeJobs } }: RunView,
): string {
  const earlier = [
    ...(counts.succeeded > 0
      ? [`${count(counts.succeeded, "task")} done`]
      : []),
    ...(activeJobs.size > 0 ? [`${count(activeJobs.size, "job")} active`] : []),
  ];
  return `${titleOf(plan)}${
    earlier.length > 0 ? `; resuming: ${earlier.join(", ")}` : ""
  }`;
}

/** Without the size where there is nothing but links and files of our own, which are not counted. */
function describeFiles(files: number, bytes: number): string {
  return `${count(files, "file")}${
    bytes > 0 ? ` (${formatBytes(bytes)})` : ""
  }`;
}

/** `hello.py: 3 tasks, Slurm on SSHContext`. */
export function titleOf({ config: { script, machine }, tasks }: Plan): string {
  return `${shownFile(script.path)}: ${
    count(tasks.length, "task")
  }, ${machine.scheduler} on ${machine.context}`;
}

function describeFailedAttempt(
  { plan, progress, nameOf }: RunView,
  key: string,
  code: number,
): string {
  const task = progress.tasks.get(key);
  const description = `task ${nameOf(key)} failed: ${describeExitCode(code)}`;
  return task === undefined
    ? description
    : `${description}${attemptOf(task, code, plan.config.machine.retries)}`;
}

/** A command that was not found, or is not executable, is not retried. */
function attemptOf(
  task: TrackedTask,
  code: number,
  retries: number,
): string {
  if (code === 126 || code === 127 || retries === 0) return "";
  const repetition = describeRepetition(task);
  return repetition === null
    ? ` (attempt ${task.failedAttempts + 1} of ${retries + 1})`
    : ` (${repetition})`;
}

/** `job d3f2a1 (4711)`: our name and the batch system's id. */
export function jobTitle({ jobs }: RunState, job: JobName): string {
  const id = jobs.get(job)?.id;
  return id ? `job ${job} (${id})` : `job ${job}`;
}
