/** The journal's lines: one event each, in JSON. */
import type { Event } from "./event.ts";

export function journalLine(event: Event): string {
  return `${JSON.stringify(event)}\n`;
}

/** The events in a journal's text. A torn last line was never written. */
export function parseJournal(text: string): readonly Event[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): Event | null {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return null;
  }
}
