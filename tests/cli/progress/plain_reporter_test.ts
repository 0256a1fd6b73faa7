import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { EventData } from "../../../src/model/event.ts";
import {
  plainReporter,
  quietReporter,
} from "../../../src/cli/progress/reporters.ts";
import {
  planWith,
  ranTo,
  sceneOf,
  tellAll,
  upToSubmitted,
} from "../../helpers/run_events.ts";
import { fakeWorld } from "../../helpers/environment.ts";

function plainOver(tasks: number, make = plainReporter) {
  const plan = planWith(tasks);
  const scene = sceneOf(plan);
  const world = fakeWorld();
  const reporter = make(scene, world);
  const lines = () => world.terminal.written.err.trimEnd().split("\n");
  return { plan, scene, world, reporter, lines };
}

Deno.test("five thousand tasks that succeed are a handful of lines", async () => {
  const { plan, scene, world, reporter, lines } = plainOver(5000);
  tellAll(scene, reporter, upToSubmitted(plan), world);
  for (const at of plan.tasks.keys()) {
    tellAll(scene, reporter, ranTo(plan, at, 0), world);
    if (at % 500 === 499) await world.clock.advance(1_000);
    reporter.tick!.now();
  }
  deepStrictEqual(lines(), [
    "hello.py: 5000 tasks, Shell on LazyLocalContext",
    "staged 2 files (3.4 MB) for 5000 tasks",
    "submitted 5000 jobs",
    "2500/5000 done, 2500 waiting",
    "collecting common results",
  ]);
});

Deno.test("unchanged progress is not repeated", async () => {
  const { plan, scene, world, reporter, lines } = plainOver(1);
  tellAll(scene, reporter, upToSubmitted(plan), world);
  for (let s = 0; s < 60; s++) {
    await world.clock.advance(1_000);
    reporter.tick!.now();
  }
  strictEqual(
    lines().filter((line) => line === "0/1 done, 1 waiting").length,
    1,
  );
});

Deno.test("failures are shown at once, from the tenth on they are only counted", () => {
  const { plan, scene, world, reporter, lines } = plainOver(100);
  tellAll(scene, reporter, upToSubmitted(plan), world);
  for (const at of plan.tasks.keys()) {
    tellAll(scene, reporter, ranTo(plan, at, 137), world);
  }
  const told = lines().slice(3);
  strictEqual(
    told[0],
    "task t0 failed: exit 137: killed (signal 9) (attempt 1 of 4)",
  );
  strictEqual(told.length, 11);
  ok(told[10]!.startsWith("further failures are only counted"));
});

Deno.test("a poll that fails again in the same way is reported once", () => {
  const { scene, world, reporter, lines } = plainOver(1);
  const failure = {
    kind: "connection",
    summary: "Cannot look at the jobs",
    detail: "no route",
    isRetryable: true,
  } as const;
  const warned: EventData = { type: "warning", failure };
  tellAll(scene, reporter, [warned, warned, warned], world);
  deepStrictEqual(lines(), ["warning: Cannot look at the jobs: no route"]);
});

Deno.test("a job that the batch system ended is reported with its native state, one that we cancelled is not", () => {
  const { plan, scene, world, reporter, lines } = plainOver(2);
  const over = (job: string): EventData => ({
    type: "jobEnded",
    job,
    reason: { kind: "outOfMemory", message: "OUT_OF_MEMORY" },
  });
  const cancelling: EventData = {
    type: "cancelRequested",
    reason: "failFast",
    jobs: ["j1"],
  };
  tellAll(scene, reporter, [
    ...upToSubmitted(plan),
    over("j0"),
    cancelling,
    over("j1"),
  ], world);
  deepStrictEqual(lines().slice(3), [
    "job j0 (1000) ran out of memory (OUT_OF_MEMORY)",
    "a task failed (--fail-fast): cancelling 1 job",
  ]);
});

Deno.test("--quiet leaves failures to the summary, and shows them where there is none", () => {
  const { plan, scene, world, reporter, lines } = plainOver(2, quietReporter);
  tellAll(scene, reporter, [
    ...upToSubmitted(plan),
    ...ranTo(plan, 0, 0),
    ...ranTo(plan, 1, 2),
  ], world);
  deepStrictEqual(lines(), [""]);
  tellAll(
    scene,
    reporter,
    [{ type: "sessionEnded", reason: "interrupt" }],
    world,
  );
  deepStrictEqual(lines(), ["task t1 failed: exit 2 (attempt 1 of 4)"]);
});

Deno.test("a job that dpdisp cancelled is no failure, whatever its tasks report", () => {
  const { plan, scene, world, reporter, lines } = plainOver(2);
  const [begun, started, exited] = ranTo(plan, 1, 143);
  tellAll(scene, reporter, [
    ...upToSubmitted(plan),
    begun!,
    started!,
    { type: "cancelSent", jobs: ["j1"] },
    exited!,
    { type: "jobEnded", job: "j1", reason: { kind: "cancelled" } },
    { type: "jobEnded", job: "j0", reason: { kind: "cancelled" } },
  ], world);
  deepStrictEqual(lines().slice(3), [
    "job j0 (1000) was cancelled, but not by dpdisp",
  ]);
});

Deno.test("another dpdisp is named by PID and host", () => {
  const { scene, world, reporter, lines } = plainOver(1);
  tellAll(scene, reporter, [
    { type: "attached", holderName: "vm 123" },
    { type: "attached", holderName: "" },
  ], world);
  deepStrictEqual(lines(), [
    "already running (PID 123 on vm); attached to it",
    "already running (another dpdisp process); attached to it",
  ]);
});

Deno.test("results that are not lost are not reported", () => {
  const { plan, scene, world, reporter, lines } = plainOver(1);
  const task = plan.tasks[0]!.key;
  tellAll(scene, reporter, [
    { type: "resultsLost", tasks: [] },
    { type: "resultsLost", tasks: [task] },
  ], world);
  deepStrictEqual(lines(), [
    "warning: results of 1 task are no longer on the remote host; it will run again",
  ]);
});
