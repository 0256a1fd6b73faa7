import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { liveReporter } from "../../../src/cli/progress/reporters.ts";
import {
  eventsOfTask,
  eventsUntilSubmitted,
  planOfTasks,
  reportAll,
  runViewOf,
} from "../../helpers/run_events.ts";
import { fakeEnvironment, fakeTerminal } from "../../helpers/environment.ts";

/** What a terminal shows of a text: `\r` goes back, letters overwrite. */
function shown(text: string): readonly string[] {
  return text.split("\n").map((line) =>
    line.split("\r").reduce((row, part) => part + row.slice(part.length), "")
      .trimEnd()
  );
}

function liveOver(tasks: number, columns: number) {
  const plan = planOfTasks(tasks);
  const view = runViewOf(plan);
  const environment = fakeEnvironment({ terminal: fakeTerminal(columns) });
  return {
    plan,
    scene: view,
    world: environment,
    reporter: liveReporter(view, environment),
  };
}

Deno.test("the status line shows counts by state and the time", async () => {
  const { plan, scene: view, world: environment, reporter } = liveOver(3, 80);
  reportAll(view, reporter, eventsUntilSubmitted(plan), environment);
  reportAll(view, reporter, [
    ...eventsOfTask(plan, 0, 0),
    ...eventsOfTask(plan, 1, 0).slice(0, 2),
  ], environment);
  await environment.clock.advance(75_000);
  reporter.tick!.now();
  strictEqual(
    shown(environment.terminal.written.err).at(-1),
    "1/3 done, 1 running, 1 waiting · 1 min 15 s",
  );
});

Deno.test("lines of events stay, the status line is removed", () => {
  const { plan, scene: view, world: environment, reporter } = liveOver(2, 80);
  reporter.tick!.now();
  for (
    const event of [
      ...eventsUntilSubmitted(plan),
      ...eventsOfTask(plan, 0, 0),
      ...eventsOfTask(plan, 1, 3),
    ]
  ) {
    reportAll(view, reporter, [event], environment);
    reporter.tick!.now();
  }
  reporter.close();
  deepStrictEqual(shown(environment.terminal.written.err), [
    "hello.py: 2 tasks, Shell on LazyLocalContext",
    "staged 2 files (3.4 MB) for 2 tasks",
    "submitted 2 jobs",
    "task t1 failed: exit 3 (attempt 1 of 4)",
    "",
  ]);
});

Deno.test("thousands of events between two ticks draw nothing", () => {
  const { plan, scene: view, world: environment, reporter } = liveOver(
    2000,
    80,
  );
  reportAll(view, reporter, eventsUntilSubmitted(plan), environment);
  const before = environment.terminal.written.err.length;
  reportAll(
    view,
    reporter,
    plan.tasks.flatMap((_, at) => eventsOfTask(plan, at, 0)),
    environment,
  );
  strictEqual(environment.terminal.written.err.length, before);
});

Deno.test("a tick that changes nothing writes nothing", () => {
  const { world: environment, reporter } = liveOver(2, 80);
  reporter.tick!.now();
  const before = environment.terminal.written.err;
  reporter.tick!.now();
  strictEqual(environment.terminal.written.err, before);
});

Deno.test("a line never reaches the last column, 0 columns count as 80", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 200 }), (columns) => {
    const { plan, scene: view, world: environment, reporter } = liveOver(
      1,
      columns,
    );
    reportAll(view, reporter, eventsUntilSubmitted(plan), environment);
    environment.terminal.written.err = "";
    reporter.tick!.now();
    reporter.close();
    const widest = Math.max(
      ...environment.terminal.written.err.split("\r").map(({ length }) =>
        length
      ),
    );
    strictEqual(
      widest,
      Math.min("0/1 done, 1 waiting · 0 s".length, (columns || 80) - 1),
    );
  }));
});

Deno.test("failures are red where there are colours", () => {
  const plan = planOfTasks(1);
  const view = runViewOf(plan);
  const environment = fakeEnvironment({ terminal: fakeTerminal(80, true) });
  reportAll(view, liveReporter(view, environment), [
    ...eventsUntilSubmitted(plan),
    ...eventsOfTask(plan, 0, 1),
  ], environment);
  const coloured = environment.terminal.written.err.split("\n").filter((line) =>
    line.includes("\x1b")
  );
  deepStrictEqual(coloured, [
    "\x1b[31mtask t0 failed: exit 1 (attempt 1 of 4)\x1b[0m",
  ]);
});

Deno.test("without colours no escape code is written", () => {
  const { plan, scene: view, world: environment, reporter } = liveOver(2, 80);
  reportAll(
    view,
    reporter,
    [...eventsUntilSubmitted(plan), ...eventsOfTask(plan, 0, 1)],
    environment,
  );
  reporter.tick!.now();
  reporter.close();
  ok(!environment.terminal.written.err.includes("\x1b"));
});
