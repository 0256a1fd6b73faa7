import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { newScene, only, planWith, play } from "./helpers/client.ts";
import { lost } from "./helpers/scripted_backend.ts";

Deno.test("looks that fail are told once and come less and less often", async () => {
  const times: number[] = [];
  const scene = newScene({
    lasts: () => 300_000,
    breaks(method, n) {
      if (method !== "poll") return null;
      times.push(scene.clock.now());
      return n > 1 && n < 10 ? "before" : null;
    },
  });
  const events = await play(scene, planWith(1, 1));
  const warned = only(events, "warned");
  deepStrictEqual(warned.map(({ failure }) => failure), [lost]);
  const rests = times.slice(2, 10).map((time, at) =>
    Math.round((time - times[at + 1]!) / 1000)
  );
  deepStrictEqual(rests, [1, 2, 5, 10, 30, 60, 60, 60]);
});

Deno.test("a failure after a success is told anew", async () => {
  const scene = newScene({
    lasts: () => 60_000,
    breaks: (method, n) => method === "poll" && n % 2 === 0 ? "after" : null,
  });
  const events = await play(scene, planWith(1, 1));
  const failures = Math.floor(scene.far.trips.poll / 2);
  ok(failures > 2);
  strictEqual(only(events, "warned").length, failures);
});

Deno.test("a slow submit does not keep the others from looking and collecting", async () => {
  const scene = newScene({ submitting: 20_000, waits: () => 0 });
  const events = await play(scene, planWith(4, 1));
  const lastSubmit = events.findLastIndex(({ type }) => type === "submitted");
  const first = (type: string) =>
    events.findIndex((event) => event.type === type);
  ok(first("exited") < lastSubmit);
  ok(first("collected") < lastSubmit);
});

Deno.test("the folder is not cleaned while jobs may still be handed over into it", async () => {
  const strategy = {
    gpuPerTask: false,
    unfinishedRatio: 0.5,
    headerTemplate: null,
  };
  const plan = planWith(2, 1, { resources: { strategy } });
  const scene = newScene({ submitting: 20_000, waits: () => 0 });
  const events = await play(scene, plan);
  const cleaned = events.findIndex(({ type }) => type === "cleaned");
  const submitted = events.findLastIndex(({ type }) => type === "submitted");
  strictEqual(only(events, "submitted").length, 2);
  ok(submitted < cleaned);
  deepStrictEqual(scene.far.queue.jobs.map(({ phase }) => phase), [
    "ended",
    "ended",
  ]);
});
