/** What each event changes. */
import type { Event } from "../event.ts";
import type { JobName, TaskKey } from "../job.ts";
import { addJob, jobOf, NEW_TASK, release, setJob, setTask } from "./moves.ts";
import { afterEnd } from "./retry.ts";
import type { Of, Progress } from "./standing.ts";

export const FOLD: {
  readonly [T in Event["type"]]: (p: Progress, e: Of<T>) => void;
} = {
  began(p, e) {
    p.began = e;
  },
  opened(p, { copy = "", plan = p.plan }) {
    p.plan = plan;
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
      const home = { job: null, code: 0, collected: true, files };
      setTask(p, task, { ...home, state: "done" });
    }
    p.commonCollected = true;
  },
  packed(p, { job, tasks, after }) {
    const number = numberIn(p, job);
    addJob(p, job, { tasks, after, number });
    p.named = Math.max(p.named, number) + 1;
    const fresh = { job, code: null, started: null, ended: null, hint: null };
    for (const key of tasks) {
      if (isDone(p, key)) continue;
      setTask(p, key, { ...fresh, state: "held" });
    }
  },
  intended(p, { job, saw = "" }) {
    setJob(p, job, { state: "intended", saw });
    p.unsure = true;
  },
  submitted(p, { job, id, at }) {
    setJob(p, job, { state: "submitted", id, submittedAt: at });
    p.fullSince = null;
    p.changedAt = at;
  },
  begun(p, { job, id, host, at }) {
    const state = jobOf(p, job).state === "over" ? "over" : "running";
    setJob(p, job, { state, id, host, absences: 0 });
    p.changedAt = at;
  },
  refused(p, { job, again, at }) {
    setJob(p, job, { state: "due" });
    if (again) p.fullSince = at;
  },
  fenced(p, { job, at }) {
    const { saw, state } = jobOf(p, job);
    // Who was answered, and not taken, may be answered so for ever.
    const cause = state === "intended" && saw !== ""
      ? { kind: "unseen", said: saw } as const
      : null;
    setJob(p, job, { state: "over", cause });
    release(p, job, (task) => cause ? afterEnd(task, cause, at) : {});
  },
  queue(p, { job, state, word, reason = "", strange, at }) {
    if (strange) p.strangeWords.add(word);
    const shown = p.live.has(job) && { state };
    setJob(p, job, { word, reason, absences: 0, ...shown });
    p.changedAt = at;
  },
  absent(p, { jobs, at }) {
    for (const job of jobs) {
      const { absences, absentSince } = jobOf(p, job);
      setJob(p, job, {
        absences: absences + 1,
        absentSince: absences === 0 ? at : absentSince,
      });
    }
  },
  started(p, { task, job, time, at }) {
    const { host } = setJob(p, job, { absences: 0 });
    p.changedAt = at;
    if (isDone(p, task)) return;
    const fresh = { job, host, started: time, ended: null, code: null };
    setTask(p, task, { ...fresh, state: "running" });
  },
  exited(p, { task, job, code, time, hint = null, at }) {
    setJob(p, job, { absences: 0 });
    p.changedAt = at;
    if (isDone(p, task)) return;
    const after = { job, code, ended: time, hint };
    if (code !== 0) return setTask(p, task, { ...after, state: "held" });
    setTask(p, task, { ...after, state: "done", isUncollected: true });
    if (p.tasks.has(task)) p.commonCollected = false;
  },
  signalled(p, { job }) {
    setJob(p, job, { signalled: true, absences: 0 });
  },
  lost(p, { tasks, deleted }) {
    if (deleted) return startOver(p, tasks);
    p.staged.clear();
    const fresh = { collected: false, isUncollected: false, notBefore: 0 };
    for (const task of tasks) setTask(p, task, { ...fresh, state: "free" });
  },
  waiting() {},
  ended(p, { job, cause, at }) {
    if (jobOf(p, job).state === "over") return;
    const { cancel } = setJob(p, job, { state: "over", cause });
    p.changedAt = at;
    // What was cancelled from here is nobody's failure.
    release(
      p,
      job,
      (task) => cancel === "no" ? afterEnd(task, cause, at) : {},
    );
  },
  gaveUp(p, { task, code }) {
    setTask(p, task, { state: "failed", code, isUncollected: true });
  },
  collected(p, { results }) {
    for (const { task, files, missing, kept = [], beside = [] } of results) {
      if (!p.tasks.has(task)) continue;
      const home = { collected: true, isUncollected: false };
      // Of a task that failed only its logs came.
      const results = isDone(p, task)
        ? { files }
        : { logs: files.map(({ path }) => path) };
      setTask(p, task, { ...home, ...results, missing, kept, beside });
    }
  },
  collectedCommon(p, { result }) {
    p.commonCollected = true;
    p.commonMissing = result.missing;
    p.commonKept = result.kept ?? [];
    p.commonFiles = result.files;
  },
  cancelling(p, { why, jobs }) {
    for (const job of jobs) {
      const { cancel } = jobOf(p, job);
      setJob(p, job, { cancel: cancel === "sent" ? "sent" : "requested" });
    }
    if (why !== "outdated") p.cancelling = why;
  },
  cancelled(p, { jobs }) {
    for (const job of jobs) setJob(p, job, { cancel: "sent" });
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

function isDone({ tasks }: Progress, key: TaskKey): boolean {
  return tasks.get(key)?.state === "done";
}

/** What an earlier session wished to cancel, and did not come to, goes on. */
function pardon(p: Progress): void {
  for (const name of [...p.live, ...p.intended]) {
    if (jobOf(p, name).cancel === "requested") {
      setJob(p, name, { cancel: "no" });
    }
  }
}

/** What these tasks were, they are no more; what was recorded of them until now does not make them done again. */
function startOver(p: Progress, tasks: readonly TaskKey[]): void {
  p.commonCollected = false;
  for (const key of tasks) {
    p.staged.delete(key);
    // The job that ran it may still be at work on others.
    setTask(p, key, { ...NEW_TASK, since: p.named });
  }
}

/** Where none was ever accepted, what was in the way may be mended by now. */
function forgive(p: Progress): void {
  if ([...p.jobs.values()].some(({ id }) => id !== null)) return;
  for (const key of p.tasks.keys()) setTask(p, key, { losses: 0 });
}

/** The count in a job's name, behind `d` and the run's mark; of 8 characters where the journal has lost it. */
function numberIn({ began }: Progress, name: JobName): number {
  return parseInt(name.slice(1 + (began?.mark.length ?? 8)), 36) || 0;
}

/** A run that ended with failures goes on: a fresh budget for what failed, another look for results that were missing. */
function reopen(p: Progress): void {
  p.finished = null;
  p.commonCollected = false;
  p.commonMissing = [];
  p.commonKept = [];
  for (const key of [...p.incomplete]) setTask(p, key, { isUncollected: true });
  const budget = { tries: 0, losses: 0, notBefore: 0 };
  const fresh = { ...budget, collected: false, isUncollected: false };
  for (const [key, { state }] of p.tasks) {
    if (state !== "failed" && state !== "free") continue;
    setTask(p, key, { ...fresh, state: "free" });
  }
}
