import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Event } from "../src/event.ts";
import { journalLine, parseJournal } from "../src/journal.ts";
import { newScene, planWith, play } from "./helpers/client.ts";

const events = await play(newScene(), planWith(4, 2));
const text = events.map(journalLine).join("");

Deno.test("what is written is read, one line an event", () => {
  deepStrictEqual(parseJournal(text), events);
  strictEqual(text.split("\n").length, events.length + 1);
});

Deno.test("a newline inside an event stays inside its line", () => {
  const event: Event = { type: "waiting", who: "a\nb\u2028c", at: 1 };
  deepStrictEqual(parseJournal(journalLine(event)), [event]);
});

Deno.test("however a last line was torn, what stands before it is read", () => {
  fc.assert(fc.property(fc.nat(text.length), (length) => {
    const left = text.slice(0, length);
    const whole = left.split("\n").length - 1;
    // The text of an event without its newline says all of it.
    const isComplete = text[length] === "\n";
    deepStrictEqual(
      parseJournal(left),
      events.slice(0, whole + (isComplete ? 1 : 0)),
    );
  }));
});

Deno.test("what was written behind a torn line is read, whatever it was", () => {
  const [first, second] = events.map(journalLine) as [string, string];
  const torn = first.slice(0, 20);
  deepStrictEqual(parseJournal(`${first}${torn}\n${second}`), [
    events[0],
    events[1],
  ]);
  deepStrictEqual(parseJournal(""), []);
});
