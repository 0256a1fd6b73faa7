/** What a new session begins with: the state that earlier ones left, without what was of them alone. */
import { jobOf, setJob, setTask } from "./transitions.ts";
import type { EventOf, RunState, TrackedTask } from "./state.ts";

export function startSession(
  p: RunState,
  { scriptCopy = "", plan }: EventOf<"sessionStarted">,
  at: number,
): void {
  p.plan = plan ?? p.plan;
  p.sessionStartedAt = at;
  p.remote = null;
  // New jobs use the new name of the copy, so that every task is staged again.
  if (p.scriptCopy !== scriptCopy) p.staged.clear();
  p.scriptCopy = scriptCopy;
  p.cancelling = null;
  p.queueFullSince = null;
  p.hasRecords = [...p.activeJobs].some((job) => jobOf(p, job).host !== null);
  restartTimes(p, at);
  dropUnsentCancels(p);
  resetLosses(p);
  if (p.finished === "failed") reopen(p);
}

/**
 * No moment of an earlier session is waited for: its clock was another one.
 * Delays before an attempt are over, so that a session that is ended again and
 * again cannot prolong them; what takes patience with a queue starts again.
 */
function restartTimes(p: RunState, at: number): void {
  p.lastChangeAt = at;
  p.cancelSentAt = null;
  for (const key of p.pendingTasks) setTask(p, key, { retryAt: 0 });
  for (const name of p.activeJobs) {
    setJob(p, name, {
      submittedAt: null,
      missingSince: at,
      cancelRequests: 0,
      cancelSentAt: 0,
    });
  }
}

/** Jobs whose cancellation an earlier session requested and did not send keep running. */
function dropUnsentCancels(p: RunState): void {
  for (const name of [...p.activeJobs, ...p.unconfirmedJobs]) {
    if (jobOf(p, name).cancel === "requested") {
      setJob(p, name, { cancel: "no" });
    }
  }
}

/** Where no job was ever accepted, the cause may be fixed by now. */
function resetLosses(p: RunState): void {
  if ([...p.jobs.values()].some(({ id }) => id !== null)) return;
  for (const key of p.tasks.keys()) setTask(p, key, { schedulerLosses: 0 });
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
    failure: null,
    earlierFailure: null,
    retryAt: 0,
    isCollected: false,
    isUncollected: false,
  };
  for (const [key, { state }] of p.tasks) {
    if (state !== "failed" && state !== "pending") continue;
    setTask(p, key, pending);
  }
}
