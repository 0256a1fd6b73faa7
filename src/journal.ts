/** The journal's lines: one event each, in JSON. */
import type { Event } from "./event.ts";

export function journalLine(event: Event): string {
  return `${JSON.stringify(event)}\n`;
}

/** The events in a journal's text. A line that was torn was never written; one that only lacks its end was. */
export function parseJournal(text: string): readonly Event[] {
  return text.split("\n").flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): Event | null {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return null;
  }
}
