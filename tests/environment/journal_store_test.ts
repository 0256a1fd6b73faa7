import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { localJournalStore } from "../../src/environment/journal_store.ts";

const KEY = "0123abcd-4567cdef";

/** Journals in a folder of their own. */
async function withJournals(
  body: (
    journals: ReturnType<typeof localJournalStore>,
    file: string,
  ) => void | Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const journals = localJournalStore((name) =>
    name === "XDG_STATE_HOME" ? root : undefined
  );
  const lock = journals.lock(KEY);
  ok(lock.ok && lock.value);
  await body(journals, `${journals.directory(KEY)}/1.jsonl`);
  lock.value.release();
  await Deno.remove(root, { recursive: true });
}

Deno.test("a torn tail is cut behind the last whole line, whatever bytes it has", () =>
  withJournals((journals, file) => {
    const whole = new TextEncoder().encode('{"a":"\u00e9"}\n');
    for (const tail of [[], [123], [0xc3], [0, 0, 0], [0xff, 0xfe, 32]]) {
      Deno.writeFileSync(file, new Uint8Array([...whole, ...tail]));
      ok(journals.cutTail(KEY, 1).ok);
      deepStrictEqual(Deno.readFileSync(file), whole);
    }
    Deno.writeFileSync(file, new Uint8Array([123, 34]));
    ok(journals.cutTail(KEY, 1).ok);
    strictEqual(Deno.readFileSync(file).length, 0);
    journals.append(KEY, 1, "next\n");
    strictEqual(journals.read(KEY, 1), "next\n");
  }));

Deno.test("who waits for a wish to cancel hears of it at once, and not of the journal's own lines", () =>
  withJournals(async (journals) => {
    const over = new AbortController();
    const heard: string[] = [];
    const asked = journals.cancelRequested(KEY, over.signal)
      .then(() => heard.push("cancel"));
    strictEqual(journals.isCancelRequested(KEY), false);
    for (let at = 0; at < 5; at++) {
      journals.append(KEY, 1, "line\n");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    deepStrictEqual(heard, []);
    // As another terminal does it.
    localJournalStore(() => journals.directory("").replace(/\/dpdisp\/$/, ""))
      .requestCancel(KEY, true);
    await asked;
    strictEqual(journals.isCancelRequested(KEY), true);
    over.abort();
  }));

Deno.test("nobody waits longer than until the signal, whether or not the folder can be watched", () =>
  withJournals(async (journals) => {
    for (const key of [KEY, "not-there"]) {
      const over = new AbortController();
      const asked = journals.cancelRequested(key, over.signal);
      over.abort();
      await asked;
    }
  }));
