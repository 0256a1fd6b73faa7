import { hasEnded } from "../../engine/end_conditions.ts";
import { jobOf, type RunState } from "../../model/run_state/mod.ts";
import { count } from "../../text/grammar.ts";
import { formatBytes } from "../../text/format.ts";
import type { Plan } from "../../model/plan.ts";
import type { Transfer, Transfers } from "../../model/backend_messages.ts";
import type { RunView } from "../run_view.ts";

/** `12 queued, 4 running, 30 done, 1 failed of 47 tasks`, or what is being done before and after that. `now`: ms since 1970. */
export function statusLine(
  { progress, plan, transfers }: RunView,
  now: number,
): string {
  return phaseWords(progress, plan) + showTransfers(transfers(), now);
}

function phaseWords(progress: RunState, plan: Plan): string {
  const { remote, staged, readyJobs, activeJobs, jobs, counts, cancelling } =
    progress;
  const { scheduler, context } = plan.config.machine;
  if (remote === null) return `looking at ${scheduler} on ${context}`;
  if (hasEnded(progress) && jobs.size > 0) return closing(progress);
  if (cancelling !== null) {
    return `cancelling, ${count(activeJobs.size, "job")} left`;
  }
  if (counts.pending > 0 && staged.size === 0) {
    return `staging ${count(counts.pending, "task")}`;
  }
  if (readyJobs.size > 0) {
    return `submitting, ${count(readyJobs.size, "job")} left; ${
      taskCounts(progress)
    }`;
  }
  return taskCounts(progress);
}

function closing(
  { tasksToCollect, isCommonCollected, counts }: RunState,
): string {
  if (tasksToCollect.size > 0) {
    return `bringing home results of ${count(tasksToCollect.size, "task")}`;
  }
  return isCommonCollected || counts.succeeded === 0
    ? "cleaning up"
    : "bringing home common results";
}

/** Only what there is: `30 done of 47 tasks` has none queued. */
export function taskCounts(progress: RunState): string {
  const { counts, tasks } = progress;
  const parts = [
    [counts.pending + counts.assigned, `queued${whyOf(progress)}`],
    [counts.running, "running"],
    [counts.succeeded, "done"],
    [counts.failed, "failed"],
  ] as const;
  const some = parts.filter(([number]) => number > 0).map(([number, word]) =>
    `${number} ${word}`
  );
  return `${some.join(", ")} of ${count(tasks.size, "task")}`;
}

/** Why most of the jobs that wait do so, in the scheduler's own word: ` (Resources)`. */
function whyOf(progress: RunState): string {
  const waiting = [...progress.activeJobs].map((name) => jobOf(progress, name))
    .filter(({ state }) => state === "queued" || state === "held");
  const reasons = Map.groupBy(waiting, ({ reason }) => reason);
  reasons.delete("");
  const [most] = [...reasons].toSorted(([, a], [, b]) => b.length - a.length);
  return most ? ` (${most[0]})` : "";
}

/** What is over this soon needs no words (ms). */
const WORTH_TELLING = 500;

/** `, 45.0 MB of 1.2 GB sent, 3.2 MB/s`; "" where nothing that takes its time is on its way. `now`: ms since 1970. */
export function showTransfers({ up, down }: Transfers, now: number): string {
  return showOne(up, "sent", now) + showOne(down, "fetched", now);
}

function showOne(
  transfer: Transfer | null,
  done: string,
  now: number,
): string {
  if (transfer === null) return "";
  const { bytes, total, since } = transfer;
  const took = now - since;
  if (took < WORTH_TELLING) return "";
  // The archive has more in it than the files.
  const part = total === null
    ? formatBytes(bytes)
    : `${formatBytes(Math.min(bytes, total))} of ${formatBytes(total)}`;
  return `, ${part} ${done}, ${formatBytes(Math.round(1000 * bytes / took))}/s`;
}
