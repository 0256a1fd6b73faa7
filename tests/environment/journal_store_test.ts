import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { localJournalStore } from "../../src/environment/journal_store.ts";

const KEY = "0123abcd-4567cdef";

/** Journals in a directory of their own. */
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

Deno.test("an incomplete last line is removed, whatever bytes it has", () =>
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

Deno.test("a directory that is away is a passing failure, and no file is made in its place", () =>
  withJournals((journals, file) => {
    ok(journals.append(KEY, 1, "1\n").ok);
    const directory = journals.directory(KEY);
    Deno.renameSync(directory, `${directory}.away`);
    const written = journals.append(KEY, 1, "2\n");
    ok(!written.ok && written.error.isRetryable);
    strictEqual(journals.isCancelRequested(KEY), false);
    journals.requestCancel(KEY, false);
    Deno.renameSync(`${directory}.away`, directory);
    ok(journals.append(KEY, 1, "2\n").ok);
    strictEqual(Deno.readTextFileSync(file), "1\n2\n");
  }));

Deno.test("a request to cancel is noticed at once, and lines of the journal are not taken for one", () =>
  withJournals(async (journals) => {
    const done = new AbortController();
    const noticed: string[] = [];
    const asked = journals.cancelRequested(KEY, done.signal)
      .then(() => noticed.push("cancel"));
    strictEqual(journals.isCancelRequested(KEY), false);
    for (let at = 0; at < 5; at++) {
      journals.append(KEY, 1, "line\n");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    deepStrictEqual(noticed, []);
    // As another terminal does it.
    localJournalStore(() => journals.directory("").replace(/\/dpdisp\/$/, ""))
      .requestCancel(KEY, true);
    await asked;
    strictEqual(journals.isCancelRequested(KEY), true);
    done.abort();
  }));

Deno.test("the wait ends with the signal, whether or not the directory can be watched", () =>
  withJournals(async (journals) => {
    for (const key of [KEY, "not-there"]) {
      const done = new AbortController();
      const asked = journals.cancelRequested(key, done.signal);
      done.abort();
      await asked;
    }
  }));
