import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { eventAt } from "../../src/model/event.ts";
import { main } from "../../src/cli/main.ts";
import schema from "../../schemas/event.json" with { type: "json" };
import { runSteps, type Step } from "../helpers/spec.ts";
import {
  eventsOfTask,
  eventsUntilSubmitted,
  planOfTasks,
} from "../helpers/run_events.ts";
import { checkedLines, isValidLine } from "../helpers/json_output.ts";
import { fakeEnvironment } from "../helpers/environment.ts";
import { toolTest } from "../helpers/tools.ts";

/** Cases of tests/specs, and the types that are the last two lines of each step. */
const CASES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  run: [["runFinished", "summary"]],
  run_missing_result: [["runFinished", "summary"]],
  run_not_found: [["runFinished", "summary"]],
  run_dry: [["sessionEnded", "summary"]],
  run_failed: [["runFinished", "summary"], ["runFinished", "summary"]],
  fail_fast: [["runFinished", "summary"]],
  cancel: [["sessionEnded", "summary"], ["sessionEnded", "summary"], [
    "sessionEnded",
    "summary",
  ]],
  check_warning: [["warnings", "checkResult"]],
  plan: [["stream", "planResult"]],
  errors: [["stream", "diagnostics"], ["stream", "diagnostics"], [
    "stream",
    "diagnostics",
  ]],
};

toolTest(
  "python3",
  "the output of real runs, however they end, and of other commands is as documented",
  async () => {
    const specs = `${import.meta.dirname}/../specs/`;
    for (const [name, ends] of Object.entries(CASES)) {
      const { steps }: { steps: readonly Step[] } = JSON.parse(
        await Deno.readTextFile(`${specs}${name}/case.json`),
      );
      const last: string[][] = [];
      const asJson = steps.filter(({ args }) => !args.includes("--json"))
        .slice(0, ends.length)
        .map(({ args, exit }) => ({
          args: [...args.filter((arg) => arg !== "-q"), "--json"],
          exit,
        }));
      await runSteps(
        `${specs}${name}/input`,
        asJson,
        (step, { exit, stdout, stderr }) => {
          strictEqual(exit, step.exit, `${name}: ${step.args}`);
          strictEqual(stderr, "", name);
          const lines = checkedLines(stdout, exit);
          last.push(lines.slice(-2).map(({ type }) => type));
        },
      );
      deepStrictEqual(last, ends, name);
    }
  },
);

Deno.test("errors before a run are two lines", async () => {
  const tree = { "/work/hello.py": "print(1)\n" };
  for (
    const args of [
      ["run", "nope.py"],
      ["run", "hello.py"],
      ["run"],
      [
        "check",
        "hello.py",
      ],
      ["cancel"],
      ["doctor", "nope.py"],
      ["plan", "nope.py"],
      ["unknown"],
    ]
  ) {
    const environment = fakeEnvironment({ tree });
    const exit = await main([...args, "--json"], environment);
    const { out, err } = environment.terminal.written;
    const types = checkedLines(out, exit).map(({ type }) => type);
    ok(
      ["stream,error", "stream,diagnostics"].includes(types.join()),
      `${args}: ${types}`,
    );
    strictEqual(err, "");
  }
});

Deno.test("the schema accepts valid lines and rejects invalid ones", () => {
  const plan = planOfTasks(1);
  const events = [
    ...eventsUntilSubmitted(plan),
    ...eventsOfTask(plan, 0, 127, "python3"),
  ]
    .map((event) => eventAt(event, 1500));
  for (const event of events) {
    ok(isValidLine(event), JSON.stringify(event));
    const { time: _, ...timeless } = event;
    for (
      const wrong of [{ ...event, more: 1 }, timeless, {
        ...event,
        type: "other",
      }]
    ) {
      ok(!isValidLine(wrong), JSON.stringify(wrong));
    }
  }
});

Deno.test("every kind of line has a title and every definition is used", () => {
  const text = JSON.stringify(schema);
  for (const line of schema.anyOf) {
    ok(line.title === line.properties.type.const);
  }
  for (const name of Object.keys(schema.definitions)) {
    ok(text.includes(`"#/definitions/${name}"`), name);
  }
});
