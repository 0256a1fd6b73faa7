/** How a run, or a session that left it open, ended. */
import { runCounts } from "../../engine/end_conditions.ts";
import type {
  CancelReason,
  Event,
  RenamedLog,
  RunCounts,
  SessionEndReason,
} from "../../model/event.ts";
import { exitCodeOf, exitCodes } from "../../model/exit_codes.ts";
import type { JobId, JobName, TaskKey } from "../../model/job.ts";
import type { Plan } from "../../model/plan.ts";
import { type RunState, taskOf } from "../../model/run_state/mod.ts";
import { pack } from "../../pipeline/plan/pack.ts";
import { runDirectory } from "../../script/remote_layout.ts";
import type { Failure } from "../../text/result.ts";
import type { Files } from "../../environment/environment.ts";
import {
  describeFailedTask,
  describeGroup,
  type FailedTask,
  type FailureGroup,
} from "./failed_tasks.ts";
import { groupFailures } from "./group_failures.ts";
import { sharesFiles } from "./task_log.ts";

/** All that is to be said at the end: the text on stderr and the last line of `--json` are made of it. */
export interface RunSummary extends RunCounts {
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  /** Seconds since the session started. */
  readonly duration: number;
  /** Absolute path of the script. */
  readonly script: string;
  /** Absolute local directory that contains the task directories and results. */
  readonly workBase: string;
  /** Number of tasks. */
  readonly taskCount: number;
  /** Why the session stopped, where it was an error. */
  readonly failure?: Failure;
  /** Why a cancellation was requested; null: none was. */
  readonly cancelReason: CancelReason | null;
  /** In the order of the plan. */
  readonly failedTasks: readonly FailedTask[];
  /** The first 10 ways in which tasks failed; other tasks are in no group. */
  readonly failureGroups: readonly FailureGroup[];
  readonly incompleteResults: readonly IncompleteResults[];
  /** Tasks without success, and the `ratio_unfinished` that allows a run to succeed without them. */
  readonly unfinished?: {
    readonly ratio: number;
    readonly tasks: readonly TaskKey[];
  };
  /** Logs that were saved under another name, because a file of the user has theirs. */
  readonly renamedLogs: readonly RenamedLog[];
  /** Jobs that this session cancelled. */
  readonly cancelledJobs: readonly {
    readonly job: JobName;
    readonly id: JobId | null;
  }[];
  /** Number of jobs that the run ever had. */
  readonly createdJobs: number;
  /** Number of jobs that are queued or running. */
  readonly activeJobs: number;
  /** Number of jobs that may have been submitted: the next run finds out. */
  readonly unconfirmedJobs: number;
  /** Number of jobs that the batch system does not have yet. */
  readonly unsubmittedJobs: number;
  /** The run's own directory: `host` is null where it is on this computer. */
  readonly runDirectory: {
    readonly path: string;
    readonly host: string | null;
  };
  readonly commands: Commands;
}

/** `outputLost`: standard output could not be written, so the session ended. */
export type RunOutcome =
  | "succeeded"
  | "failed"
  | SessionEndReason
  | "outputLost";

/** Results that were not downloaded. */
export interface IncompleteResults {
  /** The key of the task, which succeeded; null: results of the whole run. */
  readonly task: TaskKey | null;
  /** Patterns that matched nothing. */
  readonly missing: readonly string[];
  /** Paths that could not be downloaded and are still on the remote host. */
  readonly notDownloaded: readonly string[];
}

/** Command lines for the user to copy. */
export interface Commands {
  /** Resumes this run. */
  readonly resume: string;
  /** Cancels its jobs. */
  readonly cancel: string;
}

export type FinalEvent = Extract<
  Event,
  { type: "runFinished" | "sessionEnded" }
>;

/** What the command line knows of the session. */
export interface SessionFacts {
  /** When the session ended (ms, as `Clock.elapsed`). */
  readonly endedAt: number;
  readonly commands: Commands;
  readonly cancelled: readonly JobName[];
  /** A cancellation that neither an interrupt nor the command asked for was requested by another process. */
  readonly isInterrupted: boolean;
  readonly isCancelCommand: boolean;
  /** The session ends because its output could not be written. */
  readonly isOutputLost: boolean;
}

/** Groups of failures that are described; tasks of other groups are only named. */
const GROUPS_DESCRIBED = 10;

/** @param files reads the logs of failed tasks */
export function summarizeRun(
  plan: Plan,
  state: RunState,
  ending: FinalEvent,
  session: SessionFacts,
  files: Files,
): RunSummary {
  const view = { plan, progress: state };
  const isFinished = ending.type === "runFinished";
  const failed = isFinished
    ? plan.tasks.filter(({ key }) => state.tasks.get(key)?.state === "failed")
    : [];
  const { remoteDir, host } = state.remote ??
    { remoteDir: plan.remoteDir, host: null };
  return {
    outcome: outcomeOf(ending, session),
    exitCode: exitCodeAt(ending, state, session),
    duration: durationOf(ending, state, session),
    script: plan.config.script.path,
    workBase: plan.localDir,
    taskCount: state.tasks.size,
    ...runCounts(state),
    ...(!isFinished && ending.failure && { failure: ending.failure }),
    cancelReason: state.cancelling,
    failedTasks: failed.map((task) => describeFailedTask(task, view, files)),
    failureGroups: groupFailures(failed, view, files)
      .slice(0, GROUPS_DESCRIBED)
      .map((tasks) => describeGroup(tasks, view, files)),
    incompleteResults: isFinished ? incompleteResults(plan, state) : [],
    ...unfinishedOf(plan, state, ending),
    renamedLogs: isFinished ? renamedLogs(plan, state) : [],
    cancelledJobs: session.cancelled.map((job) => ({
      job,
      id: state.jobs.get(job)?.id ?? null,
    })),
    createdJobs: state.jobs.size,
    ...jobCounts(plan, state, ending),
    runDirectory: {
      path: runDirectory(remoteDir, plan.runKey),
      host: sharesFiles(plan) ? null : host,
    },
    commands: session.commands,
  };
}

function outcomeOf(
  ending: FinalEvent,
  { isOutputLost }: SessionFacts,
): RunOutcome {
  if (ending.type === "runFinished") return ending.outcome;
  return ending.reason === "interrupt" && isOutputLost
    ? "outputLost"
    : ending.reason;
}

function exitCodeAt(
  ending: FinalEvent,
  { finished }: RunState,
  { isInterrupted, isCancelCommand, isOutputLost }: SessionFacts,
): number {
  if (ending.type === "runFinished") return ending.exitCode;
  switch (ending.reason) {
    case "interrupt":
      return (isOutputLost ? exitCodes.unreached : exitCodes.interrupted).code;
    case "cancel":
      if (isInterrupted) return exitCodes.interrupted.code;
      return (isCancelCommand ? exitCodes.done : exitCodes.failed).code;
    case "stopped":
      return ending.failure
        ? exitCodeOf(ending.failure.kind)
        : exitCodes.failed.code;
    case "elsewhere":
      return (finished === "failed" ? exitCodes.failed : exitCodes.done).code;
    default:
      return exitCodes.done.code;
  }
}

function durationOf(
  ending: FinalEvent,
  { sessionStartedAt }: RunState,
  { endedAt }: SessionFacts,
): number {
  if (ending.type === "runFinished") return ending.duration;
  return sessionStartedAt === null ? 0 : (endedAt - sessionStartedAt) / 1000;
}

/** In the order of the plan, those of the whole run last. */
function incompleteResults(
  { tasks }: Plan,
  state: RunState,
): readonly IncompleteResults[] {
  const { incompleteTasks, commonMissing, commonNotDownloaded } = state;
  const ofTasks = tasks.filter(({ key }) => incompleteTasks.has(key))
    .map(({ key }) => {
      const { missing, notDownloaded } = taskOf(state, key);
      return { task: key, missing, notDownloaded };
    });
  return commonMissing.length + commonNotDownloaded.length === 0 ? ofTasks : [
    ...ofTasks,
    { task: null, missing: commonMissing, notDownloaded: commonNotDownloaded },
  ];
}

function unfinishedOf(
  { tasks: planned, config }: Plan,
  { tasks: tracked }: RunState,
  ending: FinalEvent,
): Pick<RunSummary, "unfinished"> {
  if (ending.type !== "runFinished" || ending.outcome === "failed") return {};
  const tasks = planned.map(({ key }) => key).filter((key) =>
    tracked.get(key)?.state !== "succeeded"
  );
  const ratio = config.resources.strategy.unfinishedRatio;
  return tasks.length === 0 ? {} : { unfinished: { ratio, tasks } };
}

/** Once each, also where several tasks share a log. */
function renamedLogs({ tasks }: Plan, state: RunState): readonly RenamedLog[] {
  const all = tasks.flatMap(({ key }) =>
    state.tasks.get(key)?.renamedLogs ?? []
  );
  return [...new Map(all.map((log) => [log.path, log])).values()];
}

/** Jobs that are not submitted include those that are still to be packed. */
function jobCounts(
  { config }: Plan,
  { readyJobs, activeJobs, unconfirmedJobs, pendingTasks }: RunState,
  ending: FinalEvent,
): Pick<RunSummary, "activeJobs" | "unconfirmedJobs" | "unsubmittedJobs"> {
  const submitting = ending.type === "sessionEnded"
    ? ending.submitting?.filter((job) => readyJobs.has(job)) ?? []
    : [];
  const toPack = pack([...pendingTasks], config.resources.tasksPerJob);
  return {
    activeJobs: activeJobs.size,
    unconfirmedJobs: unconfirmedJobs.size + submitting.length,
    unsubmittedJobs: readyJobs.size - submitting.length + toPack.length,
  };
}
