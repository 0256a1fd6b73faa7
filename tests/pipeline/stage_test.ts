import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { RUNNER_NAME } from "../../src/script/runner/mod.ts";
import { entriesToStage, stagedBytes } from "../../src/pipeline/stage.ts";
import { configOf, type Staging, stagingMachines } from "../helpers/config.ts";
import { planFor } from "../helpers/submission.ts";
import type { Input, Plan } from "../../src/model/plan.ts";

function input(to: string, folder = false): Input {
  return {
    localPath: `/b/${to}`,
    remotePath: to,
    isDirectory: folder,
    bytes: 10,
  };
}

function planOf(
  common: readonly Input[],
  tasks: Readonly<Record<string, readonly Input[]>>,
): Plan {
  const plan = planFor({ root: "/r", base: "/b" });
  return {
    ...plan,
    commonInputs: common,
    tasks: Object.entries(tasks).map(([dir, inputs], i) => ({
      ...plan.tasks[0]!,
      key: `t${i}`,
      dir,
      inputs,
    })),
  };
}

function entriesOf(plan: Plan, staging: Staging) {
  return entriesToStage(stagedBy(plan, staging), plan.tasks);
}

function bytesOf(plan: Plan, staging: Staging): number {
  return stagedBytes(stagedBy(plan, staging), plan.tasks);
}

function stagedBy(plan: Plan, staging: Staging): Plan {
  return { ...plan, config: configOf({ machine: stagingMachines[staging] }) };
}

/** What is put for inputs and folders, as `path how`. */
function putsOf(plan: Plan, staging: Staging): readonly string[] {
  return entriesOf(plan, staging).flatMap((put) => {
    if ("text" in put) return [];
    if ("directory" in put) return [`${put.to} folder`];
    return [`${put.to} ${"link" in put ? "link" : "copy"}`];
  });
}

const some = planOf([input("common")], {
  "a": [input("a/in"), input("a/data", true)],
  "b": [input("b/in")],
});

Deno.test("In place only the script and its runner are staged", () => {
  deepStrictEqual(
    entriesOf(some, "in place").map(({ to }) => to),
    [
      "script_1.py",
      `.dpdisp/${some.runKey}/${RUNNER_NAME}`,
    ],
  );
});

Deno.test("The script's copy is for its owner alone", () => {
  for (const how of ["in place", "link", "copy"] as const) {
    const put = entriesOf(some, how).find(({ to }) => to === "script_1.py");
    strictEqual(put && "text" in put && put.mode, 0o600);
  }
});

Deno.test("Inputs are linked or copied, after the directories of the tasks", () => {
  const names = ["common", "a/in", "a/data", "b/in"];
  for (const how of ["link", "copy"] as const) {
    deepStrictEqual(putsOf(some, how), [
      "a folder",
      "b folder",
      ...names.map((name) => `${name} ${how}`),
    ]);
  }
});

Deno.test("What tasks share is staged once, and not separately from the directory that contains it", () => {
  const data = input("data", true);
  const plan = planOf([input("data/x/y")], {
    ".": [data],
    "t": [data, input("data/x")],
  });
  deepStrictEqual(putsOf(plan, "copy"), ["t folder", "data copy"]);
  strictEqual(bytesOf(plan, "copy"), 10);
});

Deno.test("A directory in which a task runs is copied where everything else is linked", () => {
  const plan = planOf([input("work", true), input("other", true)], {
    "work/deep/t": [],
    "x": [input("x", true)],
  });
  deepStrictEqual(putsOf(plan, "link"), [
    "work/deep/t folder",
    "x folder",
    "work copy",
    "other link",
    "x copy",
  ]);
  const all = planOf([input(".", true)], { ".": [] });
  deepStrictEqual(putsOf(all, "link"), [". copy"]);
});

Deno.test("Only copies travel", () => {
  strictEqual(bytesOf(some, "copy"), 40);
  strictEqual(bytesOf(some, "link"), 0);
  strictEqual(bytesOf(some, "in place"), 0);
});
