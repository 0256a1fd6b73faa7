/** What each event changes. */
import type { Event } from "../event.ts";
import type { JobName, TaskKey } from "../job.ts";
import {
  freshTask,
  jobOf,
  move,
  newJob,
  noteOutdated,
  release,
  settleInto,
} from "./moves.ts";
import { afterEnd } from "./retry.ts";
import type { Of, Progress } from "./standing.ts";

export const FOLD: {
  readonly [T in Event["type"]]: (p: Progress, e: Of<T>) => void;
} = {
  began(p, e) {
    p.began = e;
  },
  opened(p, { copy = "" }) {
    p.surveyed = null;
    // Jobs to come call the copy by its new name.
    if (p.copy !== copy) p.staged.clear();
    p.copy = copy;
    p.cancelling = null;
    p.fullSince = null;
    pardon(p);
    forgive(p);
    if (p.finished === "failed") reopen(p);
  },
  surveyed(p, e) {
    p.surveyed = e;
    p.present = e.present;
    p.unsure = false;
  },
  staged(p, { tasks }) {
    for (const key of tasks) p.staged.add(key);
    p.present = true;
    p.cleaned = false;
  },
  reused(p, { results }) {
    for (const { task, files } of results) {
      move(p, task, "done", { job: null, code: 0, collected: true, files });
    }
    p.commonCollected = true;
  },
  packed(p, { job, tasks, after }) {
    const number = numberIn(p, job);
    const standing = newJob(tasks, after, number);
    p.jobs.set(job, standing);
    p.named = Math.max(p.named, number) + 1;
    settleInto(p, job, "due");
    noteOutdated(p, job, standing);
    const fresh = { job, code: null, started: null, ended: null, hint: null };
    for (const key of tasks) {
      if (p.tasks.get(key)?.state !== "done") move(p, key, "held", fresh);
    }
  },
  intended(p, { job, saw = "" }) {
    settleInto(p, job, "intended").saw = saw;
    p.unsure = true;
  },
  submitted(p, { job, id, at }) {
    const standing = settleInto(p, job, "submitted");
    Object.assign(standing, { id, submittedAt: at });
    p.fullSince = null;
    p.changedAt = at;
  },
  begun(p, { job, id, host, at }) {
    const over = jobOf(p, job).state === "over";
    const standing = over ? jobOf(p, job) : settleInto(p, job, "running");
    Object.assign(standing, { id, host, absences: 0 });
    p.changedAt = at;
  },
  refused(p, { job, again, at }) {
    settleInto(p, job, "due");
    if (again) p.fullSince = at;
  },
  fenced(p, { job, at }) {
    const { saw, state } = jobOf(p, job);
    const standing = settleInto(p, job, "over");
    // Who was answered, and not taken, may be answered so for ever.
    const cause = state === "intended" && saw !== ""
      ? { kind: "unseen", said: saw } as const
      : null;
    standing.cause = cause;
    release(
      p,
      standing,
      job,
      (task) => cause ? afterEnd(task, cause, at) : {},
    );
  },
  queue(p, { job, state, word, reason, strange, at }) {
    const standing = jobOf(p, job);
    if (strange) p.strangeWords.add(word);
    Object.assign(standing, { word, reason: reason ?? "", absences: 0 });
    if (p.live.has(job)) standing.state = state;
    p.changedAt = at;
  },
  absent(p, { jobs, at }) {
    for (const job of jobs) {
      const standing = jobOf(p, job);
      if (standing.absences === 0) standing.absentSince = at;
      standing.absences += 1;
    }
  },
  started(p, { task, job, time, at }) {
    const standing = jobOf(p, job);
    standing.absences = 0;
    p.changedAt = at;
    if (p.tasks.get(task)?.state === "done") return;
    const { host } = standing;
    const fresh = { job, host, started: time, ended: null, code: null };
    move(p, task, "running", fresh);
  },
  exited(p, { task, job, code, time, hint, at }) {
    jobOf(p, job).absences = 0;
    p.changedAt = at;
    if (p.tasks.get(task)?.state === "done") return;
    const after = { job, code, ended: time, hint: hint ?? null };
    move(p, task, code === 0 ? "done" : "held", after);
    if (code !== 0 || !p.tasks.has(task)) return;
    p.ripe.add(task);
    p.commonCollected = false;
  },
  signalled(p, { job }) {
    Object.assign(jobOf(p, job), { signalled: true, absences: 0 });
  },
  lost(p, { tasks, deleted }) {
    if (deleted) return startOver(p, tasks);
    p.staged.clear();
    for (const task of tasks) {
      p.ripe.delete(task);
      move(p, task, "free", { collected: false, notBefore: 0 });
    }
  },
  waiting() {},
  ended(p, { job, cause, at }) {
    if (jobOf(p, job).state === "over") return;
    const standing = settleInto(p, job, "over");
    standing.cause = cause;
    p.changedAt = at;
    // What was cancelled from here is nobody's failure.
    const ours = standing.condemned || standing.cancelled;
    release(
      p,
      standing,
      job,
      (task) => ours ? {} : afterEnd(task, cause, at),
    );
  },
  gaveUp(p, { task, code }) {
    move(p, task, "failed", { code });
    p.ripe.add(task);
  },
  collected(p, { results }) {
    for (const { task, files, missing, kept = [] } of results) {
      p.ripe.delete(task);
      const standing = p.tasks.get(task);
      if (!standing) continue;
      Object.assign(standing, { collected: true, missing, kept });
      // Of a task that failed only its logs are wanted, if they are there.
      if (standing.state !== "done") continue;
      standing.files = files;
      if (missing.length + kept.length > 0) p.incomplete.add(task);
    }
  },
  collectedCommon(p, { result }) {
    p.commonCollected = true;
    p.commonMissing = result.missing;
    p.commonKept = result.kept ?? [];
    p.commonFiles = result.files;
  },
  cancelling(p, { why, jobs }) {
    for (const job of jobs) jobOf(p, job).condemned = true;
    if (why !== "outdated") p.cancelling = why;
  },
  cancelled(p, { jobs }) {
    for (const job of jobs) jobOf(p, job).cancelled = true;
  },
  cleaned(p) {
    p.cleaned = true;
  },
  warned(p, { failure }) {
    p.trouble = failure.saw;
  },
  left() {},
  finished(p, { outcome }) {
    p.finished = outcome;
  },
};

/** What an earlier session wished to cancel, and did not come to, goes on. */
function pardon(p: Progress): void {
  for (const name of [...p.live, ...p.intended]) {
    const job = jobOf(p, name);
    job.condemned = job.cancelled;
  }
}

/** What these tasks were, they are no more; what was recorded of them until now does not make them done again. */
function startOver(p: Progress, tasks: readonly TaskKey[]): void {
  p.commonCollected = false;
  for (const key of tasks) {
    for (const set of [p.staged, p.ripe, p.incomplete]) set.delete(key);
    // The job that ran it may still be at work on others.
    move(p, key, "free", { ...freshTask(), since: p.named });
  }
}

/** Where none was ever accepted, what was in the way may be mended by now. */
function forgive(p: Progress): void {
  if ([...p.jobs.values()].some(({ id }) => id !== null)) return;
  for (const task of p.tasks.values()) task.losses = 0;
}

/** The count in a job's name, behind `d` and the run's mark. */
function numberIn({ began }: Progress, name: JobName): number {
  return parseInt(name.slice(1 + (began?.mark.length ?? 0)), 36) || 0;
}

/** A run that ended with failures goes on: a fresh budget for what failed, another look for results that were missing. */
function reopen(p: Progress): void {
  p.finished = null;
  p.commonCollected = false;
  p.commonMissing = [];
  p.commonKept = [];
  for (const key of p.incomplete) p.ripe.add(key);
  p.incomplete.clear();
  const fresh = { tries: 0, losses: 0, notBefore: 0, collected: false };
  for (const [key, { state }] of p.tasks) {
    if (state !== "failed" && state !== "free") continue;
    p.ripe.delete(key);
    move(p, key, "free", fresh);
  }
}
