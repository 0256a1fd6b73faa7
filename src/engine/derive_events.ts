/** What follows from the progress without asking anyone. */
import {
  isEnough,
  isGood,
  isHome,
  isOver,
  mustClean,
  room,
  unfinished,
} from "./end_conditions.ts";
import type { Happening } from "../model/event.ts";
import type { JobName, TaskKey } from "../model/job.ts";
import { pack } from "../pipeline/plan/pack.ts";
import { jobOf, type Progress, taskOf } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { Wishes } from "../model/run_options.ts";
import type { Clock, Pace } from "./run_limits.ts";

/** Times that the scheduler may take a task away without it counting as a try. */
const MAX_LOSSES = 5;

/**
 * Tasks given up, jobs packed, a run wound up or finished. Empty when nothing
 * follows.
 */
export function decide(
  progress: Progress,
  plan: Plan,
  wishes: Wishes,
  pace: Pace,
  clock: Pick<Clock, "now" | "busy">,
): readonly Happening[] {
  if (!progress.surveyed || progress.finished) return [];
  const rules = [giveUp, windUp, dropOutdated, packFree, finish, leave];
  for (const rule of rules) {
    const happenings = rule(progress, plan, wishes, pace, clock);
    if (happenings.length > 0) return happenings;
  }
  return [];
}

type Rule = typeof decide;

const giveUp: Rule = (progress, { config }) =>
  [...progress.free].flatMap((task) => {
    const { tries, losses, code } = taskOf(progress, task);
    const spent = tries > config.machine.retries || losses > MAX_LOSSES;
    return spent ? [{ type: "gaveUp", task, code }] : [];
  });

const windUp: Rule = (progress, plan, wishes) => {
  const why = progress.cancelling === null &&
    reasonToStop(progress, plan, wishes);
  return why ? [{ type: "cancelling", why, jobs: [...progress.live] }] : [];
};

function reasonToStop(
  progress: Progress,
  { config }: Plan,
  wishes: Wishes,
): "ratio" | "fail-fast" | "cancel" | null {
  if (wishes.cancel) return "cancel";
  if (unfinished(progress) === 0) return null;
  if (isEnough(progress, config.resources.strategy.unfinishedRatio)) {
    return "ratio";
  }
  return wishes.failFast && progress.counts.failed > 0 ? "fail-fast" : null;
}

/** Jobs that only compute what nobody wants any more. */
const dropOutdated: Rule = (progress) => {
  const { outdated, live, tasks, cancelling } = progress;
  if (cancelling !== null || outdated.size === 0) return [];
  const idle = (key: TaskKey) => (tasks.get(key)?.state ?? "done") === "done";
  const useless = [...outdated].filter((name) => {
    const job = jobOf(progress, name);
    return live.has(name) && job.cancel === "no" && job.tasks.every(idle);
  });
  return useless.length > 0
    ? [{ type: "cancelling", why: "outdated", jobs: useless }]
    : [];
};

const packFree: Rule = (progress, plan, wishes, pace, { now }) => {
  const { free, staged, intended, outdated, cancelling } = progress;
  // An outdated job may be at work in the very folder that a new task needs.
  if (
    cancelling !== null || wishes.dryRun || intended.size + outdated.size > 0
  ) return [];
  const ready = [...free].filter((key) =>
    staged.has(key) && taskOf(progress, key).notBefore <= now
  );
  const wanted = plan.config.resources.tasksPerJob || Infinity;
  const most = Math.min(wanted, pace.mostTasks);
  const groups = pack(ready, most === Infinity ? 0 : most);
  return groups.map((group, i) => ({
    type: "packed",
    job: jobName(progress.began!.mark, progress.named + i),
    tasks: group,
    after: [
      ...new Set(group.flatMap((key) => taskOf(progress, key).job ?? [])),
    ],
  }));
};

/** Unique for ever: the run's random mark and a count; at most 15 characters, the least that a queue shows (PBS). */
function jobName(mark: string, count: number): JobName {
  return `d${mark}${count.toString(36)}`;
}

/** The job is of the run with this mark. */
export function isNamedBy(mark: string, name: JobName): boolean {
  return name.startsWith(jobName(mark, 0).slice(0, -1));
}

const finish: Rule = (progress, plan, wishes, _pace, { busy }) => {
  // Something may still be handed over.
  if (busy.has("submit")) return [];
  if (!isOver(progress) || progress.cancelling === "cancel") return [];
  if (!isHome(progress, plan) || mustClean(progress, plan, wishes)) return [];
  const outcome = isGood(progress, plan) ? "done" : "failed";
  return [{
    type: "finished",
    outcome,
    dropped: unfinished(progress) - progress.counts.failed,
  }];
};

/** Goes while the run is open, because that was wished for. */
const leave: Rule = (progress, plan, wishes, pace, { now, busy }) => {
  const { intended, free, staged, due } = progress;
  if (busy.has("submit")) return [];
  if (progress.cancelling === "cancel") {
    return isOver(progress) && isHome(progress, plan)
      ? [{ type: "left", why: "cancel" }]
      : [];
  }
  const why = wishes.dryRun
    ? "dry-run"
    : wishes.exitOnSubmit
    ? "exit-on-submit"
    : null;
  if (why === null || intended.size > 0 || !free.isSubsetOf(staged)) return [];
  const isHandedOver = free.size === 0 &&
    (due.size === 0 || room(progress, pace, now) === 0);
  return wishes.dryRun || isHandedOver ? [{ type: "left", why }] : [];
};
