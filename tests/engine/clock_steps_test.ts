/** The wall clock is set forward or back, in a run and between two: nobody who waits may notice. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  eventsOfType,
  newSimulation,
  outcomeOf,
  planWith,
  readEvents,
  startClient,
} from "../helpers/simulation/mod.ts";
import type { SimulationScript } from "../helpers/simulation/faults.ts";

const MINUTE = 60_000;
const plan = planWith(4, 1, { machine: { retries: 2 } });

/** Everything that is waited for: a next attempt, a full queue, the grace of a job that is not listed, a lost connection. */
const troubles: SimulationScript = {
  lasts: () => 20_000,
  exits: (task, n) =>
    task === "t1" && n < 3 ? 5 : task === "t2" && n === 1 ? "killed" : 0,
  answers: (_, n) => n === 3 ? "queueFull" : "accepted",
  breaks: (method, n) => method === "poll" && n % 5 === 4 ? "before" : null,
};

/** A run in which the clock is set by `step` ms with the so-manieth event. */
async function runWithStep(at: number, step: number) {
  const simulation = newSimulation(troubles);
  const begin = simulation.clock.elapsed();
  const client = await startClient(simulation, plan);
  const before = await readEvents(client, at);
  simulation.clock.step(step);
  const events = [...before, ...await readEvents(client)];
  strictEqual(outcomeOf(events), "succeeded");
  const [{ duration } = { duration: null }] = eventsOfType(
    events,
    "runFinished",
  );
  return {
    count: events.length,
    story: {
      duration,
      took: simulation.clock.elapsed() - begin,
      calls: { ...simulation.remote.calls },
    },
  };
}

Deno.test("a clock that is set in a run changes no delay, whenever it is set", async () => {
  const { count, story } = await runWithStep(1, 0);
  ok(count > 30 && story.took > MINUTE, "it waited for what it should");
  for (let at = 1; at < count; at += 3) {
    for (const step of [-10 * MINUTE, 60 * MINUTE]) {
      deepStrictEqual((await runWithStep(at, step)).story, story, `${at}`);
    }
  }
});

/** A run whose first process dies with the so-manieth line of its journal, after which the clock is set by `step` ms. */
async function runInTwoSessions(dies: number, step: number) {
  const simulation = newSimulation(troubles);
  const first = await startClient(simulation, plan, {}, { dies });
  await readEvents(first);
  first.die();
  simulation.clock.step(step);
  const begin = simulation.clock.elapsed();
  const client = await startClient(simulation, plan);
  const events = await readEvents(client);
  strictEqual(outcomeOf(events), "succeeded");
  return {
    took: simulation.clock.elapsed() - begin,
    calls: { ...simulation.remote.calls },
    violations: simulation.remote.queue.violations,
  };
}

Deno.test("a journal whose times are hours ahead or behind delays nothing", async () => {
  const { count } = await runWithStep(1, 0);
  for (let dies = 2; dies < count; dies += 3) {
    const story = await runInTwoSessions(dies, 0);
    for (const step of [-120 * MINUTE, 120 * MINUTE]) {
      deepStrictEqual(await runInTwoSessions(dies, step), story, `${dies}`);
    }
  }
});

Deno.test("a delay before the next attempt is not prolonged by sessions that end", async () => {
  const simulation = newSimulation({ exits: (_, n) => n < 4 ? 5 : 0 });
  const small = planWith(1, 1, { machine: { retries: 9 } });
  const begin = simulation.clock.elapsed();
  for (;;) {
    const client = await startClient(simulation, small);
    const ending = readEvents(client);
    await simulation.clock.sleep(3_000);
    client.interrupt();
    if (outcomeOf(await ending) === "succeeded") break;
    ok(simulation.clock.elapsed() - begin < MINUTE, "no end");
  }
});
