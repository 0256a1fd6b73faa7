import { hasEnded } from "../../engine/end_conditions.ts";
import {
  jobOf,
  type RunState,
  type TrackedJob,
} from "../../model/run_state/mod.ts";
import { count } from "../../text/grammar.ts";
import { formatBytes } from "../../text/format.ts";
import type { Transfer, Transfers } from "../../model/backend_messages.ts";
import type { RunView } from "../run_view.ts";

/** `2/12 done, 2 running, 8 waiting (max_jobs = 2)`, or the phase before and after that. `now`: ms, as `Clock.elapsed`. */
export function statusLine(view: RunView, now: number): string {
  return describePhase(view, now) + showTransfers(view.transfers(), now);
}

type CountsView = Pick<RunView, "progress" | "plan" | "submitting">;

function describePhase(view: CountsView, now: number): string {
  const { progress, plan } = view;
  const { remote, staged, activeJobs, jobs, counts, cancelling } = progress;
  const { scheduler, context } = plan.config.machine;
  if (remote === null) {
    return `inspecting the remote directory (${scheduler} on ${context})`;
  }
  if (hasEnded(progress) && jobs.size > 0) return describeLastPhase(progress);
  if (cancelling !== null) {
    return `cancelling, ${count(activeJobs.size, "job")} still active`;
  }
  if (counts.pending > 0 && staged.size === 0) {
    return `staging files of ${count(counts.pending, "task")}`;
  }
  return taskCounts(view, now);
}

function describeLastPhase(
  { tasksToCollect, isCommonCollected, counts }: RunState,
): string {
  if (tasksToCollect.size > 0) {
    return `collecting results of ${count(tasksToCollect.size, "task")}`;
  }
  return isCommonCollected || counts.succeeded === 0
    ? "cleaning up"
    : "collecting common results";
}

/** Only what there is: `30/47 done` has no task that runs or waits. `now`: as above. */
export function taskCounts(view: CountsView, now: number): string {
  const { progress } = view;
  const { counts, tasks } = progress;
  const suspended = stoppedTasks(progress, "suspended");
  const held = stoppedTasks(progress, "held");
  const running = counts.running - suspended.running;
  const waiting = counts.pending + counts.assigned - held.waiting -
    suspended.waiting;
  const parts: readonly (readonly [number, string])[] = [
    [running, "running"],
    [suspended.running + suspended.waiting, `suspended${suspended.why}`],
    [
      waiting,
      `waiting${because(waitingReason(view, now))}`,
    ],
    [held.running + held.waiting, `held${held.why}`],
    [counts.failed, "failed"],
  ];
  return [
    `${counts.succeeded}/${tasks.size} done`,
    ...parts.filter(([number]) => number > 0)
      .map(([number, what]) => `${number} ${what}`),
  ].join(", ");
}

/** The unfinished tasks of jobs that the batch system does not let run, and why, in its own words. */
function stoppedTasks(
  progress: RunState,
  state: "held" | "suspended",
): {
  readonly running: number;
  readonly waiting: number;
  readonly why: string;
} {
  const jobs = [...progress.activeJobs].filter((name) =>
    jobOf(progress, name).state === state
  );
  const states = jobs.flatMap((name) =>
    jobOf(progress, name).tasks.flatMap((key) => {
      const task = progress.tasks.get(key);
      return task?.job === name && task.ended === null ? [task.state] : [];
    })
  );
  const running = states.filter((state) => state === "running").length;
  const waiting = states.filter((state) => state === "assigned").length;
  const why = mostFrequentReason(jobs.map((name) => jobOf(progress, name)));
  return { running, waiting, why: because(why) };
}

function because(reason: string): string {
  return reason === "" ? "" : ` (${reason})`;
}

/** Why most tasks wait; "" where that is not known. */
function waitingReason(
  { progress, plan, submitting }: CountsView,
  now: number,
): string {
  const { maxJobs, scheduler } = plan.config.machine;
  const { readyJobs, activeJobs, queueFullSince } = progress;
  if (readyJobs.size > 0) {
    if (maxJobs !== null && activeJobs.size >= maxJobs) {
      return `max_jobs = ${maxJobs}`;
    }
    if (queueFullSince !== null) {
      return "the queue accepts no more jobs for now";
    }
    // Without a batch system, jobs in a submit wait for a free CPU.
    if (submitting().size > 0 && scheduler !== "Shell") return "submitting";
  }
  const queued = [...activeJobs].map((name) => jobOf(progress, name))
    .filter(({ state }) => state === "queued");
  return mostFrequentReason(queued) || nextAttempt(progress, now);
}

/** In the batch system's own words, and where there are none its name for the state of a job that is held or suspended. */
function mostFrequentReason(jobs: readonly TrackedJob[]): string {
  const reasons = Map.groupBy(
    jobs,
    ({ state, reason, nativeState }) =>
      reason || (state === "queued" ? "" : nativeState),
  );
  reasons.delete("");
  const [most] = [...reasons].toSorted(([, a], [, b]) => b.length - a.length);
  return most?.[0] ?? "";
}

/** `next attempt in 4 s`, where each task that waits for a new job has failed before. */
function nextAttempt(
  { pendingTasks, tasks, counts }: RunState,
  now: number,
): string {
  if (pendingTasks.size === 0 || counts.assigned > 0) return "";
  const first = [...pendingTasks].reduce(
    (least, key) => Math.min(least, tasks.get(key)?.retryAt ?? 0),
    Infinity,
  );
  return first > now
    ? `next attempt in ${Math.ceil((first - now) / 1000)} s`
    : "";
}

/** A transfer is shown once it has taken this long (ms). */
const SHOWN_AFTER_MS = 500;

/** `, 45.0 MB of 1.2 GB uploaded, 3.2 MB/s`; "" without a transfer that takes long. `now`: ms, as `Clock.elapsed`. */
export function showTransfers({ up, down }: Transfers, now: number): string {
  return showOne(up, "uploaded", now) + showOne(down, "downloaded", now);
}

function showOne(
  transfer: Transfer | null,
  done: string,
  now: number,
): string {
  if (transfer === null) return "";
  const { bytes, total, since } = transfer;
  const took = now - since;
  if (took < SHOWN_AFTER_MS) return "";
  // The archive is larger than the files in it.
  const part = total === null
    ? formatBytes(bytes)
    : `${formatBytes(Math.min(bytes, total))} of ${formatBytes(total)}`;
  return `, ${part} ${done}, ${formatBytes(Math.round(1000 * bytes / took))}/s`;
}
