import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { describeExitReason } from "../../../src/cli/wording/exits.ts";
import { logTail } from "../../../src/cli/summary/task_log.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";

const tailOf = (text: string) => logTail("/log", memoryFiles({ "/log": text }));

Deno.test("a line that is too long is cut between two words, with a sign", () => {
  const words = Array.from({ length: 60 }, (_, at) => `part-${at}`).join(" ");
  const [line] = tailOf(`${words}\n`) ?? [];
  strictEqual(line, `${words.slice(0, words.indexOf(" part-26"))} …`);
});

Deno.test("a word of more than a line is cut where the line ends, what just fits is not", () => {
  const long = `see ${"x".repeat(300)}`;
  deepStrictEqual(tailOf(`${long}\n`), [`${long.slice(0, 200)} …`]);
  deepStrictEqual(tailOf("y".repeat(200)), ["y".repeat(200)]);
  const whole = `${"z".repeat(200)} end`;
  deepStrictEqual(tailOf(whole), [`${"z".repeat(200)} …`]);
});

Deno.test("of a message of the batch system the first line is shown, with a sign where there is more", () => {
  const words = "was rejected by the batch system";
  const output = (output: string) =>
    describeExitReason({ kind: "rejected", message: output });
  strictEqual(output("error: no\n"), `${words} (error: no)`);
  strictEqual(output("error: no\nerror: never"), `${words} (error: no …)`);
  strictEqual(output(" \n"), words);
});
