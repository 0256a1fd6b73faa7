import { strictEqual } from "node:assert/strict";
import {
  statusLine,
  taskCounts,
} from "../../../src/cli/progress/status_line.ts";
import {
  eventsOfTask,
  eventsUntilSubmitted,
  planOfTasks,
  reportAll,
  runViewOf,
} from "../../helpers/run_events.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";
import { plainReporter } from "../../../src/cli/progress/reporters.ts";

Deno.test("the most frequent reason of waiting jobs is shown, and none of running jobs", () => {
  const plan = planOfTasks(4);
  const view = runViewOf(plan);
  const environment = fakeEnvironment();
  const tell = (events: Parameters<typeof reportAll>[2]) =>
    reportAll(view, plainReporter(view, environment), events, environment);
  tell(eventsUntilSubmitted(plan));
  strictEqual(taskCounts(view.progress), "0/4 done, 4 waiting");
  const [a, b, c, d] = [...view.progress.activeJobs];
  const word = "PENDING";
  const wait = (job: string, reason: string) =>
    ({
      type: "jobState",
      job,
      state: "queued",
      nativeState: word,
      reason,
    }) as const;
  tell([wait(a!, "Priority"), wait(b!, "Resources"), wait(c!, "Resources")]);
  strictEqual(taskCounts(view.progress), "0/4 done, 4 waiting (Resources)");
  tell(
    [b, c].map((job) =>
      ({
        type: "jobState",
        job: job!,
        state: "running",
        nativeState: "RUNNING",
        reason: "Odd",
      }) as const
    ),
  );
  tell([{
    type: "jobState",
    job: d!,
    state: "held",
    nativeState: word,
    reason: "Priority",
  }]);
  strictEqual(taskCounts(view.progress), "0/4 done, 4 waiting (Priority)");
});

Deno.test("where max_jobs holds jobs back that limit is shown, not a reason of the queue", () => {
  const plan = planOfTasks(12, { machine: { maxJobs: 2 } });
  const view = runViewOf(plan);
  const environment = fakeEnvironment();
  const events = eventsUntilSubmitted(plan).filter((event) =>
    event.type !== "jobSubmitted" ||
    ["j0", "j1", "j2", "j3"].includes(event.job)
  );
  reportAll(view, plainReporter(view, environment), [
    ...events,
    ...eventsOfTask(plan, 0, 0),
    ...eventsOfTask(plan, 1, 0),
    ...eventsOfTask(plan, 2, 0).slice(0, 2),
    ...eventsOfTask(plan, 3, 0).slice(0, 2),
  ], environment);
  strictEqual(
    statusLine(view, environment.clock.now()),
    "2/12 done, 2 running, 8 waiting (max_jobs = 2)",
  );
});
