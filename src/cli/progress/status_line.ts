import { hasEnded } from "../../engine/end_conditions.ts";
import { jobOf, type RunState } from "../../model/run_state/mod.ts";
import { count } from "../../text/grammar.ts";
import { formatBytes } from "../../text/format.ts";
import type { Plan } from "../../model/plan.ts";
import type { Transfer, Transfers } from "../../model/backend_messages.ts";
import type { RunView } from "../run_view.ts";

/** `2/12 done, 2 running, 8 waiting (max_jobs = 2)`, or the phase before and after that. `now`: ms, as `Clock.elapsed`. */
export function statusLine(
  { progress, plan, transfers }: RunView,
  now: number,
): string {
  return describePhase(progress, plan) + showTransfers(transfers(), now);
}

function describePhase(progress: RunState, plan: Plan): string {
  const { remote, staged, activeJobs, jobs, counts, cancelling } = progress;
  const { scheduler, context, maxJobs } = plan.config.machine;
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
  return taskCounts(progress, maxJobs);
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

/** Only what there is: `30/47 done` has no task that runs or waits. */
export function taskCounts(
  progress: RunState,
  maxJobs: number | null = null,
): string {
  const { counts, tasks } = progress;
  const waiting = counts.pending + counts.assigned;
  return [
    `${counts.succeeded}/${tasks.size} done`,
    ...(counts.running > 0 ? [`${counts.running} running`] : []),
    ...(waiting > 0
      ? [`${waiting} waiting${waitingReason(progress, maxJobs)}`]
      : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
  ].join(", ");
}

/** ` (max_jobs = 2)` where that limit holds jobs back, else why most jobs wait in the queue, in the batch system's own word: ` (Resources)`. */
function waitingReason(progress: RunState, maxJobs: number | null): string {
  const { readyJobs, activeJobs } = progress;
  if (maxJobs !== null && readyJobs.size > 0 && activeJobs.size >= maxJobs) {
    return ` (max_jobs = ${maxJobs})`;
  }
  const queued = [...activeJobs].map((name) => jobOf(progress, name))
    .filter(({ state }) => state === "queued" || state === "held");
  const reasons = Map.groupBy(queued, ({ reason }) => reason);
  reasons.delete("");
  const [most] = [...reasons].toSorted(([, a], [, b]) => b.length - a.length);
  return most ? ` (${most[0]})` : "";
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
