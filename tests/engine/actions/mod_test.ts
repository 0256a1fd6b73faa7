import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import {
  type ActionContext,
  execute,
} from "../../../src/engine/actions/mod.ts";
import type { Backend } from "../../../src/backends/backend.ts";
import type { EventData } from "../../../src/model/event.ts";
import type { Action } from "../../../src/engine/action.ts";
import type { RunState } from "../../../src/model/run_state/mod.ts";
import {
  fail,
  type Failure,
  ok as good,
  type Result,
} from "../../../src/text/result.ts";
import { planWith } from "../../helpers/simulation/mod.ts";
import {
  applyEvents,
  jobCreated,
  jobStates,
  runStateOf,
  submittedJob,
} from "../../helpers/events.ts";
import { racingClock } from "../../helpers/fake_clock.ts";
import { emptyRemoteState } from "../../helpers/remote_state.ts";
import { connectionLost } from "../../helpers/simulation/faults.ts";
import type {
  PollReply,
  RemoteState,
  SubmitReply,
} from "../../../src/model/backend_messages.ts";

const LIMITS = {
  minPollSeconds: 1,
  maxPollSeconds: 30,
  missingGraceSeconds: 120,
  missingGracePolls: 3,
  queueFullSeconds: 60,
  defaultMaxJobs: "none",
  submitAhead: 0,
  explainsEnds: false,
} as const;

/** Carries out a step on a backend of which only the asked parts are there. */
async function carryOut(
  action: Action,
  state: RunState,
  backend: Partial<Backend>,
  outside: Partial<ActionContext> = {},
): Promise<{ events: readonly EventData[]; failure: Failure | null }> {
  const limits = LIMITS;
  const events: EventData[] = [];
  const run: ActionContext = {
    emit(event) {
      applyEvents(state, [event]);
      events.push(event);
    },
    hasEnded: () => events.some(({ type }) => type === "sessionEnded"),
    limits,
    plan: planWith(state.tasks.size, 1),
    backend: { traits: limits, ...backend } as Backend,
    state,
    inspection: { last: emptyRemoteState },
    submitting: new Set<string>(),
    clock: racingClock(),
    closedRunIds: [],
    eventsAfterInspection: () => [],
    isAlive: () => true,
    ...outside,
  };
  return { events, failure: await execute(action, run) };
}

async function* answers(...all: readonly Result<SubmitReply>[]) {
  yield* all;
}

function submit(state: RunState, ...all: readonly Result<SubmitReply>[]) {
  const jobs = [...state.jobs.keys()];
  const action = { lane: "submit", do: "submit", jobs, slots: 9 } as const;
  return carryOut(action, state, { submit: () => answers(...all) });
}

const threeDue = () =>
  runStateOf(
    ["t0", "t1", "t2"],
    [0, 1, 2].map((at) => jobCreated(`j${at}`, [`t${at}`])),
  );

const accepted = { job: "j0", outcome: "accepted", id: "7" } as const;

Deno.test("when a submit breaks off, every job without a reply is unconfirmed", async () => {
  const state = threeDue();
  const { events, failure } = await submit(
    state,
    good(accepted),
    fail(connectionLost),
  );
  deepStrictEqual(events.map(({ type }) => type), [
    ...["jobSubmitted", "jobUnconfirmed", "jobUnconfirmed"],
  ]);
  deepStrictEqual(jobStates(state), {
    ...{ j0: "submitted", j1: "unconfirmed", j2: "unconfirmed" },
  });
  strictEqual(failure, connectionLost);
});

Deno.test("jobs of which the far side says that they were not sent are ready as before, whatever failed; the others are unconfirmed", async () => {
  const state = threeDue();
  const notSent = (job: string) => good({ job, outcome: "notSent" } as const);
  const { events, failure } = await submit(
    state,
    ...[notSent("j0"), notSent("j2")],
    fail(connectionLost),
  );
  deepStrictEqual([events, failure], [
    [{ type: "jobUnconfirmed", job: "j1" }],
    connectionLost,
  ]);
  deepStrictEqual(jobStates(state), {
    j0: "ready",
    j1: "unconfirmed",
    j2: "ready",
  });
});

Deno.test("no kind of failure says by itself that nothing was submitted", async () => {
  for (const kind of ["scheduler", "transfer", "connection"] as const) {
    const state = threeDue();
    await submit(state, fail({ ...connectionLost, kind, isRetryable: false }));
    strictEqual(state.unconfirmedJobs.size, 3, kind);
  }
});

Deno.test("jobs that a submit did not reach are ready as before", async () => {
  const state = threeDue();
  const { failure } = await submit(state, good(accepted));
  deepStrictEqual(jobStates(state), {
    ...{ j0: "submitted", j1: "ready", j2: "ready" },
  });
  strictEqual(failure, null);
});

Deno.test("a rejection is final, a full queue is not", async () => {
  const detail = "sbatch: error: invalid partition";
  const refused = { job: "j0", outcome: "rejected", message: detail } as const;
  const first = await submit(threeDue(), good(refused));
  deepStrictEqual([first.failure?.kind, first.failure?.isRetryable], [
    "scheduler",
    false,
  ]);
  strictEqual(first.failure?.detail, detail);
  // Another scheduler, should the batch type be mended, would read its answer otherwise.
  deepStrictEqual(first.events.map(({ type }) => type), [
    "jobRejected",
    "jobFenced",
  ]);
  const later = threeDue();
  const accepted = { job: "j1", outcome: "accepted", id: "7" } as const;
  strictEqual(
    (await submit(later, good(refused), good(accepted))).failure,
    null,
  );
  deepStrictEqual(jobStates(later), {
    j0: "final",
    j1: "submitted",
    j2: "ready",
  });
  const full = { ...refused, outcome: "queueFull" } as const;
  const state = threeDue();
  strictEqual((await submit(state, good(full))).failure, null);
  ok(state.queueFullSince !== null);
  deepStrictEqual(jobStates(state), {
    j0: "ready",
    j1: "ready",
    j2: "ready",
  });
});

Deno.test("jobs that a second inspection cannot explain either are inspected again, after a delay", async () => {
  const state = threeDue();
  applyEvents(state, [{ type: "jobUnconfirmed", job: "j0" }, {
    type: "jobUnconfirmed",
    job: "j1",
  }]);
  const reconcile = () =>
    Promise.resolve(good({ found: new Map(), fenced: ["j0"] }));
  const action = {
    lane: "submit",
    do: "reconcile",
    jobs: ["j0", "j1"],
  } as const;
  const { failure } = await carryOut(action, state, { reconcile });
  strictEqual(failure?.isRetryable, true);
  match(failure!.detail, /j1/);
});

Deno.test("a submit with a negative reply whose job is in no queue is repeated a few times and then rejected", async () => {
  const detail = "sbatch: error: ask the help desk";
  const state = threeDue();
  const failures = [];
  for (let n = 0; n < 3; n++) {
    const job = `again${n}`;
    applyEvents(state, [jobCreated(job, ["t0"])]);
    applyEvents(state, [{ type: "jobUnconfirmed", job, message: detail }]);
    const reconcile = () =>
      Promise.resolve(good({ found: new Map(), fenced: [job] }));
    const action = { lane: "submit", do: "reconcile", jobs: [job] } as const;
    failures.push(
      (await carryOut(action, state, { reconcile })).failure,
    );
  }
  deepStrictEqual(failures.map((failure) => failure?.detail), [
    undefined,
    undefined,
    detail,
  ]);
  strictEqual(failures[2]!.isRetryable, false);
  // A connection that broke says nothing of the scheduler.
  strictEqual(state.tasks.get("t0")!.schedulerLosses, 3);
  applyEvents(state, [jobCreated("cut", ["t1"]), {
    type: "jobUnconfirmed",
    job: "cut",
  }]);
  applyEvents(state, [{ type: "jobFenced", job: "cut" }]);
  strictEqual(state.tasks.get("t1")!.schedulerLosses, 0);
});

function pollReply(
  state: RunState,
  queue: PollReply["queue"],
  manual?: string,
) {
  const seen: PollReply = {
    queue,
    isComplete: true,
    errorText: "",
    areRecordsComplete: true,
    records: [],
  };
  return carryOut({ lane: "poll", do: "poll" }, state, {
    poll: () => Promise.resolve(good(seen)),
  }, manual ? { limits: { ...LIMITS, manual } } : {});
}

const twoJobs = () =>
  runStateOf(["t0", "t1"], [
    ...submittedJob("j0", ["t0"]),
    ...submittedJob("j1", ["t1"]),
  ]);

const warnings = (events: readonly EventData[]) =>
  events.flatMap((each) => each.type === "warning" ? [each.failure] : []);

Deno.test("an unknown native state is reported once, however many jobs have it and however often", async () => {
  const state = twoJobs();
  const strange = { nativeState: "ZZ", state: null };
  const both = new Map([["#j0", strange], ["#j1", strange]]);
  const first = warnings((await pollReply(state, both, "sbatch(1)")).events);
  strictEqual(first.length, 1);
  match(first[0]!.detail, /ZZ/);
  match(first[0]!.hint!, /sbatch\(1\)/);
  await pollReply(
    state,
    new Map([["#j0", { nativeState: "R", state: "running" }]]),
  );
  deepStrictEqual(warnings((await pollReply(state, both)).events), []);
  const other = new Map([["#j1", { nativeState: "YY", state: null }]]);
  strictEqual(warnings((await pollReply(state, other)).events).length, 1);
});

Deno.test("where the queue explains its error, that is reported", async () => {
  const reason = "it is on another machine (node7)";
  const queue = new Map([["#j0", {
    nativeState: "unknown",
    state: null,
    reason,
  }]]);
  const [failure] = warnings((await pollReply(twoJobs(), queue)).events);
  strictEqual(failure?.detail, reason);
});

Deno.test("a reason for which jobs do not start by themselves is reported once, with what to do", async () => {
  const state = twoJobs();
  const held = {
    nativeState: "PENDING",
    state: "held",
    reason: "JobHeldUser",
    advice: "release it",
  } as const;
  const both = new Map([["#j0", held], ["#j1", held]]);
  const [first, ...others] = warnings((await pollReply(state, both)).events);
  deepStrictEqual([first?.summary, first?.detail, first?.hint], [
    "Job #j0 and 1 more cannot start",
    "JobHeldUser",
    "release it",
  ]);
  strictEqual(others.length, 0);
  deepStrictEqual(warnings((await pollReply(state, both)).events), []);
  const free = { nativeState: "PENDING", state: "queued" } as const;
  await pollReply(state, new Map([["#j0", free], ["#j1", free]]));
  strictEqual(warnings((await pollReply(state, both)).events).length, 1);
});

Deno.test("an unknown native state never ends a job", async () => {
  const state = twoJobs();
  const strange = { nativeState: "ZZ", state: null };
  const queue = new Map([["#j0", strange], ["#j1", strange]]);
  for (let at = 0; at < 5; at++) await pollReply(state, queue);
  deepStrictEqual(jobStates(state), { j0: "queued", j1: "queued" });
});

const othersLease: RemoteState = {
  ...emptyRemoteState,
  lease: {
    holder: "other",
    token: "x",
    holderName: "there 1",
    heartbeats: 1,
  },
};

Deno.test("a lease that cannot be taken over is requested again now and then, not at once", async () => {
  const clock = racingClock();
  const asked: { at: number; from: string | null }[] = [];
  const inspections: number[] = [];
  const { events } = await carryOut(
    { lane: "submit", do: "inspect" },
    runStateOf(["t0"]),
    {
      inspect() {
        inspections.push(clock.now());
        return Promise.resolve(good(othersLease));
      },
      lease: {
        acquire(from) {
          asked.push({ at: clock.now(), from });
          const isFree = asked.length > 8;
          return Promise.resolve(
            good(isFree ? emptyRemoteState : othersLease),
          );
        },
        release: () => Promise.resolve(good(undefined)),
      },
    },
    { clock, isAlive: () => false },
  );
  deepStrictEqual(asked.map(({ from }) => from), [null, ...Array(8).fill("x")]);
  strictEqual(inspections.length, 7);
  strictEqual(asked.at(-1)!.at - asked[0]!.at, 14_000);
  deepStrictEqual(events.slice(0, 2).map(({ type }) => type), [
    "attached",
    "remoteInspected",
  ]);
});

Deno.test("while another process that runs holds the lease, the remote host is only read; a lease that was released is taken", async () => {
  const asked: string[] = [];
  const heartbeats = { count: 0 };
  await carryOut({ lane: "submit", do: "inspect" }, runStateOf(["t0"]), {
    inspect() {
      asked.push("inspect");
      const lease = { ...othersLease.lease, heartbeats: heartbeats.count++ };
      return Promise.resolve(
        good({
          ...othersLease,
          lease: heartbeats.count > 100 ? { holder: "none" } : lease,
        } as RemoteState),
      );
    },
    lease: {
      acquire(from) {
        asked.push(`acquire ${from}`);
        return Promise.resolve(
          good(asked.length === 1 ? othersLease : emptyRemoteState),
        );
      },
      release: () => Promise.resolve(good(undefined)),
    },
  });
  deepStrictEqual(asked, [
    "acquire null",
    ...Array(101).fill("inspect"),
    "acquire null",
  ]);
});

Deno.test("a backend without a lease is inspected", async () => {
  const { events, failure } = await carryOut(
    { lane: "submit", do: "inspect" },
    runStateOf(["t0"]),
    { inspect: () => Promise.resolve(good(othersLease)) },
  );
  deepStrictEqual([events.map(({ type }) => type), failure], [
    ["remoteInspected"],
    null,
  ]);
});

Deno.test("the record of a job that seems lost is read from its beginning", async () => {
  const state = twoJobs();
  applyEvents(state, [{ type: "jobsNotListed", jobs: ["j1"] }]);
  let afresh: readonly boolean[] = [];
  await carryOut({ lane: "poll", do: "poll" }, state, {
    poll(watched) {
      afresh = watched.map((each) => each.rereadRecord);
      return Promise.resolve(fail(connectionLost));
    },
  });
  deepStrictEqual(afresh, [false, true]);
});

Deno.test("a directory that cannot be removed is no failure of the run", async () => {
  const { events, failure } = await carryOut(
    { lane: "clean", do: "clean" },
    twoJobs(),
    { clean: () => Promise.resolve(fail(connectionLost)) },
  );
  deepStrictEqual(events.map(({ type }) => type), ["warning", "cleaned"]);
  strictEqual(failure, null);
});

Deno.test("cleaning is repeated after a lost connection, and not where that is of no use", async () => {
  const clean = { lane: "clean", do: "clean" } as const;
  const count = { times: 0 };
  const back = await carryOut(clean, twoJobs(), {
    clean: () =>
      Promise.resolve(
        count.times++ < 2 ? fail(connectionLost) : good(undefined),
      ),
  });
  deepStrictEqual(back.events.map(({ type }) => type), ["cleaned"]);
  strictEqual(count.times, 3);
  const useless = { times: 0 };
  const { events } = await carryOut(clean, twoJobs(), {
    clean() {
      useless.times++;
      return Promise.resolve(fail({ ...connectionLost, isRetryable: false }));
    },
  });
  deepStrictEqual(events.map(({ type }) => type), ["warning", "cleaned"]);
  strictEqual(useless.times, 1);
});

Deno.test("of very many results that could not be downloaded only some are named", async () => {
  const refused = Array.from({ length: 500 }, (_, n) => `x${n}: no`);
  const { events } = await carryOut(
    { lane: "collect", do: "collect", tasks: ["t0"] },
    twoJobs(),
    {
      collect: () =>
        Promise.resolve(
          good({
            results: [{ files: [], missing: [] }],
            notCollected: refused,
          }),
        ),
    },
  );
  const warned = events.flatMap((event) =>
    event.type === "warning" ? [event.failure.detail] : []
  );
  deepStrictEqual(warned.slice(-2), ["x49: no", "450 more like these"]);
});
