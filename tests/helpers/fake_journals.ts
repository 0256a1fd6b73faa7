/** Journals in memory that outlive the session which writes them, and can be damaged. */
import { journalLine, parseJournal } from "../../src/model/journal.ts";
import type { Event } from "../../src/model/event.ts";
import { ok } from "../../src/text/result.ts";
import type { JournalStore } from "../../src/environment/environment.ts";

export interface FakeJournals extends JournalStore {
  /** The events of a generation; of the last where none is named. */
  events(key: string, generation?: number): readonly Event[];
  /** Takes the last lines away. */
  dropLines(key: string, lines: number): void;
  /** The text of the last generation. */
  text(key: string): string;
  /** Puts another text in the place of the last generation's. */
  rewrite(key: string, edit: (text: string) => string): void;
  /** Takes the last characters away. */
  truncate(key: string, characters: number): void;
  /** Takes everything away. */
  deleteAll(key: string): void;
  /** Puts a journal there. */
  put(key: string, generation: number, events: readonly Event[]): void;
  /** The locks of processes that died. */
  freeLocks(): void;
}

export function fakeJournals(): FakeJournals {
  const texts = new Map<string, Map<number, string>>();
  const locks = new Set<string>();
  const states = new Map<string, string>();
  const cancelRequests = new Set<string>();
  const watchers = new Set<() => void>();
  const generationsOf = (key: string) =>
    texts.get(key) ?? texts.set(key, new Map()).get(key)!;
  const last = (key: string) => Math.max(...generationsOf(key).keys());
  const change = (key: string, edit: (text: string) => string) => {
    const all = generationsOf(key);
    all.set(last(key), edit(all.get(last(key))!));
  };
  return {
    check: () => ok(undefined),
    keys: () => [...texts.keys()],
    generations: (key) =>
      [...texts.get(key)?.keys() ?? []].sort((a, b) => a - b),
    read(key, generation, from = 0) {
      const text = texts.get(key)?.get(generation) ?? "";
      if (from === 0) return text;
      const bytes = new TextEncoder().encode(text);
      return new TextDecoder().decode(bytes.subarray(from));
    },
    lock(key) {
      if (locks.has(key)) return ok(null);
      locks.add(key);
      return ok({ release: () => void locks.delete(key) });
    },
    append(key, generation, lines) {
      const all = generationsOf(key);
      all.set(generation, (all.get(generation) ?? "") + lines);
      return ok(undefined);
    },
    directory: (key) => `/state/dpdisp/${key}`,
    cutTail(key, generation) {
      const text = generationsOf(key).get(generation) ?? "";
      generationsOf(key).set(
        generation,
        text.slice(0, text.lastIndexOf("\n") + 1),
      );
      return ok(undefined);
    },
    requestCancel(key, isRequested) {
      if (!isRequested) return void cancelRequests.delete(key);
      cancelRequests.add(key);
      watchers.forEach((notify) => notify());
    },
    isCancelRequested: (key) => cancelRequests.has(key),
    cancelRequested: (_key, signal) =>
      new Promise((resolve) => {
        watchers.add(resolve);
        signal.addEventListener("abort", () => resolve());
      }),
    readState: (script) => states.get(script) ?? "",
    writeState: (script, text) => void states.set(script, text),
    events: (key, generation = last(key)) =>
      parseJournal(texts.get(key)?.get(generation) ?? "").events,
    dropLines: (key, lines) =>
      change(
        key,
        (text) =>
          text.split("\n").slice(0, -1 - lines).map((line) => `${line}\n`).join(
            "",
          ),
      ),
    truncate: (key, characters) =>
      change(key, (text) => text.slice(0, text.length - characters)),
    text: (key) => generationsOf(key).get(last(key)) ?? "",
    rewrite: change,
    deleteAll: (key) => void texts.delete(key),
    put: (key, generation, events) =>
      void generationsOf(key).set(
        generation,
        events.map(journalLine).join(""),
      ),
    freeLocks: () => locks.clear(),
  };
}
