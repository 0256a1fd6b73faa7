import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import type { OpenBackend } from "../../src/backends/backend.ts";
import { openNotifier } from "../../src/engine/notifier.ts";
import {
  eventsOfType,
  newSimulation,
  outcomeOf,
  planWith,
  readEvents,
  runToEnd,
  type Simulation,
  startClient,
} from "../helpers/simulation/mod.ts";
import { racingClock } from "../helpers/fake_clock.ts";
import { connectionLost } from "../helpers/simulation/faults.ts";

Deno.test("failing polls are reported once and become less frequent", async () => {
  const times: number[] = [];
  const simulation = newSimulation({
    lasts: () => 300_000,
    breaks(method, n) {
      if (method !== "poll") return null;
      times.push(simulation.clock.now());
      return n > 1 && n < 10 ? "before" : null;
    },
  });
  const events = await runToEnd(simulation, planWith(1, 1));
  const warned = eventsOfType(events, "warning");
  deepStrictEqual(warned.map(({ failure }) => failure), [connectionLost]);
  const rests = times.slice(2, 10).map((time, at) =>
    Math.round((time - times[at + 1]!) / 1000)
  );
  deepStrictEqual(rests, [1, 2, 5, 10, 30, 60, 60, 60]);
});

Deno.test("a lost connection is reported once, however many lanes used it", async () => {
  const cut = { from: 30_000, to: 90_000 };
  const simulation: Simulation = newSimulation({
    lasts: () => 60_000,
    breaks: (method) => {
      const now = simulation.clock.now() - start;
      const isLane = ["poll", "collect", "submit"].includes(method);
      return isLane && now > cut.from && now < cut.to ? "before" : null;
    },
  });
  const start = simulation.clock.now();
  const events = await runToEnd(
    simulation,
    planWith(8, 1, { machine: { maxJobs: 2 } }),
  );
  strictEqual(outcomeOf(events), "succeeded");
  deepStrictEqual(
    eventsOfType(events, "warning").map(({ failure }) => failure),
    [
      connectionLost,
    ],
  );
});

Deno.test("a failure after a success is reported again", async () => {
  const simulation = newSimulation({
    lasts: () => 60_000,
    breaks: (method, n) => method === "poll" && n % 2 === 0 ? "after" : null,
  });
  const events = await runToEnd(simulation, planWith(1, 1));
  const failures = Math.floor(simulation.remote.calls.poll / 2);
  ok(failures > 2);
  strictEqual(eventsOfType(events, "warning").length, failures);
});

Deno.test("a slow submit does not delay polling and collecting", async () => {
  const simulation = newSimulation({ submitting: 20_000, waits: () => 0 });
  const events = await runToEnd(simulation, planWith(4, 1));
  const lastSubmit = events.findLastIndex(({ type }) =>
    type === "jobSubmitted"
  );
  const first = (type: string) =>
    events.findIndex((event) => event.type === type);
  ok(first("taskExited") < lastSubmit);
  ok(first("collected") < lastSubmit);
});

Deno.test("the directory is not cleaned while jobs may still be submitted into it", async () => {
  const strategy = {
    gpuPerTask: false,
    unfinishedRatio: 0.5,
    headerTemplate: null,
  };
  const plan = planWith(2, 1, { resources: { strategy } });
  const simulation = newSimulation({ submitting: 20_000, waits: () => 0 });
  const events = await runToEnd(simulation, plan);
  const cleaned = events.findIndex(({ type }) => type === "cleaned");
  const submitted = events.findLastIndex(({ type }) => type === "jobSubmitted");
  strictEqual(eventsOfType(events, "jobSubmitted").length, 2);
  ok(submitted < cleaned);
  deepStrictEqual(simulation.remote.queue.jobs.map(({ phase }) => phase), [
    "ended",
    "ended",
  ]);
});

Deno.test("while the remote state is inspected, no lane reads records", async () => {
  const simulation = newSimulation({
    latency: 3000,
    lasts: () => 60_000,
    answers: (_, n) => n === 8 ? "taken" : "accepted",
    submitting: 1000,
  });
  const under = { way: [] as string[], beside: 0 };
  const watched: Simulation = {
    ...simulation,
    remote: {
      ...simulation.remote,
      open: (clock, isDead) =>
        watching(simulation.remote.open(clock, isDead), under),
    },
  };
  strictEqual(outcomeOf(await runToEnd(watched, planWith(8, 1))), "succeeded");
  strictEqual(simulation.remote.calls.acquire, 2);
  strictEqual(under.beside, 0);
});

/** Counts surveys that are made while a look is under way, and the other way round. */
function watching(
  open: OpenBackend,
  under: { way: string[]; beside: number },
): OpenBackend {
  return async (plan, session) => {
    const opened = await open(plan, session);
    if (!opened.ok) return opened;
    const backend = opened.value;
    const note = async <T>(what: string, trip: () => Promise<T>) => {
      if (under.way.some((other) => other !== what)) under.beside += 1;
      under.way.push(what);
      const answer = await trip();
      under.way.splice(under.way.indexOf(what), 1);
      return answer;
    };
    return {
      ok: true,
      value: {
        ...backend,
        inspect: () => note("inspect", () => backend.inspect()),
        lease: {
          ...backend.lease!,
          acquire: (from) =>
            note("inspect", () => backend.lease!.acquire(from)),
        },
        poll: (jobs) => note("poll", () => backend.poll(jobs)),
      },
    };
  };
}

Deno.test("the remote host is watched before the first submit, and its first change is polled at once", async () => {
  const simulation = newSimulation({ lasts: () => 60_000, latency: 10 });
  const order: string[] = [];
  const open: Simulation["remote"]["open"] =
    (clock, isDead) => async (plan, session) => {
      const opened = await simulation.remote.open(clock, isDead)(plan, session);
      if (!opened.ok) return opened;
      const backend = opened.value;
      return {
        ok: true,
        value: {
          ...backend,
          submit(...given) {
            order.push("submit");
            return backend.submit(...given);
          },
          poll(jobs) {
            order.push("poll");
            return backend.poll(jobs);
          },
          async remoteChanges(_state, signal) {
            order.push("watch");
            // The first job's record, then nothing more.
            const isFirst = order.filter((each) => each === "watch").length < 2;
            await clock.sleep(isFirst ? 200 : 1e9, signal);
            if (isFirst) order.push("change");
          },
        },
      };
    };
  const plan = planWith(2, 1, { machine: { pollIntervalSeconds: 30 } });
  const watched = {
    ...simulation,
    remote: { ...simulation.remote, open },
  };
  strictEqual(outcomeOf(await runToEnd(watched, plan)), "succeeded");
  deepStrictEqual(order.slice(0, 5), [
    "watch",
    "submit",
    "change",
    "watch",
    "poll",
  ]);
});

Deno.test("what becomes due between deciding and waiting is not forgotten", async () => {
  const clock = {
    ...racingClock(),
    elapsed: () => 1002,
    sleep: () => Promise.resolve(),
  };
  await openNotifier(clock).wait(1001);
});

Deno.test("a wait after a notification ends at once", async () => {
  const notifier = openNotifier(racingClock());
  notifier.notify();
  await notifier.wait(Infinity);
});

Deno.test("a time or a notification ends a wait, and a bug is thrown into it", async () => {
  const clock = racingClock();
  const start = clock.elapsed();
  const notifier = openNotifier(clock);
  await notifier.wait(start + 50);
  strictEqual(clock.elapsed(), start + 50);
  for (const until of [start + 1000, Infinity]) {
    clock.sleep(10).then(notifier.notify);
    const before = clock.elapsed();
    await notifier.wait(until);
    strictEqual(clock.elapsed() - before, 10);
  }
  const bug = new Error("bug");
  clock.sleep(10).then(() => notifier.fail(bug));
  await rejects(notifier.wait(Infinity), bug);
});

Deno.test("a bug in an action ends the session with it, and the lock is released", async () => {
  const simulation = newSimulation();
  const client = await startClient({
    ...simulation,
    remote: {
      ...simulation.remote,
      open: (clock, isDead) => async (plan, session) => {
        const opened = await simulation.remote.open(clock, isDead)(
          plan,
          session,
        );
        if (!opened.ok) return opened;
        const poll = () => Promise.reject(new Error("bug"));
        return { ok: true, value: { ...opened.value, poll } };
      },
    },
  }, planWith(1, 1));
  await rejects(readEvents(client), /bug/);
  const lock = simulation.journals.lock(planWith(1, 1).runKey);
  ok(lock.ok && lock.value !== null);
});

Deno.test("a listener that throws ends the session, wherever the event is from; the next session continues", async () => {
  const plan = planWith(2, 1);
  for (
    const type of ["sessionStarted", "jobCreated", "jobSubmitted", "taskExited"]
  ) {
    const simulation = newSimulation();
    const { run } = await startClient(simulation, plan);
    await rejects(
      run.toEnd((event) => {
        if (event.type === type) throw new Error("broken pipe");
      }),
      /broken pipe/,
      type,
    );
    strictEqual(simulation.remote.queue.runDir?.lease ?? null, null, type);
    strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded", type);
    deepStrictEqual(simulation.remote.queue.violations, [], type);
  }
});
