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
} from "./helpers/client.ts";
import type { FarScript } from "./helpers/scripted_backend.ts";

const plan = planWith(20, 3, { machine: { retries: 3 } });

/** t4 never succeeds, t9 does the third time; of one submit nobody knows that it was accepted, of another that it was not. */
const script: FarScript = {
  exits: (task, run) => task === "t4" || (task === "t9" && run < 3) ? 1 : 0,
  answers: (_, n) => n === 2 ? "taken" : n === 5 ? "lost" : "accepted",
};

/** How a client dies: after so many events, and so many lines of its journal never reach the disk. */
interface Death {
  readonly events: number;
  readonly lines: number;
}

async function live(deaths: readonly Death[]): Promise<Scene> {
  const scene = newScene(script);
  for (const { events, lines } of deaths) {
    const client = await startClient(scene, plan);
    await listen(client, events);
    client.die();
    scene.journals.lose(plan.key, lines);
  }
  return scene;
}

async function survives(deaths: readonly Death[]): Promise<void> {
  const scene = await live(deaths);
  const client = await startClient(scene, plan);
  const ending = endingOf(await listen(client));
  const { runs, crimes } = scene.far.queue;
  const tasks = [...client.run.progress.tasks];
  deepStrictEqual({
    ending,
    crimes,
    runs: Object.fromEntries([...runs].map(([key, all]) => [key, all.map(({ code }) => code)])),
    away: tasks.filter(([, { collected }]) => !collected).map(([key]) => key),
  }, {
    ending: "failed",
    crimes: [],
    runs: Object.fromEntries(
      plan.tasks.map(({ key }) => [key, codes[key] ?? [0]]),
    ),
    away: [],
  }, `deaths: ${JSON.stringify(deaths)}`);
}

const codes: Readonly<Record<string, readonly number[]>> = {
  t4: [1, 1, 1, 1],
  t9: [1, 1, 0],
};

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
    fc.asyncProperty(death, death, (first, second) => survives([first, second])),
    { seed: 20261122, numRuns: 60 },
  );
});
