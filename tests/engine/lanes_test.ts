import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import type { OpenBackend } from "../../src/backends/backend.ts";
import { openNotifier } from "../../src/engine/notifier.ts";
import {
  endingOf,
  listen,
  newScene,
  only,
  planWith,
  play,
  type Scene,
  startClient,
} from "../helpers/simulation/mod.ts";
import { racingClock } from "../helpers/fake_clock.ts";
import { lost } from "../helpers/simulation/faults.ts";

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
  const warned = only(events, "warning");
  deepStrictEqual(warned.map(({ failure }) => failure), [lost]);
  const rests = times.slice(2, 10).map((time, at) =>
    Math.round((time - times[at + 1]!) / 1000)
  );
  deepStrictEqual(rests, [1, 2, 5, 10, 30, 60, 60, 60]);
});

Deno.test("a connection that is lost is told once, however many were at work on it", async () => {
  const cut = { from: 30_000, to: 90_000 };
  const scene: Scene = newScene({
    lasts: () => 60_000,
    breaks: (method) => {
      const now = scene.clock.now() - start;
      const isLane = ["poll", "collect", "submit"].includes(method);
      return isLane && now > cut.from && now < cut.to ? "before" : null;
    },
  });
  const start = scene.clock.now();
  const events = await play(scene, planWith(8, 1, { machine: { maxJobs: 2 } }));
  strictEqual(endingOf(events), "succeeded");
  deepStrictEqual(only(events, "warning").map(({ failure }) => failure), [
    lost,
  ]);
});

Deno.test("a failure after a success is told anew", async () => {
  const scene = newScene({
    lasts: () => 60_000,
    breaks: (method, n) => method === "poll" && n % 2 === 0 ? "after" : null,
  });
  const events = await play(scene, planWith(1, 1));
  const failures = Math.floor(scene.far.trips.poll / 2);
  ok(failures > 2);
  strictEqual(only(events, "warning").length, failures);
});

Deno.test("a slow submit does not keep the others from looking and collecting", async () => {
  const scene = newScene({ submitting: 20_000, waits: () => 0 });
  const events = await play(scene, planWith(4, 1));
  const lastSubmit = events.findLastIndex(({ type }) =>
    type === "jobSubmitted"
  );
  const first = (type: string) =>
    events.findIndex((event) => event.type === type);
  ok(first("taskExited") < lastSubmit);
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
  const submitted = events.findLastIndex(({ type }) => type === "jobSubmitted");
  strictEqual(only(events, "jobSubmitted").length, 2);
  ok(submitted < cleaned);
  deepStrictEqual(scene.far.queue.jobs.map(({ phase }) => phase), [
    "ended",
    "ended",
  ]);
});

Deno.test("while the far side is asked for everything it knows, nobody reads records beside that", async () => {
  const scene = newScene({
    latency: 3000,
    lasts: () => 60_000,
    answers: (_, n) => n === 8 ? "taken" : "accepted",
    submitting: 1000,
  });
  const under = { way: [] as string[], beside: 0 };
  const watched: Scene = {
    ...scene,
    far: {
      ...scene.far,
      open: (clock, isDead) => watching(scene.far.open(clock, isDead), under),
    },
  };
  strictEqual(endingOf(await play(watched, planWith(8, 1))), "succeeded");
  strictEqual(scene.far.trips.acquire, 2);
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

Deno.test("what comes due between deciding and waiting is due, not forgotten", async () => {
  const clock = { now: () => 1002, sleep: () => Promise.resolve() };
  await openNotifier(clock).wait(1001);
});

Deno.test("who is notified before it waits does not wait", async () => {
  const notifier = openNotifier(racingClock());
  notifier.notify();
  await notifier.wait(Infinity);
});

Deno.test("a time or a notification ends a wait, and a bug is thrown into it", async () => {
  const clock = racingClock(0);
  const notifier = openNotifier(clock);
  await notifier.wait(50);
  strictEqual(clock.now(), 50);
  for (const until of [1000, Infinity]) {
    clock.sleep(10).then(notifier.notify);
    const before = clock.now();
    await notifier.wait(until);
    strictEqual(clock.now() - before, 10);
  }
  const bug = new Error("bug");
  clock.sleep(10).then(() => notifier.fail(bug));
  await rejects(notifier.wait(Infinity), bug);
});

Deno.test("a bug in a step ends the session with it, and the lock comes free", async () => {
  const scene = newScene();
  const client = await startClient({
    ...scene,
    far: {
      ...scene.far,
      open: (clock, isDead) => async (plan, session) => {
        const opened = await scene.far.open(clock, isDead)(plan, session);
        if (!opened.ok) return opened;
        const poll = () => Promise.reject(new Error("bug"));
        return { ok: true, value: { ...opened.value, poll } };
      },
    },
  }, planWith(1, 1));
  await rejects(listen(client), /bug/);
  const lock = scene.journals.lock(planWith(1, 1).runKey);
  ok(lock.ok && lock.value !== null);
});

Deno.test("who listens and throws ends the session, wherever the event comes from; the next one goes on", async () => {
  const plan = planWith(2, 1);
  for (
    const type of ["sessionStarted", "jobCreated", "jobSubmitted", "taskExited"]
  ) {
    const scene = newScene();
    const { run } = await startClient(scene, plan);
    await rejects(
      run.toEnd((event) => {
        if (event.type === type) throw new Error("broken pipe");
      }),
      /broken pipe/,
      type,
    );
    strictEqual(scene.far.queue.folder?.lease ?? null, null, type);
    strictEqual(endingOf(await play(scene, plan)), "succeeded", type);
    deepStrictEqual(scene.far.queue.crimes, [], type);
  }
});
