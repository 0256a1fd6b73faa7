/** The death of the client after every single event. */
import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  newSimulation,
  outcomeOf,
  planWith,
  readEvents,
  runToEnd,
  type Simulation,
  startClient,
} from "../helpers/simulation/mod.ts";
import type { SimulationScript } from "../helpers/simulation/faults.ts";

const plan = planWith(20, 3, { machine: { retries: 3 } });

/** t4 never succeeds, t9 does the third time; of one submit nobody knows that it was accepted, of another that it was not. */
const script: SimulationScript = {
  exits: (task, run) => task === "t4" || (task === "t9" && run < 3) ? 1 : 0,
  answers: (_, n) => n === 2 ? "taken" : n === 5 ? "unreachable" : "accepted",
};

/** How a client dies: with its so-manieth line of the journal, and so many lines of it never reach the disk. */
interface Death {
  readonly events: number;
  readonly lines: number;
}

async function survives(deaths: readonly Death[]): Promise<void> {
  const simulation = newSimulation(script);
  for (const { events, lines } of deaths) {
    const client = await startClient(simulation, plan, {}, { dies: events });
    await readEvents(client, events);
    client.die();
    simulation.journals.dropLines(plan.runKey, lines);
    // After the report comes a new try: that is another story.
    const last = simulation.journals.events(plan.runKey).at(-1);
    if (last?.type === "runFinished") return;
  }
  await endsWell(simulation, JSON.stringify(deaths));
}

/** The run goes to its end, and every task ran as often as it had to. */
async function endsWell(simulation: Simulation, story: string): Promise<void> {
  const client = await startClient(simulation, plan);
  const ending = outcomeOf(await readEvents(client));
  const { runs, violations } = simulation.remote.queue;
  const away = [...client.run.state.tasks].filter(([, { isCollected }]) =>
    !isCollected
  );
  const codes = plan.tasks.map(({ key }) =>
    [key, runs.get(key)?.map(({ code }) => code)] as const
  );
  deepStrictEqual(
    { ending, violations, codes, away },
    { ending: "failed", violations: [], codes: expected, away: [] },
    story,
  );
}

const expected = plan.tasks.map(({ key }) =>
  [key, key === "t4" ? [1, 1, 1, 1] : key === "t9" ? [1, 1, 0] : [0]] as const
);

const whole = (await runToEnd(newSimulation(script), plan)).length;

Deno.test("a dpdisp killed after any event, its journal complete, is replaced without a difference", async () => {
  for (let events = 1; events < whole; events++) {
    await survives([{ events, lines: 0 }]);
  }
});

Deno.test("a dpdisp killed after any event, its last line lost, is replaced without a difference", async () => {
  for (let events = 1; events <= whole; events++) {
    await survives([{ events, lines: 1 }]);
  }
});

Deno.test("a second kill at any time does no harm either", async () => {
  const death = fc.record({
    events: fc.integer({ min: 1, max: whole - 1 }),
    lines: fc.nat(1),
  });
  await fc.assert(
    fc.asyncProperty(
      death,
      death,
      (first, second) => survives([first, second]),
    ),
    { seed: 20261122, numRuns: 60 },
  );
});

Deno.test("kills between events, during submits, polls and collects, do no harm", async () => {
  const death = fc.record({
    after: fc.integer({ min: 1, max: 9000 }),
    lines: fc.nat(1),
  });
  const story = fc.record({
    deaths: fc.array(death, { minLength: 1, maxLength: 4 }),
    latency: fc.constantFrom(5, 40, 300),
    submitting: fc.constantFrom(1, 30, 200),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ deaths, latency, submitting }) => {
      const simulation = newSimulation({ ...script, latency, submitting });
      for (const { after, lines } of deaths) {
        const client = await startClient(simulation, plan);
        const ended = await Promise.race([
          readEvents(client).then(() => true),
          simulation.clock.sleep(after).then(() => false),
        ]);
        client.die();
        if (ended) return;
        simulation.journals.dropLines(plan.runKey, lines);
      }
      await endsWell(simulation, "");
    }),
    { seed: 20261122, numRuns: 100 },
  );
});
