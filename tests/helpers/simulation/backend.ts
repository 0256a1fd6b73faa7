/** A remote host in memory with a client's way to it. The remote host goes on when the client dies. */
import { remoteNow } from "../fake_clock.ts";
import type { Backend, OpenBackend } from "../../../src/backends/backend.ts";
import type { JobName } from "../../../src/model/job.ts";
import { fail, ok, type Result } from "../../../src/text/result.ts";
import type { Clock } from "../../../src/environment/environment.ts";
import { newRunDir, type Queue, scriptedQueue } from "./queue.ts";
import { submit } from "./submit.ts";
import {
  type BackendParts,
  call,
  leaseTaken,
  type Method,
  queueLost,
  type SimulationScript,
} from "./faults.ts";
import type {
  BackendTraits,
  Lease,
  PollReply,
  PollTarget,
  RemoteState,
  StageReply,
} from "../../../src/model/backend_messages.ts";

export interface FakeRemoteHost {
  readonly queue: Queue;
  readonly calls: Readonly<Record<Method, number>>;
  /** The most jobs that were alive at once. */
  readonly mostActive: number;
  /** Paths below the work base of what was collected, until it is deleted. */
  readonly collected: Set<string>;
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

export function fakeRemoteHost(script: SimulationScript = {}): FakeRemoteHost {
  const queue = scriptedQueue(script);
  const calls = {
    inspect: 0,
    acquire: 0,
    stage: 0,
    submit: 0,
    reconcile: 0,
    poll: 0,
  };
  const moreCalls = { collect: 0, cancel: 0, clean: 0, close: 0, release: 0 };
  const host = {
    ...{ queue, calls: { ...calls, ...moreCalls }, mostActive: 0, submits: 0 },
    collected: new Set<string>(),
  };
  return Object.assign(host, {
    open:
      (clock: Clock, isDead: () => boolean): OpenBackend => (plan, session) =>
        Promise.resolve(
          ok(backendOf({ host, script, plan, session, clock, isDead })),
        ),
  });
}

function backendOf(parts: BackendParts): Backend {
  const { host: { queue }, script, plan, session } = parts;
  const offsets = new Map<JobName, number>();
  const holdsLease = () => queue.runDir?.lease?.token === session.token;
  const asHolder = <T>(does: () => Result<T>) => () =>
    holdsLease() ? does() : fail(leaseTaken);
  return {
    traits: { ...LIMITS, ...script.limits },
    inspect: () => call(parts, "inspect", () => inspect(parts, offsets)),
    lease: {
      acquire: (from) =>
        call(parts, "acquire", () => {
          takeLease(parts, from);
          return inspect(parts, offsets);
        }),
      release: () =>
        call(parts, "release", () => {
          if (holdsLease()) queue.runDir!.lease = null;
          return ok(undefined);
        }),
    },
    stage: (tasks, runId) =>
      call(parts, "stage", () => stage(parts, tasks.length, runId)),
    submit: (jobs) => submit(parts, jobs),
    reconcile: (jobs) =>
      call(
        parts,
        "reconcile",
        asHolder(() => ok(reconcile(queue, jobs.map(({ job }) => job)))),
      ),
    async poll(jobs) {
      const read = new Map(offsets);
      const told = await call(
        parts,
        "poll",
        () => ok(pollQueue(parts, jobs, read)),
      );
      // What did not arrive was not read.
      if (told.ok) { for (const [job, at] of read) offsets.set(job, at); }
      return told;
    },
    collect: (requests) =>
      call(parts, "collect", (n) => {
        const results = requests.map(({ dir, required }) => {
          const isMissing = (pattern: string) =>
            script.misses?.(dir, pattern, n) ?? false;
          const existing = required.filter((pattern) => !isMissing(pattern));
          const files = existing.map((pattern) => `${dir}/${pattern}`)
            .map((path) => ({ path, bytes: 1, modified: 1 }));
          for (const { path } of files) parts.host.collected.add(path);
          return { files, missing: required.filter(isMissing) };
        });
        return ok({ results, notCollected: [] });
      }),
    cancel: (ids) =>
      call(parts, "cancel", (n) => {
        const outcome = script.cancels?.(n) ?? "accepted";
        if (outcome === "unreachable") return fail(queueLost);
        if (outcome === "accepted") ids.forEach(queue.cancel);
        return ok({ message: outcome === "refused" ? "not permitted" : "" });
      }),
    clean: () =>
      call(
        parts,
        "clean",
        asHolder(() => {
          queue.runDir = null;
          return ok(undefined);
        }),
      ),
    close: () =>
      call(parts, "close", () => {
        if (holdsLease()) queue.runDir!.closed = true;
        return ok(undefined);
      }),
    async *readLog() {},
    async *doctor() {},
    [Symbol.asyncDispose]: () => Promise.resolve(plan && undefined),
  };
}

function takeLease(
  { host: { queue: { runDir } }, session: { token, holderName } }: BackendParts,
  from: string | null,
): void {
  const isFree = !runDir?.lease || runDir.lease.token === from;
  if (runDir && isFree) runDir.lease = { token, holderName };
}

function leaseIn(
  { host: { queue: { runDir } }, session: { token } }: BackendParts,
): Lease {
  if (!runDir?.lease) return { holder: "none" };
  return runDir.lease.token === token
    ? { holder: "self" }
    : { holder: "other", ...runDir.lease, heartbeats: runDir.heartbeats };
}

function inspect(
  parts: BackendParts,
  offsets: Map<JobName, number>,
): Result<RemoteState> {
  const { host: { queue: { runDir } }, plan } = parts;
  const records = [...runDir?.records ?? []].reverse();
  offsets.clear();
  return ok({
    remoteDir: plan.remoteDir,
    host: "far",
    cpus: 4,
    runId: runDir?.runId ?? null,
    isClosed: runDir?.closed ?? false,
    lease: leaseIn(parts),
    isSubmitting: (runDir?.submitters ?? 0) > 0,
    maxTasksPerJob: null,
    compressors: [],
    plannedJobs: [...runDir?.plannedJobs ?? []],
    submitReplies: new Map(runDir?.submitReplies),
    owners: new Map(
      [...runDir?.locks ?? []].filter(([, lock]) => lock !== "fenced"),
    ),
    fenced: [...runDir?.locks ?? []].flatMap(([job, lock]) =>
      lock === "fenced" ? [job] : []
    ),
    records: records.flatMap(([, all]) => all.map(({ record }) => record)),
  });
}

function stage(
  { host: { queue }, session: { token, holderName, closedRunIds } }:
    BackendParts,
  files: number,
  runId: string,
): Result<StageReply> {
  if (queue.runDir && closedRunIds.includes(queue.runDir.runId)) {
    queue.runDir = null;
  }
  queue.runDir ??= newRunDir(runId);
  if (queue.runDir.runId !== runId) {
    return fail({ ...leaseTaken, kind: "input" });
  }
  queue.runDir.lease ??= { token, holderName };
  if (queue.runDir.lease.token !== token) return fail(leaseTaken);
  return ok({ files, bytes: 0 });
}

/** By name in the queue; who is not there never starts. */
function reconcile({ jobs, runDir }: Queue, names: readonly JobName[]) {
  const ids = new Map(jobs.map(({ name, id }) => [name, id]));
  const found = names.flatMap((name) => {
    const id = ids.get(name);
    return id === undefined ? [] : [[name, id] as const];
  });
  const fenced = names.filter((name) => !ids.has(name));
  for (const name of fenced) runDir!.locks.set(name, "fenced");
  return { found: new Map(found), fenced };
}

function pollQueue(
  { host, script, session, clock }: BackendParts,
  targets: readonly PollTarget[],
  offsets: Map<JobName, number>,
): PollReply {
  const { runDir, jobs } = host.queue;
  const n = host.calls.poll;
  if (runDir?.lease?.token === session.token) runDir.heartbeats += 1;
  const ids = new Set(targets.map(({ id }) => id));
  const shown = jobs.filter(({ id }) => ids.has(id)).flatMap((job) => {
    const told = script.shows?.(job, n, remoteNow(clock));
    const state = job.phase;
    if (told === null || (told === undefined && state === "ended")) return [];
    return [[job.id, told ?? { nativeState: WORDS[state], state }] as const];
  });
  const records = targets.flatMap(({ job, rereadRecord }) => {
    const all = runDir?.records.get(job) ?? [];
    const existing = all.filter(({ seen }) => seen <= remoteNow(clock));
    const from = rereadRecord ? 0 : offsets.get(job) ?? 0;
    offsets.set(job, existing.length);
    return existing.slice(from).map(({ record }) => record);
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
