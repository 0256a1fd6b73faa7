/** How each event changes the state. `at`: when it happened, ms since 1970. */
import type { Event } from "../event.ts";
import type { JobName, TaskKey } from "../job.ts";
import {
  addJob,
  jobOf,
  NEW_TASK,
  releaseTasks,
  setJob,
  setTask,
} from "./transitions.ts";
import { retryChange } from "./retry_policy.ts";
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
  sessionStarted(p, { scriptCopy = "", plan = p.plan }, at) {
    p.plan = plan;
    p.sessionStartedAt = at;
    p.remote = null;
    // New jobs use the new name of the copy, so that every task is staged again.
    if (p.scriptCopy !== scriptCopy) p.staged.clear();
    p.scriptCopy = scriptCopy;
    p.cancelling = null;
    p.queueFullSince = null;
    p.hasRecords = [...p.activeJobs].some((job) => jobOf(p, job).host !== null);
    dropUnsentCancels(p);
    resetLosses(p);
    if (p.finished === "failed") reopen(p);
  },
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
    for (const { task, files } of results) {
      setTask(p, task, {
        state: "succeeded",
        job: null,
        code: 0,
        isCollected: true,
        files,
      });
    }
    p.isCommonCollected = true;
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
    });
  },
  taskExited(p, { task, job, code, remoteTime, suggestedCommand = null }, at) {
    setJob(p, job, { missedPolls: 0 });
    p.lastChangeAt = at;
    if (isDone(p, task)) return;
    setTask(p, task, {
      state: code === 0 ? "succeeded" : "assigned",
      job,
      code,
      ended: remoteTime,
      suggestedCommand,
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
        cancel: cancel === "sent" ? "sent" : "requested",
        ...(reason === "neverRuns" && { neverRuns: true }),
      });
    }
    if (reason !== "outdated" && reason !== "neverRuns") p.cancelling = reason;
  },
  cancelSent(p, { jobs }) {
    for (const job of jobs) setJob(p, job, { cancel: "sent" });
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

/** Jobs whose cancellation an earlier session requested and did not send keep running. */
function dropUnsentCancels(p: RunState): void {
  for (const name of [...p.activeJobs, ...p.unconfirmedJobs]) {
    if (jobOf(p, name).cancel === "requested") {
      setJob(p, name, { cancel: "no" });
    }
  }
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

/** Where no job was ever accepted, the cause may be fixed by now. */
function resetLosses(p: RunState): void {
  if ([...p.jobs.values()].some(({ id }) => id !== null)) return;
  for (const key of p.tasks.keys()) setTask(p, key, { schedulerLosses: 0 });
}

/** The number in a job's name, after `d` and the run id; the id has 8 characters where the journal has lost it. */
function numberIn({ started }: RunState, name: JobName): number {
  return parseInt(name.slice(1 + (started?.runId.length ?? 8)), 36) || 0;
}

/** Resumes a run that ended with failures: failed tasks get new attempts, missing results are collected again. */
function reopen(p: RunState): void {
  p.finished = null;
  p.isCommonCollected = false;
  p.commonMissing = [];
  p.commonNotDownloaded = [];
  for (const key of [...p.incompleteTasks]) {
    setTask(p, key, { isUncollected: true });
  }
  const pending: Partial<TrackedTask> = {
    state: "pending",
    failedAttempts: 0,
    schedulerLosses: 0,
    jobsWithoutRecord: 0,
    retryAt: 0,
    isCollected: false,
    isUncollected: false,
  };
  for (const [key, { state }] of p.tasks) {
    if (state !== "failed" && state !== "pending") continue;
    setTask(p, key, pending);
  }
}
