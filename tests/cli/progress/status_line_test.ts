import { strictEqual } from "node:assert/strict";
import { taskCounts } from "../../../src/cli/progress/status_line.ts";
import {
  planWith,
  sceneOf,
  tellAll,
  upToSubmitted,
} from "../../helpers/run_events.ts";
import { fakeWorld } from "../../helpers/environment.ts";
import { plainReporter } from "../../../src/cli/progress/log.ts";

Deno.test("why most of the waiting jobs wait is told, and of those that run nothing", () => {
  const plan = planWith(4);
  const scene = sceneOf(plan);
  const world = fakeWorld();
  const tell = (events: Parameters<typeof tellAll>[2]) =>
    tellAll(scene, plainReporter(scene, world), events, world);
  tell(upToSubmitted(plan));
  strictEqual(taskCounts(scene.progress), "4 queued of 4 tasks");
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
  strictEqual(taskCounts(scene.progress), "4 queued (Resources) of 4 tasks");
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
  strictEqual(taskCounts(scene.progress), "4 queued (Priority) of 4 tasks");
});
