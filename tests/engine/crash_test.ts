/** The death of the client after every single event. */
import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  endingOf,
  listen,
  newScene,
  planWith,
  play,
  type Scene,
  startClient,
} from "../helpers/simulation/mod.ts";
import type { FarScript } from "../helpers/simulation/faults.ts";

const plan = planWith(20, 3, { machine: { retries: 3 } });

/** t4 never succeeds, t9 does the third time; of one submit nobody knows that it was accepted, of another that it was not. */
const script: FarScript = {
  exits: (task, run) => task === "t4" || (task === "t9" && run < 3) ? 1 : 0,
  answers: (_, n) => n === 2 ? "taken" : n === 5 ? "unreachable" : "accepted",
};

/** How a client dies: with its so-manieth line of the journal, and so many lines of it never reach the disk. */
interface Death {
  readonly events: number;
  readonly lines: number;
}

async function survives(deaths: readonly Death[]): Promise<void> {
  const scene = newScene(script);
  for (const { events, lines } of deaths) {
    const client = await startClient(scene, plan, {}, { dies: events });
    await listen(client, events);
    client.die();
    scene.journals.lose(plan.runKey, lines);
    // After the report comes a new try: that is another story.
    const last = scene.journals.events(plan.runKey).at(-1);
    if (last?.type === "runFinished") return;
  }
  await endsWell(scene, JSON.stringify(deaths));
}

/** The run goes to its end, and every task ran as often as it had to. */
async function endsWell(scene: Scene, story: string): Promise<void> {
  const client = await startClient(scene, plan);
  const ending = endingOf(await listen(client));
  const { runs, crimes } = scene.far.queue;
  const away = [...client.run.state.tasks].filter(([, { isCollected }]) =>
    !isCollected
  );
  const codes = plan.tasks.map(({ key }) =>
    [key, runs.get(key)?.map(({ code }) => code)] as const
  );
  deepStrictEqual(
    { ending, crimes, codes, away },
    { ending: "failed", crimes: [], codes: expected, away: [] },
    story,
  );
}

const expected = plan.tasks.map(({ key }) =>
  [key, key === "t4" ? [1, 1, 1, 1] : key === "t9" ? [1, 1, 0] : [0]] as const
);

const whole = (await play(newScene(script), plan)).length;

Deno.test("whoever dies after any event, with a whole journal, is replaced without a trace", async () => {
  for (let events = 1; events < whole; events++) {
    await survives([{ events, lines: 0 }]);
  }
});

Deno.test("whoever dies after any event, its last line lost, is replaced without a trace", async () => {
  for (let events = 1; events <= whole; events++) {
    await survives([{ events, lines: 1 }]);
  }
});

Deno.test("a second death at any time does no harm either", async () => {
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

Deno.test("deaths between events, with submits, looks and collects under way, do no harm", async () => {
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
      const scene = newScene({ ...script, latency, submitting });
      for (const { after, lines } of deaths) {
        const client = await startClient(scene, plan);
        const ended = await Promise.race([
          listen(client).then(() => true),
          scene.clock.sleep(after).then(() => false),
        ]);
        client.die();
        if (ended) return;
        scene.journals.lose(plan.runKey, lines);
      }
      await endsWell(scene, "");
    }),
    { seed: 20261122, numRuns: 100 },
  );
});
