import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { ExitReason } from "../../../src/model/exit_reason.ts";
import type { EventData } from "../../../src/model/event.ts";
import {
  plainReporter,
  quietReporter,
} from "../../../src/cli/progress/reporters.ts";
import {
  eventsOfTask,
  eventsUntilSubmitted,
  planOfTasks,
  reportAll,
  runViewOf,
} from "../../helpers/run_events.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";

function plainOver(tasks: number, make = plainReporter) {
  const plan = planOfTasks(tasks);
  const view = runViewOf(plan);
  const environment = fakeEnvironment();
  const reporter = make(view, environment);
  const lines = () => environment.terminal.written.err.trimEnd().split("\n");
  return { plan, scene: view, world: environment, reporter, lines };
}

Deno.test("five thousand tasks that succeed are a handful of lines", async () => {
  const { plan, scene: view, world: environment, reporter, lines } = plainOver(
    5000,
  );
  reportAll(view, reporter, eventsUntilSubmitted(plan), environment);
  for (const at of plan.tasks.keys()) {
    reportAll(view, reporter, eventsOfTask(plan, at, 0), environment);
    if (at % 500 === 499) await environment.clock.advance(1_000);
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
  const { plan, scene: view, world: environment, reporter, lines } = plainOver(
    1,
  );
  reportAll(view, reporter, eventsUntilSubmitted(plan), environment);
  for (let s = 0; s < 60; s++) {
    await environment.clock.advance(1_000);
    reporter.tick!.now();
  }
  strictEqual(
    lines().filter((line) => line === "0/1 done, 1 waiting").length,
    1,
  );
});

Deno.test("failures are shown at once, from the tenth on they are only counted", () => {
  const { plan, scene: view, world: environment, reporter, lines } = plainOver(
    100,
  );
  reportAll(view, reporter, eventsUntilSubmitted(plan), environment);
  for (const at of plan.tasks.keys()) {
    reportAll(view, reporter, eventsOfTask(plan, at, 137), environment);
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
  const { scene: view, world: environment, reporter, lines } = plainOver(1);
  const failure = {
    kind: "connection",
    summary: "Cannot look at the jobs",
    detail: "no route",
    isRetryable: true,
  } as const;
  const warned: EventData = { type: "warning", failure };
  reportAll(view, reporter, [warned, warned, warned], environment);
  deepStrictEqual(lines(), ["warning: Cannot look at the jobs: no route"]);
});

Deno.test("a job that the batch system ended is reported with its native state, one that we cancelled is not", () => {
  const { plan, scene: view, world: environment, reporter, lines } = plainOver(
    2,
  );
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
  reportAll(view, reporter, [
    ...eventsUntilSubmitted(plan),
    over("j0"),
    cancelling,
    over("j1"),
  ], environment);
  deepStrictEqual(lines().slice(3), [
    "job j0 (1000) ran out of memory (OUT_OF_MEMORY)",
    "a task failed (--fail-fast): cancelling 1 job",
  ]);
});

Deno.test("--quiet leaves failures to the summary, and shows them where there is none", () => {
  const { plan, scene: view, world: environment, reporter, lines } = plainOver(
    2,
    quietReporter,
  );
  reportAll(view, reporter, [
    ...eventsUntilSubmitted(plan),
    ...eventsOfTask(plan, 0, 0),
    ...eventsOfTask(plan, 1, 2),
  ], environment);
  deepStrictEqual(lines(), [""]);
  reportAll(
    view,
    reporter,
    [{ type: "sessionEnded", reason: "interrupt" }],
    environment,
  );
  deepStrictEqual(lines(), ["task t1 failed: exit 2 (attempt 1 of 4)"]);
});

Deno.test("a job that dpdisp cancelled is no failure, whatever its tasks report", () => {
  const { plan, scene: view, world: environment, reporter, lines } = plainOver(
    2,
  );
  const [begun, started, exited] = eventsOfTask(plan, 1, 143);
  reportAll(view, reporter, [
    ...eventsUntilSubmitted(plan),
    begun!,
    started!,
    { type: "cancelSent", jobs: ["j1"] },
    exited!,
    { type: "jobEnded", job: "j1", reason: { kind: "cancelled" } },
    { type: "jobEnded", job: "j0", reason: { kind: "cancelled" } },
  ], environment);
  deepStrictEqual(lines().slice(3), [
    "job j0 (1000) was cancelled, but not by dpdisp",
  ]);
});

Deno.test("what the end of a job did to its tasks is said with the job, and a preemption is no failed attempt", () => {
  const endOf = (reason: ExitReason) => {
    const { plan, scene: view, world: environment, reporter, lines } =
      plainOver(1);
    const [begun, started, exited] = eventsOfTask(plan, 0, 143);
    reportAll(view, reporter, [
      ...eventsUntilSubmitted(plan),
      begun!,
      started!,
      { type: "jobSignalled", job: "j0" },
      exited!,
      { type: "jobEnded", job: "j0", reason },
    ], environment);
    return lines().slice(3);
  };
  deepStrictEqual(endOf({ kind: "preempted", message: "PREEMPTED" }), [
    "job j0 (1000) was preempted (PREEMPTED); this does not count as a failed attempt",
  ]);
  deepStrictEqual(endOf({ kind: "nodeFailure" }), [
    "job j0 (1000) ended because its node failed; this does not count as a failed attempt",
  ]);
  deepStrictEqual(endOf({ kind: "timeLimit" }), [
    "job j0 (1000) exceeded its time limit",
  ]);
  deepStrictEqual(endOf({ kind: "completed" }), [
    "job j0 (1000) was ended by a signal",
  ]);
});

Deno.test("another dpdisp is named by PID and host", () => {
  const { scene: view, world: environment, reporter, lines } = plainOver(1);
  reportAll(view, reporter, [
    { type: "attached", holderName: "vm 123" },
    { type: "attached", holderName: "" },
  ], environment);
  deepStrictEqual(lines(), [
    "already running (PID 123 on vm); attached to it",
    "already running (another dpdisp process); attached to it",
  ]);
});

Deno.test("results that are not lost are not reported", () => {
  const { plan, scene: view, world: environment, reporter, lines } = plainOver(
    1,
  );
  const task = plan.tasks[0]!.key;
  reportAll(view, reporter, [
    { type: "resultsLost", tasks: [] },
    { type: "resultsLost", tasks: [task] },
  ], environment);
  deepStrictEqual(lines(), [
    "warning: results of 1 task are no longer on the remote host; it will run again",
  ]);
});
