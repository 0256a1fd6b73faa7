import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { liveReporter } from "../../../src/cli/progress/reporters.ts";
import {
  planWith,
  ranTo,
  sceneOf,
  tellAll,
  upToSubmitted,
} from "../../helpers/run_events.ts";
import { fakeScreen, fakeWorld } from "../../helpers/environment.ts";

/** What a terminal shows of a text: `\r` goes back, letters overwrite. */
function shown(text: string): readonly string[] {
  return text.split("\n").map((line) =>
    line.split("\r").reduce((row, part) => part + row.slice(part.length), "")
      .trimEnd()
  );
}

function liveOver(tasks: number, columns: number) {
  const plan = planWith(tasks);
  const scene = sceneOf(plan);
  const world = fakeWorld({ terminal: fakeScreen(columns) });
  return { plan, scene, world, reporter: liveReporter(scene, world) };
}

Deno.test("the status line shows counts by state and the time", async () => {
  const { plan, scene, world, reporter } = liveOver(3, 80);
  tellAll(scene, reporter, upToSubmitted(plan), world);
  tellAll(scene, reporter, [
    ...ranTo(plan, 0, 0),
    ...ranTo(plan, 1, 0).slice(0, 2),
  ], world);
  await world.clock.advance(75_000);
  reporter.tick!.now();
  strictEqual(
    shown(world.terminal.written.err).at(-1),
    "1/3 done, 1 running, 1 waiting · 1 min 15 s",
  );
});

Deno.test("lines of events stay, the status line is removed", () => {
  const { plan, scene, world, reporter } = liveOver(2, 80);
  reporter.tick!.now();
  for (
    const happening of [
      ...upToSubmitted(plan),
      ...ranTo(plan, 0, 0),
      ...ranTo(plan, 1, 3),
    ]
  ) {
    tellAll(scene, reporter, [happening], world);
    reporter.tick!.now();
  }
  reporter.close();
  deepStrictEqual(shown(world.terminal.written.err), [
    "hello.py: 2 tasks, Shell on LazyLocalContext",
    "staged 2 files (3.4 MB) for 2 tasks",
    "submitted 2 jobs",
    "task t1 failed: exit 3 (attempt 1 of 4)",
    "",
  ]);
});

Deno.test("thousands of events between two ticks draw nothing", () => {
  const { plan, scene, world, reporter } = liveOver(2000, 80);
  tellAll(scene, reporter, upToSubmitted(plan), world);
  const before = world.terminal.written.err.length;
  tellAll(
    scene,
    reporter,
    plan.tasks.flatMap((_, at) => ranTo(plan, at, 0)),
    world,
  );
  strictEqual(world.terminal.written.err.length, before);
});

Deno.test("a tick that changes nothing writes nothing", () => {
  const { world, reporter } = liveOver(2, 80);
  reporter.tick!.now();
  const before = world.terminal.written.err;
  reporter.tick!.now();
  strictEqual(world.terminal.written.err, before);
});

Deno.test("a line never reaches the last column, 0 columns count as 80", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 200 }), (columns) => {
    const { plan, scene, world, reporter } = liveOver(1, columns);
    tellAll(scene, reporter, upToSubmitted(plan), world);
    world.terminal.written.err = "";
    reporter.tick!.now();
    reporter.close();
    const widest = Math.max(
      ...world.terminal.written.err.split("\r").map(({ length }) => length),
    );
    strictEqual(
      widest,
      Math.min("0/1 done, 1 waiting · 0 s".length, (columns || 80) - 1),
    );
  }));
});

Deno.test("failures are red where there are colours", () => {
  const plan = planWith(1);
  const scene = sceneOf(plan);
  const world = fakeWorld({ terminal: fakeScreen(80, true) });
  tellAll(scene, liveReporter(scene, world), [
    ...upToSubmitted(plan),
    ...ranTo(plan, 0, 1),
  ], world);
  const coloured = world.terminal.written.err.split("\n").filter((line) =>
    line.includes("\x1b")
  );
  deepStrictEqual(coloured, [
    "\x1b[31mtask t0 failed: exit 1 (attempt 1 of 4)\x1b[0m",
  ]);
});

Deno.test("without colours no escape code is written", () => {
  const { plan, scene, world, reporter } = liveOver(2, 80);
  tellAll(
    scene,
    reporter,
    [...upToSubmitted(plan), ...ranTo(plan, 0, 1)],
    world,
  );
  reporter.tick!.now();
  reporter.close();
  ok(!world.terminal.written.err.includes("\x1b"));
});
