/** What each event changes. */
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
import type { EventOf, RunState } from "./state.ts";

export const REDUCERS: {
  readonly [T in Event["type"]]: (p: RunState, e: EventOf<T>) => void;
} = {
  runStarted(p, e) {
    p.started = e;
  },
  sessionStarted(p, { copy = "", plan = p.plan }) {
    p.plan = plan;
    p.remote = null;
    // Jobs to come call the copy by its new name.
    if (p.copy !== copy) p.staged.clear();
    p.copy = copy;
    p.cancelling = null;
    p.queueFullSince = null;
    pardon(p);
    resetLosses(p);
    if (p.finished === "failed") reopen(p);
  },
  remoteInspected(p, e) {
    p.remote = e;
    p.isRemoteDirPresent = e.present;
    p.mustInspect = false;
  },
  staged(p, { tasks }) {
    for (const key of tasks) p.staged.add(key);
    p.isRemoteDirPresent = true;
    p.isCleaned = false;
  },
  resultsReused(p, { results }) {
    for (const { task, files } of results) {
      const home = { job: null, code: 0, collected: true, files };
      setTask(p, task, { ...home, state: "succeeded" });
    }
    p.commonCollected = true;
  },
  jobCreated(p, { job, tasks, after }) {
    const number = numberIn(p, job);
    addJob(p, job, { tasks, after, number });
    p.nextJobNumber = Math.max(p.nextJobNumber, number) + 1;
    const fresh = {
      ...{ job, code: null, started: null, ended: null },
      suggestedCommand: null,
    };
    for (const key of tasks) {
      if (isDone(p, key)) continue;
      setTask(p, key, { ...fresh, state: "assigned" });
    }
  },
  jobUnconfirmed(p, { job, saw = "" }) {
    setJob(p, job, { state: "unconfirmed", submitMessage: saw });
    p.mustInspect = true;
  },
  jobSubmitted(p, { job, id, at }) {
    setJob(p, job, { state: "submitted", id, submittedAt: at });
    p.queueFullSince = null;
    p.lastChangeAt = at;
  },
  jobStarted(p, { job, id, host, at }) {
    const state = jobOf(p, job).state === "final" ? "final" : "running";
    setJob(p, job, { state, id, host, missedPolls: 0 });
    p.lastChangeAt = at;
  },
  jobRejected(p, { job, again, at }) {
    setJob(p, job, { state: "ready" });
    if (again) p.queueFullSince = at;
  },
  jobFenced(p, { job, at }) {
    const { submitMessage, state } = jobOf(p, job);
    // Who was answered, and not taken, may be answered so for ever.
    const cause = state === "unconfirmed" && submitMessage !== ""
      ? { kind: "neverSeen", message: submitMessage } as const
      : null;
    setJob(p, job, { state: "final", exitReason: cause });
    releaseTasks(p, job, (task) => cause ? retryChange(task, cause, at) : {});
  },
  jobState(p, { job, state, word, reason = "", strange, at }) {
    if (strange) p.unknownStates.add(word);
    const shown = p.activeJobs.has(job) && { state };
    setJob(p, job, { nativeState: word, reason, missedPolls: 0, ...shown });
    p.lastChangeAt = at;
  },
  jobsNotListed(p, { jobs, at }) {
    for (const job of jobs) {
      const { missedPolls, missingSince } = jobOf(p, job);
      setJob(p, job, {
        missedPolls: missedPolls + 1,
        missingSince: missedPolls === 0 ? at : missingSince,
      });
    }
  },
  taskStarted(p, { task, job, time, at }) {
    const { host } = setJob(p, job, { missedPolls: 0 });
    p.lastChangeAt = at;
    if (isDone(p, task)) return;
    const fresh = { job, host, started: time, ended: null, code: null };
    setTask(p, task, { ...fresh, state: "running" });
  },
  taskExited(p, { task, job, code, time, hint = null, at }) {
    setJob(p, job, { missedPolls: 0 });
    p.lastChangeAt = at;
    if (isDone(p, task)) return;
    const after = { job, code, ended: time, suggestedCommand: hint };
    if (code !== 0) return setTask(p, task, { ...after, state: "assigned" });
    setTask(p, task, { ...after, state: "succeeded", isUncollected: true });
    if (p.tasks.has(task)) p.commonCollected = false;
  },
  jobSignalled(p, { job }) {
    setJob(p, job, { signalled: true, missedPolls: 0 });
  },
  resultsLost(p, { tasks, deleted }) {
    if (deleted) return startOver(p, tasks);
    p.staged.clear();
    const fresh = { collected: false, isUncollected: false, retryAt: 0 };
    for (const task of tasks) setTask(p, task, { ...fresh, state: "pending" });
  },
  attached() {},
  jobEnded(p, { job, cause, at }) {
    if (jobOf(p, job).state === "final") return;
    const { cancel } = setJob(p, job, { state: "final", exitReason: cause });
    p.lastChangeAt = at;
    // What was cancelled from here is nobody's failure.
    releaseTasks(
      p,
      job,
      (task) => cancel === "no" ? retryChange(task, cause, at) : {},
    );
  },
  taskFailed(p, { task, code }) {
    setTask(p, task, { state: "failed", code, isUncollected: true });
  },
  collected(p, { results }) {
    for (
      const { task, files, missing, notDownloaded = [], beside = [] } of results
    ) {
      if (!p.tasks.has(task)) continue;
      const home = { collected: true, isUncollected: false };
      // Of a task that failed only its logs came.
      const results = isDone(p, task)
        ? { files }
        : { logs: files.map(({ path }) => path) };
      setTask(p, task, {
        ...home,
        ...results,
        missing,
        kept: notDownloaded,
        beside,
      });
    }
  },
  commonCollected(p, { result }) {
    p.commonCollected = true;
    p.commonMissing = result.missing;
    p.commonKept = result.notDownloaded ?? [];
    p.commonFiles = result.files;
  },
  cancelRequested(p, { why, jobs }) {
    for (const job of jobs) {
      const { cancel } = jobOf(p, job);
      setJob(p, job, { cancel: cancel === "sent" ? "sent" : "requested" });
    }
    if (why !== "outdated") p.cancelling = why;
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

/** What an earlier session wished to cancel, and did not come to, goes on. */
function pardon(p: RunState): void {
  for (const name of [...p.activeJobs, ...p.unconfirmedJobs]) {
    if (jobOf(p, name).cancel === "requested") {
      setJob(p, name, { cancel: "no" });
    }
  }
}

/** What these tasks were, they are no more; what was recorded of them until now does not make them done again. */
function startOver(p: RunState, tasks: readonly TaskKey[]): void {
  p.commonCollected = false;
  for (const key of tasks) {
    p.staged.delete(key);
    // The job that ran it may still be at work on others.
    setTask(p, key, { ...NEW_TASK, since: p.nextJobNumber });
  }
}

/** Where none was ever accepted, what was in the way may be mended by now. */
function resetLosses(p: RunState): void {
  if ([...p.jobs.values()].some(({ id }) => id !== null)) return;
  for (const key of p.tasks.keys()) setTask(p, key, { schedulerLosses: 0 });
}

/** The count in a job's name, behind `d` and the run's mark; of 8 characters where the journal has lost it. */
function numberIn({ started }: RunState, name: JobName): number {
  return parseInt(name.slice(1 + (started?.mark.length ?? 8)), 36) || 0;
}

/** A run that ended with failures goes on: a fresh budget for what failed, another look for results that were missing. */
function reopen(p: RunState): void {
  p.finished = null;
  p.commonCollected = false;
  p.commonMissing = [];
  p.commonKept = [];
  for (const key of [...p.incomplete]) setTask(p, key, { isUncollected: true });
  const budget = { failedAttempts: 0, schedulerLosses: 0, retryAt: 0 };
  const fresh = { ...budget, collected: false, isUncollected: false };
  for (const [key, { state }] of p.tasks) {
    if (state !== "failed" && state !== "pending") continue;
    setTask(p, key, { ...fresh, state: "pending" });
  }
}
