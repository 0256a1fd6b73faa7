import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  advanceOffsets,
  type RecordOffsets,
} from "../../../src/backends/shell/record_offsets.ts";
import { parseRecords } from "../../../src/script/parse_records.ts";

const line = (text: string) => `${text} #${text.length}\n`;
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("However a record grows and is cut, every line is read, and none is skipped", () => {
  const facts = fc.constantFrom(
    line("d1 taskStarted t0 5"),
    line("d1 taskExited t0 0 6"),
    line("d1 jobEnded 0 7"),
    "torn without its length\n",
    "d1 taskExited t0 0 6 #99\n",
    "\0\0\0\n",
    "é\n",
  );
  fc.assert(
    fc.property(
      fc.array(facts, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (lines, steps) => {
        const file = bytes(lines.join(""));
        const offsets: RecordOffsets = new Map();
        const seen: string[] = [];
        let size = 0;
        // As often as it takes, a byte at a time.
        for (let i = 0; i < 400; i++) {
          size = Math.min(file.length, size + steps[i % steps.length]!);
          const offset = offsets.get("d1") ?? 0;
          ok(offset <= size);
          // As the poll script prints it: the rest, and a newline.
          const text = new TextDecoder("latin1").decode(
            file.subarray(offset, size),
          );
          const printed = Uint8Array.from(
            `${text}\n`,
            (sign) => sign.charCodeAt(0) & 255,
          );
          advanceOffsets(offsets, new Map([["d1", offset]]), printed);
          seen.push(...parseRecords(printed).records.map(({ type }) => type));
        }
        const all = parseRecords(file).records.map(({ type }) => type);
        deepStrictEqual([...new Set(seen)].sort(), [...new Set(all)].sort());
        ok(seen.length >= all.length);
      },
    ),
  );
});

Deno.test("A superseded copy wrote into a record of its own", () => {
  const offsets: RecordOffsets = new Map();
  advanceOffsets(
    offsets,
    new Map(),
    bytes(
      line("d1 taskStarted t0 5") + line("d1 jobStopped duplicate run:x 6"),
    ),
  );
  strictEqual(offsets.get("d1"), line("d1 taskStarted t0 5").length);
});
