import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Event } from "../../src/model/event.ts";
import {
  journalHeader,
  journalLine,
  linesWith,
  parseJournal,
} from "../../src/model/journal.ts";
import {
  newSimulation,
  planWith,
  runToEnd,
} from "../helpers/simulation/mod.ts";

const events = await runToEnd(newSimulation(), planWith(4, 2));
const text = events.map(journalLine).join("");

Deno.test("what is written is read, one line for each event", () => {
  deepStrictEqual(parseJournal(journalHeader() + text), {
    events,
    schema: 1,
    damaged: [],
  });
  strictEqual(text.split("\n").length, events.length + 1);
});

Deno.test("a journal without a header is read", () => {
  deepStrictEqual(parseJournal(text), { events, schema: 0, damaged: [] });
});

Deno.test("a newline inside an event stays inside its line", () => {
  const event: Event = { type: "attached", holderName: "a\nb\u2028c", time: 1 };
  deepStrictEqual(parseJournal(journalLine(event)).events, [event]);
});

Deno.test("however a last line was cut, the lines before it are read, and nothing of it", () => {
  fc.assert(fc.property(fc.nat(text.length), (length) => {
    const left = text.slice(0, length);
    const whole = left.split("\n").length - 1;
    const { events: read, damaged } = parseJournal(left);
    deepStrictEqual([read, damaged], [events.slice(0, whole), []]);
  }));
});

Deno.test("a damaged line is named, and the lines around it are read", () => {
  const [first, second] = events.map(journalLine) as [string, string];
  const damages = [
    first.slice(0, 20),
    "\0\0\0\0",
    "null",
    "7",
    `{"type":"ofTheFuture","at":1}`,
    `{"type":"toString"}`,
    `{"at":1}`,
  ];
  for (const damage of damages) {
    deepStrictEqual(parseJournal(`${first}${damage}\n${second}`), {
      ...{ events: [events[0], events[1]], schema: 0 },
      damaged: [2],
    }, damage);
  }
  deepStrictEqual(parseJournal(""), { events: [], schema: 0, damaged: [] });
});

Deno.test("the empty line that older versions wrote after an incomplete line is no line", () => {
  const [first] = events.map(journalLine) as [string];
  deepStrictEqual(parseJournal(`\n${first}`).damaged, []);
});

Deno.test("lines are selected by the words in them, complete ones only", () => {
  const picked =
    parseJournal(linesWith(text, "runStarted", "runFinished")).events;
  deepStrictEqual(picked, [events[0], events.at(-1)]);
  strictEqual(linesWith(text.slice(0, -1), "runFinished"), "");
});
