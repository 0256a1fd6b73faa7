import { isOver } from "../../engine/end_conditions.ts";
import { jobOf, type Progress } from "../../model/run_state/mod.ts";
import { count } from "../../text/grammar.ts";
import { showBytes } from "../../text/format.ts";
import type { Plan } from "../../model/plan.ts";
import type { Transfer, Transfers } from "../../model/backend_messages.ts";
import type { Scene } from "../run_view.ts";

/** `12 queued, 4 running, 30 done, 1 failed of 47 tasks`, or what is being done before and after that. `now`: ms since 1970. */
export function phaseOf(
  { progress, plan, transfers }: Scene,
  now: number,
): string {
  return phaseWords(progress, plan) + showTransfers(transfers(), now);
}

function phaseWords(progress: Progress, plan: Plan): string {
  const { surveyed, staged, due, live, jobs, counts, cancelling } = progress;
  const { scheduler, context } = plan.config.machine;
  if (surveyed === null) return `looking at ${scheduler} on ${context}`;
  if (isOver(progress) && jobs.size > 0) return closing(progress);
  if (cancelling !== null) return `cancelling, ${count(live.size, "job")} left`;
  if (counts.free > 0 && staged.size === 0) {
    return `staging ${count(counts.free, "task")}`;
  }
  if (due.size > 0) {
    return `submitting, ${count(due.size, "job")} left; ${countsOf(progress)}`;
  }
  return countsOf(progress);
}

function closing({ ripe, commonCollected, counts }: Progress): string {
  if (ripe.size > 0) {
    return `bringing home results of ${count(ripe.size, "task")}`;
  }
  return commonCollected || counts.done === 0
    ? "cleaning up"
    : "bringing home common results";
}

/** Only what there is: `30 done of 47 tasks` has none queued. */
export function countsOf(progress: Progress): string {
  const { counts, tasks } = progress;
  const parts = [
    [counts.free + counts.held, `queued${whyOf(progress)}`],
    [counts.running, "running"],
    [counts.done, "done"],
    [counts.failed, "failed"],
  ] as const;
  const some = parts.filter(([number]) => number > 0).map(([number, word]) =>
    `${number} ${word}`
  );
  return `${some.join(", ")} of ${count(tasks.size, "task")}`;
}

/** Why most of the jobs that wait do so, in the scheduler's own word: ` (Resources)`. */
function whyOf(progress: Progress): string {
  const waiting = [...progress.live].map((name) => jobOf(progress, name))
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
    ? showBytes(bytes)
    : `${showBytes(Math.min(bytes, total))} of ${showBytes(total)}`;
  return `, ${part} ${done}, ${showBytes(Math.round(1000 * bytes / took))}/s`;
}
