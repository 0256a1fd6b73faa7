import { deepStrictEqual } from "node:assert/strict";
import type { EventData, PlanSummary } from "../../../src/model/event.ts";
import { summaryOfPlan } from "../../../src/model/plan.ts";
import { jsonStream } from "../../../src/cli/json_lines.ts";
import { jsonReporter } from "../../../src/cli/progress/reporters.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";
import { planOfTasks, reportAll, runViewOf } from "../../helpers/run_events.ts";

Deno.test("the plan is written once, and again only where it has changed", () => {
  const plan = planOfTasks(2);
  const own = summaryOfPlan(plan);
  const other = summaryOfPlan(planOfTasks(1));
  const environment = fakeEnvironment();
  const json = jsonStream(environment.terminal);
  json.begin(plan);
  json.begin(plan);
  const view = runViewOf(plan);
  const started = (plan: PlanSummary): EventData => ({
    type: "sessionStarted",
    pid: 1,
    host: "here",
    plan,
  });
  const events: readonly EventData[] = [
    { type: "attached", holderName: "here 1", plan: own },
    started(own),
    started(other),
    started(other),
    started(own),
  ];
  reportAll(view, jsonReporter(view, json), events, environment);
  const lines = environment.terminal.written.out.trimEnd().split("\n");
  deepStrictEqual(
    lines.map((line) => JSON.parse(line)).map(({ type, plan }) => [type, plan]),
    [
      ["stream", own],
      ["attached", undefined],
      ["sessionStarted", undefined],
      ["sessionStarted", other],
      ["sessionStarted", undefined],
      ["sessionStarted", own],
    ],
  );
});
