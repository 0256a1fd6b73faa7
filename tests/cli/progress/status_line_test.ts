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
import type { EventData } from "../../../src/model/event.ts";
import type { RunView } from "../../../src/cli/run_view.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";
import { plainReporter } from "../../../src/cli/progress/reporters.ts";

const countsOf = (view: RunView, now = 0) => taskCounts(view, now);

Deno.test("the most frequent reason of waiting jobs is shown, and none of running jobs", () => {
  const plan = planOfTasks(4);
  const view = runViewOf(plan);
  const environment = fakeEnvironment();
  const tell = (events: Parameters<typeof reportAll>[2]) =>
    reportAll(view, plainReporter(view, environment), events, environment);
  tell(eventsUntilSubmitted(plan));
  strictEqual(countsOf(view), "0/4 done, 4 waiting");
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
  strictEqual(countsOf(view), "0/4 done, 4 waiting (Resources)");
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
  strictEqual(
    countsOf(view),
    "0/4 done, 3 waiting (Priority), 1 held (Priority)",
  );
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
    statusLine(view, environment.clock.elapsed()),
    "2/12 done, 2 running, 8 waiting (max_jobs = 2)",
  );
});

/** A run of two tasks, one job each, after these events. */
function countsAfter(
  events: readonly EventData[],
  submitting: readonly string[] = [],
): string {
  const plan = planOfTasks(2, { machine: { scheduler: "Slurm" } });
  const view = runViewOf(plan);
  const environment = fakeEnvironment();
  reportAll(view, plainReporter(view, environment), events, environment);
  return countsOf(
    { ...view, submitting: () => new Set(submitting) },
    environment.clock.elapsed(),
  );
}

const plan = planOfTasks(2);
const submitted = eventsUntilSubmitted(plan);
const shownAs = (
  job: string,
  state: "held" | "suspended" | "queued",
  nativeState: string,
  reason = "",
): EventData => ({ type: "jobState", job, state, nativeState, reason });

Deno.test("tasks of held and of suspended jobs do not count as waiting or running, and why is said", () => {
  const [begun, started] = eventsOfTask(plan, 0, 0);
  strictEqual(
    countsAfter([
      ...submitted,
      begun!,
      started!,
      shownAs("j0", "suspended", "SUSPENDED"),
      shownAs("j1", "held", "Eqw", "Eqw: can't chdir to /no/such"),
    ]),
    "0/2 done, 1 suspended (SUSPENDED), 1 held (Eqw: can't chdir to /no/such)",
  );
});

Deno.test("jobs that are being submitted, and a queue that is full, are told apart", () => {
  const some = submitted.filter((event) =>
    event.type !== "jobSubmitted" || event.job === "j0"
  );
  strictEqual(countsAfter(some, ["j1"]), "0/2 done, 2 waiting (submitting)");
  strictEqual(countsAfter(some), "0/2 done, 2 waiting");
  const full: EventData = {
    ...{ type: "jobRejected", job: "j1", message: "QOSMaxSubmit" },
    isQueueFull: true,
  };
  strictEqual(
    countsAfter([...some, full]),
    "0/2 done, 2 waiting (the queue accepts no more jobs for now)",
  );
});

Deno.test("before a new attempt the time until it is said", () => {
  const events = [0, 1].flatMap((at) =>
    eventsOfTask(plan, at, 1).filter(({ type }) => type !== "taskFailed")
  );
  strictEqual(
    countsAfter([...submitted, ...events]),
    "0/2 done, 2 waiting (next attempt in 1 s)",
  );
});
