/** The journal's lines, in JSON: a header, then one event each. */
import type { Event } from "./event.ts";
import { REDUCERS } from "./run_state/reducer.ts";
import { VERSION } from "../version.ts";

/** Grows when a dpdisp could misread what a later one writes. */
export const JOURNAL_SCHEMA = 1;

export interface Journal {
  readonly events: readonly Event[];
  /** Of its header; 0 where it has none, as before there were headers. */
  readonly schema: number;
  /** Numbers of whole lines, from 1, that say nothing. */
  readonly damaged: readonly number[];
}

export function journalHeader(): string {
  const header = { type: "journal", schema: JOURNAL_SCHEMA, version: VERSION };
  return `${JSON.stringify(header)}\n`;
}

export function journalLine(event: Event): string {
  return `${JSON.stringify(event)}\n`;
}

/** What a journal's whole lines say. What stands behind the last of them was torn, and so never written. */
export function parseJournal(text: string): Journal {
  const lines = text.split("\n").slice(0, -1).map(parseLine);
  return {
    events: lines.flatMap((line) => isEvent(line) ? [line] : []),
    schema: isHeader(lines[0]) ? lines[0].schema : 0,
    damaged: lines.flatMap((line, at) =>
      line === null || isEvent(line) || isHeader(line) ? [] : [at + 1]
    ),
  };
}

/** Those of a journal's whole lines in which one of the words stands: it may be long, and to read all of it takes its time. */
export function linesWith(text: string, ...words: readonly string[]): string {
  return text.split("\n").slice(0, -1)
    .filter((line) => words.some((word) => line.includes(`"${word}"`)))
    .map((line) => `${line}\n`).join("");
}

/** Null: the line is empty, as those that older versions put behind a torn one. */
function parseLine(line: string): unknown {
  if (line === "") return null;
  try {
    return JSON.parse(line) ?? undefined;
  } catch {
    return undefined;
  }
}

function typeOf(line: unknown): string {
  const isRecord = typeof line === "object" && line !== null && "type" in line;
  return isRecord && typeof line.type === "string" ? line.type : "";
}

function isEvent(line: unknown): line is Event {
  return Object.hasOwn(REDUCERS, typeOf(line));
}

function isHeader(line: unknown): line is { readonly schema: number } {
  return typeOf(line) === "journal";
}
