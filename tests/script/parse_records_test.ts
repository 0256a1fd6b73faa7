import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { parseRecords } from "../../src/script/parse_records.ts";

function checked(text: string): string {
  return `${text} #${text.length}\n`;
}

Deno.test("Each kind of line is read", () => {
  const lines = [
    "j1 jobStarted 12.server node-7 1700000000.25",
    "j1.3 taskSkipped abc",
    "j1 taskStarted abc 1700000001",
    "j1 taskStarted def 1700000001 12 0",
    "j1 taskExited abc 137 1700000002.5",
    "j1 taskHint abc python3",
    "j1 jobStopped duplicate run:13.server 1700000003",
    "j1 jobEnded 2 1700000004",
  ];
  const { records } = parseRecords(lines.map(checked).join(""));
  deepStrictEqual(records.map((record) => ({ ...record })), [
    {
      job: "j1",
      element: null,
      type: "jobStarted",
      id: "12.server",
      host: "node-7",
      time: 1700000000.25,
    },
    { job: "j1", element: 3, type: "taskSkipped", task: "abc" },
    {
      job: "j1",
      element: null,
      type: "taskStarted",
      task: "abc",
      time: 1700000001,
    },
    {
      job: "j1",
      element: null,
      type: "taskStarted",
      task: "def",
      time: 1700000001,
      stdoutBytes: 12,
      stderrBytes: 0,
    },
    {
      job: "j1",
      element: null,
      type: "taskExited",
      task: "abc",
      code: 137,
      time: 1700000002.5,
    },
    {
      job: "j1",
      element: null,
      type: "taskHint",
      task: "abc",
      command: "python3",
    },
    {
      job: "j1",
      element: null,
      type: "jobStopped",
      reason: "duplicate",
      owner: "run:13.server",
      time: 1700000003,
    },
    { job: "j1", element: null, type: "jobEnded", failed: 2, time: 1700000004 },
  ]);
});

Deno.test("A file cut anywhere gives the records of its complete lines, and reading from the offset gives the rest", () => {
  const whole = [
    "j1 jobStarted 7 é 1",
    "j1 taskStarted a 1",
    "j1 taskExited a 0 2",
    "j1 jobEnded 0 3",
  ]
    .map(checked).join("");
  const bytes = new TextEncoder().encode(whole);
  const all = parseRecords(bytes).records;
  fc.assert(fc.property(fc.nat(bytes.length), (cut) => {
    const first = parseRecords(bytes.subarray(0, cut));
    const rest = parseRecords(bytes.subarray(first.bytes));
    strictEqual(first.bytes <= cut, true);
    deepStrictEqual([...first.records, ...rest.records], all);
  }));
});

Deno.test("A line without its right length is ignored", () => {
  const torn = [
    "j1 taskExited a 0 2 #20\n",
    "j1 taskExited a 0 2\n",
    "j1 taskExited a 0 #19\n",
    `j1 taskExited a ${checked("j1 taskExited a 0 2")}`,
    "\n",
  ];
  deepStrictEqual(parseRecords(torn.join("")).records, []);
  strictEqual(parseRecords(torn.join("")).bytes, torn.join("").length);
});

Deno.test("Holes, foreign text and records of a later version are ignored", () => {
  const { records } = parseRecords(
    "\0\0\0\0" + checked("j1 taskStarted a 1") + "\0\0\n" + "bash: warning\n" +
      checked("j1 toString a") + checked("j1 jobStarted a") +
      checked("j1 taskExited a x 1") + checked("J taskExited a 0 1") +
      checked("j1 jobStopped tired - 1") + checked("j1 jobEnded 0 1 more") +
      checked("j1 jobEnded 0 2"),
  );
  deepStrictEqual(records.map(({ type }) => type), ["taskStarted", "jobEnded"]);
});

Deno.test("Bytes that are not UTF-8 do not shift the offset", () => {
  const bytes = new Uint8Array([
    0xff,
    0xfe,
    10,
    ...new TextEncoder().encode(checked("j1 taskSkipped a")),
  ]);
  const { records, bytes: read } = parseRecords(bytes);
  deepStrictEqual([records.length, read], [1, bytes.length]);
});
