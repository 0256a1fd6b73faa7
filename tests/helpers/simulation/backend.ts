/** A far side in memory with a client's way to it. The far side goes on when the client dies. */
import type { Backend, OpenBackend } from "../../../src/backends/backend.ts";
import type { JobName } from "../../../src/model/job.ts";
import { fail, ok, type Result } from "../../../src/text/result.ts";
import type { Clock } from "../../../src/environment/environment.ts";
import { newFolder, type Queue, scriptedQueue } from "./queue.ts";
import { submit } from "./submit.ts";
import { type FarScript, held, type Method, trip, type Way } from "./faults.ts";
import type {
  BackendTraits,
  Lease,
  PollReply,
  PollTarget,
  RemoteState,
  StageReply,
} from "../../../src/model/backend_messages.ts";

export interface FarSide {
  readonly queue: Queue;
  readonly trips: Readonly<Record<Method, number>>;
  /** The most jobs that were alive at once. */
  readonly most: number;
  /** Paths below the work base of what was collected, until it is deleted. */
  readonly home: Set<string>;
  /** A way there; `isDead`: nothing comes back any more. */
  open(clock: Clock, isDead: () => boolean): OpenBackend;
}

const LIMITS: BackendTraits = {
  minPollSeconds: 1,
  maxPollSeconds: 30,
  missingGraceSeconds: 120,
  missingGracePolls: 3,
  queueFullSeconds: 60,
  defaultMaxJobs: "none",
  submitAhead: 0,
  explainsEnds: false,
};

const WORDS = { queued: "PD", running: "R", ended: "CD" } as const;

export function farSide(script: FarScript = {}): FarSide {
  const queue = scriptedQueue(script);
  const trips = {
    inspect: 0,
    acquire: 0,
    stage: 0,
    submit: 0,
    reconcile: 0,
    poll: 0,
  };
  const more = { collect: 0, cancel: 0, clean: 0, close: 0, release: 0 };
  const far = {
    ...{ queue, trips: { ...trips, ...more }, most: 0, submits: 0 },
    home: new Set<string>(),
  };
  return Object.assign(far, {
    open:
      (clock: Clock, isDead: () => boolean): OpenBackend => (plan, session) =>
        Promise.resolve(
          ok(backendOf({ far, script, plan, session, clock, isDead })),
        ),
  });
}

function backendOf(way: Way): Backend {
  const { far: { queue }, script, plan, session } = way;
  const offsets = new Map<JobName, number>();
  const mine = () => queue.folder?.lease?.token === session.token;
  const asHolder = <T>(does: () => Result<T>) => () =>
    mine() ? does() : fail(held);
  return {
    traits: { ...LIMITS, ...script.limits },
    inspect: () => trip(way, "inspect", () => inspect(way, offsets)),
    lease: {
      acquire: (from) =>
        trip(way, "acquire", () => {
          takeLease(way, from);
          return inspect(way, offsets);
        }),
      release: () =>
        trip(way, "release", () => {
          if (mine()) queue.folder!.lease = null;
          return ok(undefined);
        }),
    },
    stage: (tasks, runId) =>
      trip(way, "stage", () => stage(way, tasks.length, runId)),
    submit: (jobs) => submit(way, jobs),
    reconcile: (jobs) =>
      trip(
        way,
        "reconcile",
        asHolder(() => ok(reconcile(queue, jobs.map(({ job }) => job)))),
      ),
    async poll(jobs) {
      const read = new Map(offsets);
      const told = await trip(way, "poll", () => ok(look(way, jobs, read)));
      // What did not arrive was not read.
      if (told.ok) { for (const [job, at] of read) offsets.set(job, at); }
      return told;
    },
    collect: (wanted) =>
      trip(way, "collect", (n) => {
        const results = wanted.map(({ dir, required }) => {
          const isMissing = (pattern: string) =>
            script.misses?.(dir, pattern, n) ?? false;
          const there = required.filter((pattern) => !isMissing(pattern));
          const files = there.map((pattern) => `${dir}/${pattern}`)
            .map((path) => ({ path, bytes: 1, modified: 1 }));
          for (const { path } of files) way.far.home.add(path);
          return { files, missing: required.filter(isMissing) };
        });
        return ok({ results, notCollected: [] });
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
      }),
    async *readLog() {},
    async *doctor() {},
    [Symbol.asyncDispose]: () => Promise.resolve(plan && undefined),
  };
}

function takeLease(
  { far: { queue: { folder } }, session: { token, holderName } }: Way,
  from: string | null,
): void {
  const isFree = !folder?.lease || folder.lease.token === from;
  if (folder && isFree) folder.lease = { token, holderName };
}

function leaseIn(
  { far: { queue: { folder } }, session: { token } }: Way,
): Lease {
  if (!folder?.lease) return { holder: "none" };
  return folder.lease.token === token
    ? { holder: "self" }
    : { holder: "other", ...folder.lease, heartbeats: folder.beats };
}

function inspect(
  way: Way,
  offsets: Map<JobName, number>,
): Result<RemoteState> {
  const { far: { queue: { folder } }, plan } = way;
  const records = [...folder?.records ?? []].reverse();
  offsets.clear();
  return ok({
    remoteDir: plan.remoteDir,
    host: "far",
    cpus: 4,
    runId: folder?.mark ?? null,
    isClosed: folder?.closed ?? false,
    lease: leaseIn(way),
    isSubmitting: (folder?.submitters ?? 0) > 0,
    maxTasksPerJob: null,
    compressors: [],
    plannedJobs: [...folder?.intents ?? []],
    submitReplies: new Map(folder?.tried),
    owners: new Map(
      [...folder?.locks ?? []].filter(([, lock]) => lock !== "fenced"),
    ),
    fenced: [...folder?.locks ?? []].flatMap(([job, lock]) =>
      lock === "fenced" ? [job] : []
    ),
    records: records.flatMap(([, all]) => all.map(({ record }) => record)),
  });
}

function stage(
  { far: { queue }, session: { token, holderName, closedRunIds } }: Way,
  files: number,
  mark: string,
): Result<StageReply> {
  if (queue.folder && closedRunIds.includes(queue.folder.mark)) {
    queue.folder = null;
  }
  queue.folder ??= newFolder(mark);
  if (queue.folder.mark !== mark) return fail({ ...held, kind: "input" });
  queue.folder.lease ??= { token, holderName };
  if (queue.folder.lease.token !== token) return fail(held);
  return ok({ files, bytes: 0 });
}

/** By name in the queue; who is not there never starts. */
function reconcile({ jobs, folder }: Queue, names: readonly JobName[]) {
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
  watched: readonly PollTarget[],
  offsets: Map<JobName, number>,
): PollReply {
  const { folder, jobs } = far.queue;
  const n = far.trips.poll;
  if (folder?.lease?.token === session.token) folder.beats += 1;
  const ids = new Set(watched.map(({ id }) => id));
  const shown = jobs.filter(({ id }) => ids.has(id)).flatMap((job) => {
    const told = script.shows?.(job, n, clock.now());
    const state = job.phase;
    if (told === null || (told === undefined && state === "ended")) return [];
    return [[job.id, told ?? { nativeState: WORDS[state], state }] as const];
  });
  const records = watched.flatMap(({ job, rereadRecord }) => {
    const all = folder?.records.get(job) ?? [];
    const there = all.filter(({ seen }) => seen <= clock.now());
    const from = rereadRecord ? 0 : offsets.get(job) ?? 0;
    offsets.set(job, there.length);
    return there.slice(from).map(({ record }) => record);
  });
  const complete = !script.blind?.(n);
  return {
    queue: new Map(shown),
    isComplete: complete,
    errorText: "",
    areRecordsComplete: true,
    records,
  };
}
