/** What to do next: pure decisions over progress. */
import type { Happening } from "./event.ts";
import type { JobName, Plan, TaskKey } from "./job.ts";
import { pack } from "./pack.ts";
import type { Progress } from "./progress.ts";

/** How the user wants this session to go. */
export interface Wishes {
  readonly dryRun: boolean;
  readonly exitOnSubmit: boolean;
  readonly failFast: boolean;
  /** Leave the far folder after success. */
  readonly keep: boolean;
  /** Cancel everything and leave. */
  readonly cancel: boolean;
}

/** What a backend allows; times in milliseconds. */
export interface Pace {
  /** Jobs queued or running at once. */
  readonly slots: number;
  /** Jobs that one submit may be handed beyond that. */
  readonly ahead: number;
  readonly pollFloor: number;
  readonly pollCeiling: number;
  /** How long to wait after the scheduler said that it is full. */
  readonly fullWait: number;
}

export interface Clock {
  readonly now: number;
  /** When the last poll, the last collecting began; null before the first. */
  readonly polledAt: number | null;
  readonly collectedAt: number | null;
  /** The far side told that something changed: the next look is worth it as soon as may be. */
  readonly stirred: boolean;
}

export type Lane = "submit" | "poll" | "collect" | "cancel" | "clean";

export type Step =
  | { readonly lane: "submit"; readonly do: "survey" }
  | {
    readonly lane: "submit";
    readonly do: "settle";
    readonly jobs: readonly JobName[];
  }
  | {
    readonly lane: "submit";
    readonly do: "stage";
    readonly tasks: readonly TaskKey[];
  }
  | {
    readonly lane: "submit";
    readonly do: "submit";
    readonly jobs: readonly JobName[];
    /** Jobs that may live at once. */
    readonly slots: number;
  }
  | { readonly lane: "poll"; readonly do: "poll" }
  | {
    readonly lane: "collect";
    readonly do: "collect";
    readonly tasks: readonly TaskKey[];
  }
  | { readonly lane: "collect"; readonly do: "collectCommon" }
  | {
    readonly lane: "cancel";
    readonly do: "cancel";
    readonly jobs: readonly JobName[];
  }
  | { readonly lane: "clean"; readonly do: "clean" };

/** Times that the scheduler may take a task away without it counting as a try. */
const MAX_LOSSES = 5;

/** Between two collectings while jobs are at work (ms): results come home as they are there, some at a time. */
const COLLECT_EVERY = 250;

/** Jobs handed over by one submit script; it stops by itself after 30 s. */
const SUBMIT_AT_ONCE = 1000;

/**
 * What follows from the progress without asking anyone: tasks given up, jobs
 * packed, a run wound up or finished. Empty when nothing does.
 */
export function decide(
  progress: Progress,
  plan: Plan,
  wishes: Wishes,
  pace: Pace,
  now: number,
): readonly Happening[] {
  if (!progress.surveyed || progress.finished) return [];
  const rules = [giveUp, windUp, dropOutdated, packFree, finish, leave];
  for (const rule of rules) {
    const happenings = rule(progress, plan, wishes, pace, now);
    if (happenings.length > 0) return happenings;
  }
  return [];
}

type Rule = typeof decide;

const giveUp: Rule = ({ free, tasks }, { config }) =>
  [...free].flatMap((task) => {
    const { tries, losses, code } = tasks.get(task)!;
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

/** True when the share of unfinished tasks is one that the user can do without. */
export function isEnough(progress: Progress, ratio: number): boolean {
  return unfinished(progress) <= ratio * progress.tasks.size;
}

function unfinished({ tasks, counts }: Progress): number {
  return tasks.size - counts.done;
}

/** Jobs that only compute what nobody wants any more. */
const dropOutdated: Rule = ({ outdated, live, jobs, tasks, cancelling }) => {
  if (cancelling !== null || outdated.size === 0) return [];
  const idle = (key: TaskKey) => (tasks.get(key)?.state ?? "done") === "done";
  const useless = [...outdated].filter((name) => {
    const job = jobs.get(name)!;
    return live.has(name) && !job.condemned && job.tasks.every(idle);
  });
  return useless.length > 0
    ? [{ type: "cancelling", why: "outdated", jobs: useless }]
    : [];
};

const packFree: Rule = (progress, plan, wishes, _pace, now) => {
  const { free, staged, tasks, intended, outdated, cancelling } = progress;
  // An outdated job may be at work in the very folder that a new task needs.
  if (
    cancelling !== null || wishes.dryRun || intended.size + outdated.size > 0
  ) return [];
  const ready = [...free].filter((key) =>
    staged.has(key) && tasks.get(key)!.notBefore <= now
  );
  const groups = pack(ready, plan.config.resources.tasksPerJob);
  return groups.map((group, i) => ({
    type: "packed",
    job: jobName(progress.began!.mark, progress.named + i),
    tasks: group,
    after: [...new Set(group.flatMap((key) => tasks.get(key)!.job ?? []))],
  }));
};

/** Jobs of this run may live whose folder is gone: nobody can tell what they do. */
function isStranded({ present, live }: Progress): boolean {
  return !present && live.size > 0;
}

/** Unique for ever: the run's random mark and a count; at most 15 characters, the least that a queue shows (PBS). */
function jobName(mark: string, count: number): JobName {
  return `d${mark}${count.toString(36)}`;
}

const finish: Rule = (progress, plan, wishes) => {
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
const leave: Rule = (progress, plan, wishes, pace, now) => {
  const { intended, free, staged, due } = progress;
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

/** Nothing lives any more and nothing will be submitted. */
export function isOver(
  { due, intended, live, free, cancelling }: Progress,
): boolean {
  if (intended.size + live.size > 0) return false;
  return cancelling !== null || due.size + free.size === 0;
}

function isHome(progress: Progress, plan: Plan): boolean {
  return progress.ripe.size === 0 && !awaitsCommon(progress, plan);
}

/** Results of the whole run are still to be brought home. */
function awaitsCommon(
  { commonCollected, counts }: Progress,
  { commonOutputs }: Plan,
): boolean {
  return !commonCollected && counts.done > 0 && commonOutputs.length > 0;
}

function isGood(progress: Progress, plan: Plan): boolean {
  if (progress.cancelling !== null && progress.cancelling !== "ratio") {
    return false;
  }
  if (progress.incomplete.size + progress.commonMissing.length > 0) {
    return false;
  }
  return isEnough(progress, plan.config.resources.strategy.unfinishedRatio);
}

function mustClean(progress: Progress, plan: Plan, { keep }: Wishes): boolean {
  const isThere = progress.present && !progress.cleaned;
  return isThere && isGood(progress, plan) && !keep;
}

/**
 * What to ask of the backend now, at most one step a lane, and when to look
 * again if nothing happens before (ms since 1970; null: nothing is awaited).
 */
export function next(
  progress: Progress,
  plan: Plan,
  wishes: Wishes,
  pace: Pace,
  clock: Clock,
): { readonly steps: readonly Step[]; readonly wake: number | null } {
  if (progress.finished) return { steps: [], wake: null };
  if (!progress.surveyed || progress.unsure) {
    return { steps: [{ lane: "submit", do: "survey" }], wake: null };
  }
  const pollAt = nextPoll(progress, pace, clock);
  const collectAt = nextCollect(progress, clock);
  const steps = [
    cancelStep(progress),
    submitStep(progress, wishes, pace, clock),
    pollAt !== null && pollAt <= clock.now
      ? { lane: "poll", do: "poll" } as const
      : null,
    collectAt !== null && collectAt <= clock.now
      ? collectStep(progress, plan)
      : null,
    cleanStep(progress, plan, wishes),
  ].filter((step) => step !== null);
  return {
    steps,
    wake: earliest([pollAt, collectAt, ...waits(progress, pace)], clock.now),
  };
}

function cancelStep({ live, jobs, cancelling }: Progress): Step | null {
  const condemned = [...live].filter((name) => {
    const { condemned, cancelled, id } = jobs.get(name)!;
    // A submit that was under way may still bring jobs to life.
    return (condemned || cancelling !== null) && !cancelled && id !== null;
  });
  return condemned.length > 0
    ? { lane: "cancel", do: "cancel", jobs: condemned }
    : null;
}

function submitStep(
  progress: Progress,
  wishes: Wishes,
  pace: Pace,
  { now }: Clock,
): Step | null {
  const {
    intended,
    free,
    staged,
    due,
    live,
    cancelling,
    fullSince,
    changedAt,
  } = progress;
  if (intended.size > 0) {
    return { lane: "submit", do: "settle", jobs: [...intended] };
  }
  if (cancelling !== null || isStranded(progress)) return null;
  const unstaged = [...free].filter((key) => !staged.has(key));
  if (unstaged.length > 0) {
    return { lane: "submit", do: "stage", tasks: unstaged };
  }
  const slots = room(progress, pace, now);
  if (wishes.dryRun || slots === 0) return null;
  const ahead = wishes.exitOnSubmit ? 0 : pace.ahead;
  const jobs = firstOf(due, Math.min(slots + ahead, SUBMIT_AT_ONCE));
  return jobs.length > 0
    ? { lane: "submit", do: "submit", jobs, slots: pace.slots }
    : null;
}

/** Jobs that the scheduler may be handed now. */
function room(
  { live, fullSince, changedAt }: Progress,
  pace: Pace,
  now: number,
): number {
  const isFull = fullSince !== null && changedAt <= fullSince &&
    now < fullSince + pace.fullWait;
  return isFull ? 0 : Math.max(pace.slots - live.size, 0);
}

function firstOf<T>(values: Iterable<T>, count: number): readonly T[] {
  return [...Iterator.from(values).take(count)];
}

function nextPoll(
  { live, jobs, changedAt }: Progress,
  { pollFloor, pollCeiling }: Pace,
  { now, polledAt, stirred }: Clock,
): number | null {
  const [oldest] = live;
  if (oldest === undefined) return null;
  // The longer nothing has changed, the less often it is worth asking.
  const quiet = stirred ? 0 : (now - changedAt) / 8;
  const delay = Math.min(Math.max(quiet, pollFloor), pollCeiling);
  // Jobs that keep coming to life do not put off the first look.
  return (polledAt ?? jobs.get(oldest)!.submittedAt) + delay;
}

function nextCollect(
  progress: Progress,
  { now, collectedAt }: Clock,
): number | null {
  if (isOver(progress)) return now;
  return progress.ripe.size > 0
    ? (collectedAt ?? -COLLECT_EVERY) + COLLECT_EVERY
    : null;
}

function collectStep(progress: Progress, plan: Plan): Step | null {
  const { ripe } = progress;
  if (ripe.size > 0) {
    return { lane: "collect", do: "collect", tasks: [...ripe] };
  }
  if (!isOver(progress) || !awaitsCommon(progress, plan)) return null;
  return { lane: "collect", do: "collectCommon" };
}

function cleanStep(
  progress: Progress,
  plan: Plan,
  wishes: Wishes,
): Step | null {
  if (!isOver(progress) || !isHome(progress, plan)) return null;
  return mustClean(progress, plan, wishes)
    ? { lane: "clean", do: "clean" }
    : null;
}

function waits(
  { free, tasks, due, fullSince }: Progress,
  pace: Pace,
): readonly (number | null)[] {
  const full = fullSince !== null && due.size > 0
    ? fullSince + pace.fullWait
    : null;
  return [full, ...[...free].map((key) => tasks.get(key)!.notBefore)];
}

function earliest(
  times: readonly (number | null)[],
  now: number,
): number | null {
  const ahead = times.filter((time) => time !== null && time > now) as number[];
  return ahead.length > 0 ? ahead.reduce((a, b) => Math.min(a, b)) : null;
}
