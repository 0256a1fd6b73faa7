import type { Event } from "../../model/event.ts";
import type { JobName } from "../../model/job.ts";
import type { RunState, TrackedTask } from "../../model/run_state/mod.ts";
import { formatFailure } from "../../text/result.ts";
import { cancelWords, describeExitReason } from "../wording/exit_reasons.ts";
import { describeExitCode } from "../wording/exit_codes.ts";
import { formatBytes } from "../../text/format.ts";
import { count } from "../../text/grammar.ts";
import type { Tone } from "../../environment/environment.ts";
import type { Plan } from "../../model/plan.ts";
import type { RunView } from "../run_view.ts";

/** `news` is left out by --quiet; of many alike `failure`s only the first are told one by one. */
export interface Line {
  readonly tone: Tone;
  readonly text: string;
}

type Of<T extends Event["type"]> = Extract<Event, { type: T }>;

/** The line of an event; null: it only changes the counts, or the report at the end tells it. */
export function eventLine(event: Event, scene: RunView): Line | null {
  const tell = LINES[event.type] as
    | ((event: Event, scene: RunView) => Line | null)
    | undefined;
  return tell?.(event, scene) ?? null;
}

const LINES: {
  readonly [T in Event["type"]]?: (event: Of<T>, scene: RunView) => Line | null;
} = {
  sessionStarted: (_event, scene) => news(greeting(scene)),
  attached: ({ holderName }) =>
    news(`${dpdispOf(holderName)} is at it already: following it`),
  resultsReused: ({ results }) =>
    news(
      `${
        count(results.length, "task")
      } unchanged since an earlier run: not run again`,
    ),
  staged: ({ tasks, files, bytes }) =>
    news(`staged ${filesOf(files, bytes)} for ${count(tasks.length, "task")}`),
  jobRejected: ({ isQueueFull, message }) =>
    isQueueFull
      ? warning(`the scheduler takes no more jobs for now: ${message.trim()}`)
      : null,
  jobUnconfirmed: ({ message }) =>
    message === undefined ? null : warning(
      `the scheduler's answer says neither yes nor no; it is asked what it has: ${message}`,
    ),
  taskExited: ({ task, job, code }, scene) =>
    code === 0 || isOurDoing(job, scene)
      ? null
      : failure(failedTask(scene, task, code)),
  resultsLost: ({ tasks, deleted }) =>
    deleted
      ? news(deletedWords(tasks.length, deleted))
      : tasks.length === 0
      ? null
      : warning(
        `results of ${
          count(tasks.length, "task")
        } are there no more: to be run again`,
      ),
  jobEnded: ({ job, reason }, scene) => {
    const { progress } = scene;
    const words = isOurDoing(job, scene) ? null : describeExitReason(reason);
    return words === null
      ? null
      : failure(`${jobTitle(progress, job)} ${words}`);
  },
  cancelRequested: ({ reason, jobs }) =>
    jobs.length > 0
      ? news(`cancelling ${count(jobs.length, "job")}: ${cancelWords[reason]}`)
      : reason === "cancel"
      ? null
      : news(`${cancelWords[reason]}: no more jobs are submitted`),
  warning: ({ failure }) => warning(formatFailure(failure)),
};

/** `2 finished tasks run again, because their results were deleted: a/out, b/out`. Without a task they are those of the whole run. */
function deletedWords(tasks: number, examples: readonly string[]): string {
  const shown = `${examples.join(", ")}${tasks > examples.length ? ", …" : ""}`;
  return tasks === 0
    ? `common results were deleted, and are collected again: ${shown}`
    : `${count(tasks, "finished task")} ${
      tasks === 1 ? "runs" : "run"
    } again, because ${
      tasks === 1 ? "its" : "their"
    } results were deleted: ${shown}`;
}

/** A job that dpdisp cancels ends as it was told to: that is nobody's failure. */
function isOurDoing(job: JobName, { progress }: RunView): boolean {
  const { cancel = "no" } = progress.jobs.get(job) ?? {};
  return cancel !== "no";
}

/** @param who host and process, as the lease has them: `vm 123` */
function dpdispOf(who: string): string {
  const [host, pid] = who.split(" ");
  return pid === undefined
    ? "another dpdisp"
    : `dpdisp with process ${pid} on ${host}`;
}

function news(text: string): Line {
  return { tone: "news", text };
}

function warning(text: string): Line {
  return { tone: "warning", text };
}

function failure(text: string): Line {
  return { tone: "failure", text };
}

/** `hello.py: 3 tasks, Slurm on SSHContext; going on: 1 done, 2 jobs handed over`. */
function greeting({ plan, progress: { counts, activeJobs } }: RunView): string {
  const past = [
    ...(counts.succeeded > 0 ? [`${counts.succeeded} done`] : []),
    ...(activeJobs.size > 0
      ? [`${count(activeJobs.size, "job")} handed over`]
      : []),
  ];
  return `${titleOf(plan)}${
    past.length > 0 ? `; going on: ${past.join(", ")}` : ""
  }`;
}

/** Links and files of our own weigh nothing. */
function filesOf(files: number, bytes: number): string {
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

/** A script by the last part of its path. */
export function shownFile(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function failedTask(
  { plan, progress, nameOf }: RunView,
  key: string,
  code: number,
): string {
  const standing = progress.tasks.get(key);
  const said = `task ${nameOf(key)} failed: ${describeExitCode(code)}`;
  return standing === undefined
    ? said
    : `${said}${tryOf(standing, code, plan.config.machine.retries)}`;
}

/** A command that is not there will not be there the next time. */
function tryOf(
  { failedAttempts }: TrackedTask,
  code: number,
  retries: number,
): string {
  return code === 126 || code === 127 || retries === 0
    ? ""
    : ` (try ${failedAttempts + 1} of ${retries + 1})`;
}

/** `job d3f2a1 (4711)`: our name and the scheduler's. */
export function jobTitle({ jobs }: RunState, job: JobName): string {
  const id = jobs.get(job)?.id;
  return id ? `job ${job} (${id})` : `job ${job}`;
}
