/** How each event changes the state. `at`: when it is applied, in ms by a clock that nobody can set. */
import type { CollectedTask, Event } from "../event.ts";
import type { JobName, TaskKey } from "../job.ts";
import {
  addJob,
  jobOf,
  NEW_TASK,
  releaseTasks,
  setJob,
  setTask,
} from "./transitions.ts";
import { failureOf, retryChange } from "./retry_policy.ts";
import { startSession } from "./session_start.ts";
import type { EventOf, RunState, TrackedTask } from "./state.ts";

export const REDUCERS: {
  readonly [T in Event["type"]]: (
    p: RunState,
    e: EventOf<T>,
    at: number,
  ) => void;
} = {
  runStarted(p, e) {
    p.started = e;
  },
  sessionStarted: startSession,
  remoteInspected(p, e) {
    p.remote = e;
    p.isRemoteDirPresent = e.isPresent;
    p.mustInspect = false;
  },
  staged(p, { tasks }) {
    for (const key of tasks) p.staged.add(key);
    p.isRemoteDirPresent = true;
    p.isCleaned = false;
  },
  resultsReused(p, { results }) {
    for (const result of results) setCollected(p, result);
    p.isCommonCollected = true;
  },
  resultsDiscarded(p, { tasks }) {
    resetTasks(p, tasks);
  },
  resultsKept(p, { results, uncollected }) {
    for (const result of results) setCollected(p, result);
    if (uncollected.length > 0) p.isCommonCollected = false;
    for (const task of uncollected) {
      setTask(p, task, {
        state: "succeeded",
        job: null,
        code: 0,
        isUncollected: true,
      });
    }
  },
  jobCreated(p, { job, tasks, supersedes }) {
    const number = numberIn(p, job);
    addJob(p, job, { tasks, supersedes, number });
    p.nextJobNumber = Math.max(p.nextJobNumber, number) + 1;
    const assigned: Partial<TrackedTask> = {
      state: "assigned",
      job,
      code: null,
      started: null,
      logBytes: null,
      ended: null,
      failure: null,
      suggestedCommand: null,
    };
    for (const key of tasks) {
      if (!isDone(p, key)) setTask(p, key, assigned);
    }
  },
  jobUnconfirmed(p, { job, message = "" }) {
    setJob(p, job, { state: "unconfirmed", submitMessage: message });
    p.mustInspect = true;
  },
  jobSubmitted(p, { job, id }, at) {
    setJob(p, job, { state: "submitted", id, submittedAt: at });
    p.queueFullSince = null;
    p.lastChangeAt = at;
  },
  jobStarted(p, { job, id, host }, at) {
    const state = jobOf(p, job).state === "final" ? "final" : "running";
    setJob(p, job, { state, id, host, missedPolls: 0 });
    p.hasRecords = true;
    p.lastChangeAt = at;
  },
  jobRejected(p, { job, isQueueFull }, at) {
    setJob(p, job, { state: "ready" });
    if (isQueueFull) p.queueFullSince = at;
  },
  jobFenced(p, { job }, at) {
    const { submitMessage, state } = jobOf(p, job);
    // The same unclear reply may come to every submit, so that it must count.
    const exitReason = state === "unconfirmed" && submitMessage !== ""
      ? { kind: "neverSeen", message: submitMessage } as const
      : null;
    setJob(p, job, { state: "final", exitReason });
    releaseTasks(
      p,
      job,
      (task) => exitReason ? retryChange(task, exitReason, at) : {},
    );
  },
  jobState(
    p,
    { job, state, nativeState, reason = "", isUnknownState },
    at,
  ) {
    if (isUnknownState) p.unknownStates.add(nativeState);
    const shown = p.activeJobs.has(job) && { state };
    setJob(p, job, { nativeState, reason, missedPolls: 0, ...shown });
    p.lastChangeAt = at;
  },
  jobsNotListed(p, { jobs }, at) {
    for (const job of jobs) {
      const { missedPolls, missingSince } = jobOf(p, job);
      setJob(p, job, {
        missedPolls: missedPolls + 1,
        missingSince: missedPolls === 0 ? at : missingSince,
      });
    }
  },
  taskStarted(p, { task, job, remoteTime, logBytes = null }, at) {
    const { host } = setJob(p, job, { missedPolls: 0 });
    p.lastChangeAt = at;
    if (isDone(p, task)) return;
    setTask(p, task, {
      state: "running",
      job,
      host,
      started: remoteTime,
      logBytes,
      ended: null,
      code: null,
      failure: null,
    });
  },
  taskExited(p, e, at) {
    const { task, job, code, remoteTime, suggestedCommand = null } = e;
    setJob(p, job, { missedPolls: 0 });
    p.lastChangeAt = at;
    if (isDone(p, task)) return;
    setTask(p, task, {
      state: code === 0 ? "succeeded" : "assigned",
      job,
      code,
      ended: remoteTime,
      suggestedCommand,
      failure: failureOf(e, p.tasks.get(task)?.started ?? null),
      ...code === 0 && { isUncollected: true },
    });
    if (code !== 0) return;
    if (p.tasks.has(task)) p.isCommonCollected = false;
  },
  jobSignalled(p, { job }) {
    setJob(p, job, { isSignalled: true, missedPolls: 0 });
  },
  resultsLost(p, { tasks, deleted }) {
    if (deleted) return resetTasks(p, tasks);
    p.staged.clear();
    const pending: Partial<TrackedTask> = {
      state: "pending",
      isCollected: false,
      isUncollected: false,
      retryAt: 0,
    };
    for (const task of tasks) setTask(p, task, pending);
  },
  attached() {},
  jobEnded(p, { job, reason }, at) {
    if (jobOf(p, job).state === "final") return;
    const { cancel, host } = setJob(p, job, {
      state: "final",
      exitReason: reason,
    });
    const isWithoutRecord = host === null && reason.kind === "disappeared";
    p.lastChangeAt = at;
    // A task of a job that the user cancelled did not fail.
    const isCounted = cancel === "no" || reason.kind === "rejected";
    releaseTasks(
      p,
      job,
      (task) => ({
        ...isCounted && retryChange(task, reason, at),
        ...isWithoutRecord &&
          { jobsWithoutRecord: task.jobsWithoutRecord + 1 },
      }),
    );
  },
  taskFailed(p, { task, code }) {
    setTask(p, task, { state: "failed", code, isUncollected: true });
  },
  collected(p, { results }) {
    for (
      const {
        task,
        files,
        missing,
        notDownloaded = [],
        renamedLogs = [],
      } of results
    ) {
      if (!p.tasks.has(task)) continue;
      // Of a failed task only its logs are collected.
      const results: Partial<TrackedTask> = isDone(p, task)
        ? { files }
        : { logs: files };
      setTask(p, task, {
        isCollected: true,
        isUncollected: false,
        missing,
        notDownloaded,
        renamedLogs,
        ...results,
      });
    }
  },
  commonCollected(p, { result }) {
    p.isCommonCollected = true;
    p.commonMissing = result.missing;
    p.commonNotDownloaded = result.notDownloaded ?? [];
    p.commonFiles = result.files;
  },
  cancelRequested(p, { reason, jobs }) {
    for (const job of jobs) {
      const { cancel } = jobOf(p, job);
      setJob(p, job, {
        cancel: cancel === "no" ? "requested" : cancel,
        ...(reason === "neverRuns" && { neverRuns: true }),
      });
    }
    if (reason !== "outdated" && reason !== "neverRuns") p.cancelling = reason;
  },
  cancelSent(p, { jobs, message }, at) {
    p.cancelSentAt = at;
    for (const job of jobs) {
      const { cancel, cancelRequests } = jobOf(p, job);
      const isAccepted = message === undefined || cancel === "accepted";
      setJob(p, job, {
        cancel: isAccepted ? "accepted" : "sent",
        cancelRequests: cancelRequests + 1,
        cancelSentAt: at,
      });
    }
  },
  cleaned(p) {
    p.isCleaned = true;
  },
  warning(p, { failure }) {
    p.lastWarning = failure.detail;
  },
  sessionEnded() {},
  runFinished(p, { outcome }) {
    p.finished = outcome;
  },
};

function isDone({ tasks }: RunState, key: TaskKey): boolean {
  return tasks.get(key)?.state === "succeeded";
}

/** A task that is not run, because its results are here. */
function setCollected(p: RunState, { task, files }: CollectedTask): void {
  setTask(p, task, {
    state: "succeeded",
    job: null,
    code: 0,
    isCollected: true,
    files,
  });
}

/** Resets tasks to new ones; older records of them do not count any more. */
function resetTasks(p: RunState, tasks: readonly TaskKey[]): void {
  p.isCommonCollected = false;
  for (const key of tasks) {
    p.staged.delete(key);
    // The job that ran it may still run other tasks.
    setTask(p, key, { ...NEW_TASK, firstValidJob: p.nextJobNumber });
  }
}

/** The number in a job's name, after `d` and the run id; the id has 8 characters where the journal has lost it. */
function numberIn({ started }: RunState, name: JobName): number {
  return parseInt(name.slice(1 + (started?.runId.length ?? 8)), 36) || 0;
}
