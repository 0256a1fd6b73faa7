import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { parseRecords } from "../../src/script/parse_records.ts";

function checked(text: string): string {
  return `${text} #${text.length}\n`;
}

Deno.test("Each kind of line is read", () => {
  const lines = [
    "j1 begin 12.server node-7 1700000000.25",
    "j1.3 skip abc",
    "j1 start abc 1700000001",
    "j1 exit abc 137 1700000002.5",
    "j1 hint abc python3",
    "j1 leave duplicate run:13.server 1700000003",
    "j1 end 2 1700000004",
  ];
  const { records } = parseRecords(lines.map(checked).join(""));
  deepStrictEqual(records.map((record) => ({ ...record })), [
    {
      job: "j1",
      element: null,
      type: "begin",
      id: "12.server",
      host: "node-7",
      time: 1700000000.25,
    },
    { job: "j1", element: 3, type: "skip", task: "abc" },
    { job: "j1", element: null, type: "start", task: "abc", time: 1700000001 },
    {
      job: "j1",
      element: null,
      type: "exit",
      task: "abc",
      code: 137,
      time: 1700000002.5,
    },
    { job: "j1", element: null, type: "hint", task: "abc", command: "python3" },
    {
      job: "j1",
      element: null,
      type: "leave",
      reason: "duplicate",
      owner: "run:13.server",
      time: 1700000003,
    },
    { job: "j1", element: null, type: "end", failed: 2, time: 1700000004 },
  ]);
});

Deno.test("A file cut anywhere gives the records of its whole lines, and where to read on gives the rest", () => {
  const whole = [
    "j1 begin 7 é 1",
    "j1 start a 1",
    "j1 exit a 0 2",
    "j1 end 0 3",
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

Deno.test("A line without its right length does not exist", () => {
  const torn = [
    "j1 exit a 0 2 #14\n",
    "j1 exit a 0 2\n",
    "j1 exit a 0 #13\n",
    `j1 exit a ${checked("j1 exit a 0 2")}`,
    "\n",
  ];
  deepStrictEqual(parseRecords(torn.join("")).records, []);
  strictEqual(parseRecords(torn.join("")).bytes, torn.join("").length);
});

Deno.test("Holes, foreign text and words of a later version are passed over", () => {
  const { records } = parseRecords(
    "\0\0\0\0" + checked("j1 start a 1") + "\0\0\n" + "bash: warning\n" +
      checked("j1 toString a") + checked("j1 begin a") +
      checked("j1 exit a x 1") + checked("J exit a 0 1") +
      checked("j1 leave tired - 1") + checked("j1 end 0 1 more") +
      checked("j1 end 0 2"),
  );
  deepStrictEqual(records.map(({ type }) => type), ["start", "end"]);
});

Deno.test("Bytes that are no UTF-8 do not shift where to read on", () => {
  const bytes = new Uint8Array([
    0xff,
    0xfe,
    10,
    ...new TextEncoder().encode(checked("j1 skip a")),
  ]);
  const { records, bytes: read } = parseRecords(bytes);
  deepStrictEqual([records.length, read], [1, bytes.length]);
});
