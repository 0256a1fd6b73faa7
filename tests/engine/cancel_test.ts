/** A job is cancelled when the queue or its record shows that it ended; until then it is asked again. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  eventsOfType,
  newSimulation,
  outcomeOf,
  planWith,
  readEvents,
  runToEnd,
  type Simulation,
  startClient,
  waitForEvent,
} from "../helpers/simulation/mod.ts";
import type { SimulationScript } from "../helpers/simulation/faults.ts";
import type { SessionOptions } from "../../src/engine/session/mod.ts";

const HOUR = 3_600_000;
const plan = planWith(5, 1, { machine: { retries: 0 } });

/** What goes wrong with the first requests. */
const troubles: Readonly<
  Record<string, NonNullable<SimulationScript["cancels"]>>
> = {
  "the batch system cannot be reached three times": (n) =>
    n <= 3 ? "unreachable" : "accepted",
  "it agrees three times, and nothing happens": (n) =>
    n <= 3 ? "ignored" : "accepted",
  "it refuses three times": (n) => n <= 3 ? "refused" : "accepted",
};

function isOver({ remote: { queue } }: Simulation): boolean {
  return queue.jobs.every(({ phase }) => phase === "ended");
}

for (const [trouble, cancels] of Object.entries(troubles)) {
  Deno.test(`cancel is asked again until it is over: ${trouble}`, async () => {
    const simulation = newSimulation({ lasts: () => HOUR, cancels });
    await runToEnd(simulation, plan, { exitOnSubmit: true });
    const begin = simulation.clock.elapsed();
    const events = await runToEnd(simulation, plan, { cancel: true });
    strictEqual(outcomeOf(events), "cancel");
    ok(isOver(simulation));
    strictEqual(simulation.remote.calls.cancel, 4);
    ok(simulation.clock.elapsed() - begin < 120_000);
    // What fails is told once.
    const told = cancels(1) === "ignored" ? 0 : 1;
    strictEqual(eventsOfType(events, "warning").length, told);
  });

  const endings: Readonly<Record<string, Partial<SessionOptions>>> = {
    "fail-fast": { failFast: true },
    "an interrupt": { cancelOnInterrupt: true },
  };
  for (const [ending, options] of Object.entries(endings)) {
    Deno.test(`so after ${ending}: ${trouble}`, async () => {
      const simulation = newSimulation({
        lasts: (task) => task === "t0" ? 1000 : HOUR,
        exits: () => 1,
        cancels,
      });
      const client = await startClient(simulation, plan, options);
      await waitForEvent(client, "taskExited");
      if (options.cancelOnInterrupt) client.interrupt();
      const events = await readEvents(client);
      strictEqual(outcomeOf(events), options.failFast ? "failed" : "cancel");
      ok(isOver(simulation));
      strictEqual(simulation.remote.calls.cancel, 4);
    });
  }

  Deno.test(`so outdated jobs: ${trouble}`, async () => {
    const simulation = newSimulation({
      lasts: (task) => task.startsWith("old") ? HOUR : 1000,
      cancels,
    });
    const old = planWith([{ key: "old0", dir: "d0" }], 1);
    await runToEnd(simulation, old, { exitOnSubmit: true });
    strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
    ok(isOver(simulation));
    strictEqual(simulation.remote.calls.cancel, 4);
    deepStrictEqual(simulation.remote.queue.violations, []);
  });
}

Deno.test("a second cancel asks at once, however often the first did", async () => {
  const simulation = newSimulation({
    lasts: () => HOUR,
    cancels: (n) => n <= 4 ? "ignored" : "accepted",
  });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  const first = await startClient(simulation, plan, { cancel: true });
  for (let n = 1; n <= 4; n++) await waitForEvent(first, "cancelSent");
  first.interrupt();
  await readEvents(first);
  const begin = simulation.clock.elapsed();
  const events = await runToEnd(simulation, plan, { cancel: true });
  strictEqual(outcomeOf(events), "cancel");
  ok(isOver(simulation));
  ok(simulation.clock.elapsed() - begin < 1000);
});

Deno.test("pending jobs that the queue no longer lists are cancelled without a grace", async () => {
  const simulation = newSimulation({ lasts: () => HOUR, waits: () => HOUR });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  const begin = simulation.clock.elapsed();
  const events = await runToEnd(simulation, plan, { cancel: true });
  strictEqual(outcomeOf(events), "cancel");
  strictEqual(eventsOfType(events, "jobEnded").length, 5);
  ok(simulation.clock.elapsed() - begin < 1000);
});

Deno.test("a job that a listing lacks and whose cancel was not accepted gets its grace", async () => {
  const simulation = newSimulation({
    lasts: () => HOUR,
    cancels: (n) => n === 1 ? "refused" : "accepted",
    // The queue is late to show what it has.
    shows: (_, n) => n <= 2 ? null : undefined,
  });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  const events = await runToEnd(simulation, plan, { cancel: true });
  strictEqual(outcomeOf(events), "cancel");
  strictEqual(simulation.remote.calls.cancel, 2);
  ok(isOver(simulation));
});

Deno.test("a job that had ended before it was to be cancelled is no warning", async () => {
  const simulation = newSimulation({
    lasts: () => HOUR,
    cancels: () => "refused",
    shows: () => null,
  });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  const events = await runToEnd(simulation, plan, { cancel: true });
  strictEqual(outcomeOf(events), "cancel");
  deepStrictEqual(eventsOfType(events, "warning"), []);
  strictEqual(simulation.remote.calls.cancel, 1);
});
