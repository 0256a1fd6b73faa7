/** What every output of `--json` must be, whatever the command and its end. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Schema, Validator } from "@cfworker/json-schema";
import schema from "../../schemas/event.json" with { type: "json" };
import type { JsonLine } from "../../src/cli/json_lines.ts";

const validator = new Validator(schema as Schema, "7");

export type LineOf<T extends JsonLine["type"]> = Extract<JsonLine, { type: T }>;

export function isValidLine(line: unknown): boolean {
  return validator.validate(line).valid;
}

/**
 * The lines, after it was checked that all match the schema, that the first one
 * and no other is `stream`, that every task is named in its table, and that a
 * summary comes last and has the exit code.
 */
export function checkedLines(text: string, exit: number): readonly JsonLine[] {
  const lines: readonly JsonLine[] = text.trimEnd().split("\n")
    .map((line) => JSON.parse(line));
  deepStrictEqual(lines.filter((line) => !isValidLine(line)), []);
  const [first] = lines;
  strictEqual(first?.type, "stream");
  strictEqual(lines.filter(({ type }) => type === "stream").length, 1);
  const known = new Set(first.plan?.tasks.map(({ key }) => key));
  deepStrictEqual(lines.flatMap(keysIn).filter((key) => !known.has(key)), []);
  const summary = lines.find((line) => line.type === "summary");
  if (summary) {
    strictEqual(lines.at(-1), summary);
    strictEqual(summary.exitCode, exit);
    const finished = lines.find((line) => line.type === "runFinished");
    if (finished) {
      const { time: _, type: __, ...facts } = finished;
      deepStrictEqual({ ...facts, ...summary }, { ...summary, ...facts });
    }
  }
  return lines;
}

/** The tasks that a line names. */
function keysIn(line: JsonLine): readonly string[] {
  switch (line.type) {
    case "taskStarted":
    case "taskExited":
    case "taskFailed":
      return [line.task];
    case "staged":
    case "jobCreated":
    case "resultsLost":
      return line.tasks;
    case "collected":
      return line.results.map(({ task }) => task);
    case "planResult":
      return line.jobs.flatMap(({ tasks }) => tasks);
    case "summary":
      return [
        ...line.failedTasks.map(({ task }) => task),
        ...line.failureGroups.flatMap(({ tasks }) => tasks),
      ];
    default:
      return [];
  }
}

/** The only line of a type. */
export function lineOf<T extends JsonLine["type"]>(
  lines: readonly JsonLine[],
  type: T,
): LineOf<T> {
  const found = lines.filter((line) => line.type === type);
  ok(found.length === 1, `${found.length} lines ${type}`);
  return found[0] as LineOf<T>;
}
