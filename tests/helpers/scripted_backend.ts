/** A far side in memory with a client's way to it. The far side goes on when the client dies. */
import type {
  Backend,
  Limits,
  Look,
  Open,
  Session,
  Shown,
  Staged,
  Submitted,
  Survey,
  Watched,
} from "../../src/backends/backend.ts";
import type { Job, JobName, Plan } from "../../src/job.ts";
import { fail, type Failure, ok, type Result } from "../../src/result.ts";
import type { Clockwork } from "../../src/world.ts";
import {
  newFolder,
  type QueueScript,
  scriptedQueue,
} from "./scripted_queue.ts";
import type { FarJob, Queue } from "./scripted_queue.ts";

export type Method =
  | "survey"
  | "stage"
  | "submit"
  | "settle"
  | "poll"
  | "collect"
  | "cancel"
  | "clean"
  | "close"
  | "release";

/** What the scheduler makes of a submit. `lost`: unsure, and not accepted. `taken`: unsure, and accepted. */
export type Answer = "accepted" | "refused" | "full" | "lost" | "taken";

/** What goes wrong, and how slow it is. Absent: nothing does. */
export interface FarScript extends QueueScript {
  readonly limits?: Partial<Limits>;
  /** Of each way, in ms. */
  readonly latency?: number;
  /** Of one submit, in ms. */
  readonly submitting?: number;
  /** The n-th trip of its kind (from 1): lost on its way there ("before") or on the way back ("after"). */
  readonly breaks?: (method: Method, n: number) => "before" | "after" | null;
  /** The n-th submit (from 1) of the whole far side. */
  readonly answers?: (job: Job, n: number) => Answer;
  /** What the n-th look, at the time `now`, shows of a job instead of the truth; null: nothing. */
  readonly shows?: (
    job: FarJob,
    n: number,
    now: number,
  ) => Shown | null | undefined;
  /** The n-th look cannot tell who is absent. */
  readonly blind?: (n: number) => boolean;
  /** Patterns that match nothing in the n-th collect. */
  readonly misses?: (dir: string, pattern: string, n: number) => boolean;
}

export interface FarSide {
  readonly queue: Queue;
  readonly trips: Readonly<Record<Method, number>>;
  /** The most jobs that were alive at once. */
  readonly most: number;
  /** A way there; `isDead`: nothing comes back any more. */
  open(clock: Clockwork, isDead: () => boolean): Open;
}

const LIMITS: Limits = {
  pollFloor_s: 1,
  pollCeiling_s: 30,
  grace_s: 120,
  graceRounds: 3,
  fullWait_s: 60,
  bound: "none",
  ahead: 0,
};

const WORDS = { queued: "PD", running: "R", ended: "CD" } as const;

export function farSide(script: FarScript = {}): FarSide {
  const queue = scriptedQueue(script);
  const trips = { survey: 0, stage: 0, submit: 0, settle: 0, poll: 0 };
  const more = { collect: 0, cancel: 0, clean: 0, close: 0, release: 0 };
  const far = { queue, trips: { ...trips, ...more }, most: 0, submits: 0 };
  return Object.assign(far, {
    open: (clock: Clockwork, isDead: () => boolean): Open => (plan, session) =>
      Promise.resolve(
        ok(backendOf({ far, script, plan, session, clock, isDead })),
      ),
  });
}

interface Way {
  readonly far: {
    readonly queue: Queue;
    readonly trips: Record<Method, number>;
    most: number;
    submits: number;
  };
  readonly script: FarScript;
  readonly plan: Plan;
  readonly session: Session;
  readonly clock: Clockwork;
  isDead(): boolean;
}

export const lost: Failure = {
  kind: "connection",
  tried: "Cannot ask the far side",
  saw: "connection lost",
  again: true,
};

const held: Failure = {
  kind: "connection",
  tried: "Cannot go on",
  saw: "another dpdisp has taken this submission over",
  again: false,
};

function backendOf(way: Way): Backend {
  const { far: { queue }, script, plan, session } = way;
  const offsets = new Map<JobName, number>();
  const mine = () => queue.folder?.lease?.token === session.token;
  const asHolder = <T>(does: () => Result<T>) => () =>
    mine() ? does() : fail(held);
  return {
    limits: { ...LIMITS, ...script.limits },
    survey: (heir) => trip(way, "survey", () => survey(way, heir, offsets)),
    stage: (tasks, mark) =>
      trip(way, "stage", () => stage(way, tasks.length, mark)),
    submit: (jobs) => submit(way, jobs),
    settle: (jobs) =>
      trip(way, "settle", asHolder(() => ok(settle(queue, jobs)))),
    async poll(jobs) {
      const read = new Map(offsets);
      const told = await trip(way, "poll", () => ok(look(way, jobs, read)));
      // What did not arrive was not read.
      if (told.ok) { for (const [job, at] of read) offsets.set(job, at); }
      return told;
    },
    collect: (wanted) =>
      trip(way, "collect", (n) => {
        const results = wanted.map(({ dir, patterns }) => {
          const isMissing = (pattern: string) =>
            script.misses?.(dir, pattern, n) ?? false;
          const there = patterns.filter((pattern) => !isMissing(pattern));
          const files = there.map((pattern) => `${dir}/${pattern}`)
            .map((path) => ({ path, bytes: 1, modified: 1 }));
          return { files, missing: patterns.filter(isMissing) };
        });
        return ok({ results, refused: [] });
      }),
    cancel: (ids) =>
      trip(way, "cancel", () => {
        ids.forEach(queue.cancel);
        return ok(undefined);
      }),
    clean: () =>
      trip(
        way,
        "clean",
        asHolder(() => {
          queue.folder = null;
          return ok(undefined);
        }),
      ),
    close: () =>
      trip(way, "close", () => {
        if (mine()) queue.folder!.closed = true;
        return ok(undefined);
      }).then(() => {}),
    release: () =>
      trip(way, "release", () => {
        if (mine()) queue.folder!.lease = null;
        return ok(undefined);
      }).then(() => {}),
    [Symbol.asyncDispose]: () => Promise.resolve(plan && undefined),
  };
}

/** There and back. What was sent is done, whether or not somebody waits for the answer. */
async function trip<T>(
  { far, script, clock, isDead }: Way,
  method: Method,
  does: (n: number) => Result<T>,
): Promise<Result<T>> {
  if (isDead()) await never();
  const n = ++far.trips[method];
  await clock.sleep(script.latency ?? 10);
  far.queue.advance(clock.now());
  const broken = script.breaks?.(method, n) ?? null;
  const answer = broken === "before" ? fail(lost) : does(n);
  await clock.sleep(script.latency ?? 10);
  if (isDead()) await never();
  return broken === null ? answer : fail(lost);
}

export function never(): Promise<never> {
  return new Promise(() => {});
}

function survey(
  { far: { queue }, session: { token, who }, plan }: Way,
  heir: string | null,
  offsets: Map<JobName, number>,
): Result<Survey> {
  const { folder } = queue;
  const isFree = !folder?.lease || folder.lease.token === heir;
  if (folder && isFree) folder.lease = { token, who };
  const isMine = folder === null || folder.lease!.token === token;
  const records = [...folder?.records ?? []].reverse();
  offsets.clear();
  return ok({
    root: plan.root,
    host: "far",
    cpus: 4,
    mark: folder?.mark ?? null,
    closed: folder?.closed ?? false,
    lease: isMine
      ? { holder: "me" }
      : { holder: "other", ...folder!.lease!, beats: folder!.beats },
    submitting: (folder?.submitters ?? 0) > 0,
    intents: [...folder?.intents ?? []],
    submitted: [...folder?.answers ?? []],
    fenced: [...folder?.locks ?? []].flatMap(([job, lock]) =>
      lock === "fenced" ? [job] : []
    ),
    records: records.flatMap(([, all]) => all.map(({ record }) => record)),
  });
}

function stage(
  { far: { queue }, session: { token, who, closed } }: Way,
  files: number,
  mark: string,
): Result<Staged> {
  if (queue.folder && closed.includes(queue.folder.mark)) queue.folder = null;
  queue.folder ??= newFolder(mark);
  if (queue.folder.mark !== mark) return fail({ ...held, kind: "input" });
  queue.folder.lease ??= { token, who };
  if (queue.folder.lease.token !== token) return fail(held);
  return ok({ files, bytes: 0 });
}

/** By name in the queue; who is not there never starts. */
function settle({ jobs, folder }: Queue, names: readonly JobName[]) {
  const ids = new Map(jobs.map(({ name, id }) => [name, id]));
  const found = names.flatMap((name) => {
    const id = ids.get(name);
    return id === undefined ? [] : [[name, id] as const];
  });
  const fenced = names.filter((name) => !ids.has(name));
  for (const name of fenced) folder!.locks.set(name, "fenced");
  return { found: new Map(found), fenced };
}

function look(
  { far, script, session, clock }: Way,
  watched: readonly Watched[],
  offsets: Map<JobName, number>,
): Look {
  const { folder, jobs } = far.queue;
  const n = far.trips.poll;
  if (folder?.lease?.token === session.token) folder.beats += 1;
  const ids = new Set(watched.map(({ id }) => id));
  const shown = jobs.filter(({ id }) => ids.has(id)).flatMap((job) => {
    const told = script.shows?.(job, n, clock.now());
    const state = job.phase;
    if (told === null || (told === undefined && state === "ended")) return [];
    return [[job.id, told ?? { word: WORDS[state], state }] as const];
  });
  const records = watched.flatMap(({ job, afresh }) => {
    const all = folder?.records.get(job) ?? [];
    const there = all.filter(({ seen }) => seen <= clock.now());
    const from = afresh ? 0 : offsets.get(job) ?? 0;
    offsets.set(job, there.length);
    return there.slice(from).map(({ record }) => record);
  });
  const complete = !script.blind?.(n);
  return { queue: new Map(shown), complete, said: "", records };
}

/** The far side's script works on its own; the client listens as long as it can. */
async function* submit(
  way: Way,
  jobs: readonly Job[],
): AsyncGenerator<Result<Submitted>> {
  const { far: { trips }, script, isDead } = way;
  const n = ++trips.submit;
  const broken = script.breaks?.("submit", n) ?? null;
  if (broken === "before") return yield fail(lost);
  const heard: Result<Submitted>[] = [];
  const bell = { ring: () => {}, over: false };
  handOver(way, jobs, (told) => (heard.push(told), bell.ring()))
    .then(() => (bell.over = true, bell.ring()));
  for (let at = 0;; at++) {
    while (heard.length <= at && !bell.over) {
      await new Promise<void>((resolve) => bell.ring = resolve);
    }
    if (isDead()) await never();
    if (heard.length <= at) return;
    if (broken === "after" && at > 0) return yield fail(lost);
    yield heard[at]!;
  }
}

async function handOver(
  { far, script, session, clock }: Way,
  jobs: readonly Job[],
  tell: (told: Result<Submitted>) => void,
): Promise<void> {
  const { queue } = far;
  await clock.sleep(script.latency ?? 10);
  const { folder } = queue;
  const mine = () =>
    folder !== null && queue.folder === folder &&
    folder.lease?.token === session.token;
  if (!mine()) return tell(fail(held));
  folder!.submitters += 1;
  folder!.intents.push(...jobs);
  for (const job of jobs) {
    if (!mine()) break;
    await clock.sleep(script.submitting ?? 5);
    queue.advance(clock.now());
    const n = ++far.submits;
    const answer = script.answers?.(job, n) ?? "accepted";
    const told = outcome(queue, job, answer, clock.now());
    folder!.answers.push(told);
    tell(ok(told));
    const alive = queue.jobs.filter(({ phase }) => phase !== "ended").length;
    far.most = Math.max(far.most, alive);
  }
  folder!.submitters -= 1;
}

function outcome(
  queue: Queue,
  job: Job,
  answer: Answer,
  now: number,
): Submitted {
  const isIn = answer === "accepted" || answer === "taken";
  const id = isIn ? queue.accept(job, now) : "";
  if (answer === "accepted") return { job: job.name, outcome: answer, id };
  const isSure = answer === "refused" || answer === "full";
  return {
    job: job.name,
    outcome: isSure ? answer : "unsure",
    saw: `sbatch: ${answer}`,
  };
}
