import { runFinished } from "../../helpers/events.ts";
import { jsonStream } from "../../../src/cli/json_lines.ts";
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Schema, Validator } from "@cfworker/json-schema";
import type { EventData } from "../../../src/model/event.ts";
import { jsonReporter } from "../../../src/cli/progress/json.ts";
import schema from "../../../schemas/event.json" with { type: "json" };
import {
  planWith,
  ranTo,
  sceneOf,
  tellAll,
  upToSubmitted,
} from "../../helpers/run_events.ts";
import { fakeWorld } from "../../helpers/environment.ts";

const finished = runFinished("failed");

/** The parsed lines of a run in which each task is a job of its own. */
function linesOf(
  plan: ReturnType<typeof planWith>,
  past: readonly EventData[],
  tree: Record<string, string> = {},
) {
  const world = fakeWorld({ tree });
  const scene = sceneOf(plan);
  const reporter = jsonReporter(scene, jsonStream(world.terminal), world);
  tellAll(scene, reporter, [...upToSubmitted(plan), ...past], world);
  const texts = world.terminal.written.out.trimEnd().split("\n");
  return texts.map((text) => JSON.parse(text));
}

Deno.test("a program reads directory, reason, exit code, job and log of each failed task", () => {
  const plan = planWith(4);
  const [, , third, fourth] = plan.tasks.map(({ key }) => key);
  const cause = { kind: "outOfMemory", message: "OUT_OF_MEMORY" } as const;
  const jobsLog = `${plan.remoteDir}/.dpdisp/${plan.runKey}/out/j3`;
  const lines = linesOf(plan, [
    ...ranTo(plan, 0, 0),
    ...ranTo(plan, 1, 137),
    ...ranTo(plan, 2, 0).slice(0, 2),
    { type: "jobEnded", job: "j2", reason: cause },
    { type: "taskFailed", task: third!, code: null },
    { type: "jobEnded", job: "j3", reason: { kind: "completed" } },
    { type: "taskFailed", task: fourth!, code: null },
    finished,
  ], {
    "/work/t1/err": "",
    "/work/t1/log": "step 1\n",
    "/work/t3/err": "an error of last week\n",
    [jobsLog]: "no such module\n",
  });
  const [told, last] = lines.slice(-2);
  strictEqual(last.type, "runFinished");
  ok(new Validator(schema as Schema, "7").validate(told).valid);
  deepStrictEqual(told, {
    type: "failures",
    failures: [
      { code: 137, reason: "exit 137: killed (signal 9)", log: "/work/t1/log" },
      {
        code: null,
        reason: "its job j2 (1002) ran out of memory (OUT_OF_MEMORY)",
        log: null,
      },
      { code: null, reason: "it never started", log: jobsLog },
    ].map((failure, at) => ({
      task: plan.tasks[at + 1]!.key,
      dir: `t${at + 1}`,
      command: "python3",
      job: `j${at + 1}`,
      ...failure,
    })),
  });
});

Deno.test("a run without failed tasks has no such line", () => {
  const plan = planWith(1);
  const lines = linesOf(plan, [...ranTo(plan, 0, 0), finished]);
  ok(lines.every(({ type }) => type !== "failures"));
});
