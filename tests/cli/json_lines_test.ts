import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Schema, Validator } from "@cfworker/json-schema";
import { eventAt } from "../../src/model/event.ts";
import { main } from "../../src/cli/main.ts";
import schema from "../../schemas/event.json" with { type: "json" };
import { playSteps, type Step } from "../helpers/spec.ts";
import { planWith, ranTo, upToSubmitted } from "../helpers/run_events.ts";
import { fakeWorld } from "../helpers/environment.ts";
import { toolTest } from "../helpers/tools.ts";

const validator = new Validator(schema as Schema, "7");

function invalidLines(text: string): readonly string[] {
  return text.trimEnd().split("\n").filter((line) =>
    !validator.validate(JSON.parse(line)).valid
  );
}

toolTest(
  "python3",
  "every line of a real run, of one that fails and of one that is cancelled matches the schema",
  async () => {
    const specs = `${import.meta.dirname}/../specs/`;
    for (
      const name of ["run", "run_missing_result", "run_not_found", "run_dry"]
    ) {
      const { steps }: { steps: readonly Step[] } = JSON.parse(
        await Deno.readTextFile(`${specs}${name}/case.json`),
      );
      const asJson = steps.map(({ args, exit }) => ({
        args: [...args, "--json"],
        exit,
      }));
      await playSteps(
        `${specs}${name}/input`,
        asJson,
        (_step, { stdout, stderr }) => {
          deepStrictEqual(invalidLines(stdout), [], name);
          strictEqual(stderr, "");
        },
      );
    }
  },
);

Deno.test("lines that are not events match the schema", async () => {
  const tree = { "/work/hello.py": "print(1)\n" };
  for (
    const args of [["run", "nope.py"], ["run", "hello.py"], ["run"], [
      "check",
      "hello.py",
    ]]
  ) {
    const world = fakeWorld({ tree });
    await main([...args, "--json"], world);
    deepStrictEqual(
      invalidLines(world.terminal.written.out),
      [],
      args.join(" "),
    );
    strictEqual(world.terminal.written.err, "");
  }
});

Deno.test("the schema accepts valid lines and rejects invalid ones", () => {
  const plan = planWith(1);
  const events = [...upToSubmitted(plan), ...ranTo(plan, 0, 127, "python3")]
    .map((event) => eventAt(event, 1500));
  for (const event of events) {
    ok(validator.validate(event).valid, JSON.stringify(event));
    const { time: _, ...timeless } = event;
    for (
      const wrong of [{ ...event, more: 1 }, timeless, {
        ...event,
        type: "other",
      }]
    ) {
      ok(!validator.validate(wrong).valid, JSON.stringify(wrong));
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
