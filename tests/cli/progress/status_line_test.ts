import { strictEqual } from "node:assert/strict";
import {
  statusLine,
  taskCounts,
} from "../../../src/cli/progress/status_line.ts";
import {
  planWith,
  ranTo,
  sceneOf,
  tellAll,
  upToSubmitted,
} from "../../helpers/run_events.ts";
import { fakeWorld } from "../../helpers/environment.ts";
import { plainReporter } from "../../../src/cli/progress/reporters.ts";

Deno.test("the most frequent reason of waiting jobs is shown, and none of running jobs", () => {
  const plan = planWith(4);
  const scene = sceneOf(plan);
  const world = fakeWorld();
  const tell = (events: Parameters<typeof tellAll>[2]) =>
    tellAll(scene, plainReporter(scene, world), events, world);
  tell(upToSubmitted(plan));
  strictEqual(taskCounts(scene.progress), "0/4 done, 4 waiting");
  const [a, b, c, d] = [...scene.progress.activeJobs];
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
  strictEqual(taskCounts(scene.progress), "0/4 done, 4 waiting (Resources)");
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
  strictEqual(taskCounts(scene.progress), "0/4 done, 4 waiting (Priority)");
});

Deno.test("where max_jobs holds jobs back that limit is shown, not a reason of the queue", () => {
  const plan = planWith(12, { machine: { maxJobs: 2 } });
  const scene = sceneOf(plan);
  const world = fakeWorld();
  const events = upToSubmitted(plan).filter((event) =>
    event.type !== "jobSubmitted" ||
    ["j0", "j1", "j2", "j3"].includes(event.job)
  );
  tellAll(scene, plainReporter(scene, world), [
    ...events,
    ...ranTo(plan, 0, 0),
    ...ranTo(plan, 1, 0),
    ...ranTo(plan, 2, 0).slice(0, 2),
    ...ranTo(plan, 3, 0).slice(0, 2),
  ], world);
  strictEqual(
    statusLine(scene, world.clock.now()),
    "2/12 done, 2 running, 8 waiting (max_jobs = 2)",
  );
});
