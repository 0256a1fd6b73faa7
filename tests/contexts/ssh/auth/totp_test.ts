import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { totpCodes } from "../../../../src/contexts/ssh/auth/totp.ts";
import { localJournalStore } from "../../../../src/environment/journal_store.ts";
import { namesIn } from "../../../helpers/remote_dir.ts";
import { codeAt } from "../../../helpers/totp.ts";
import {
  fakeClock,
  fakeEnvironment,
  fakeTerminal,
  nextTurn,
} from "../../../helpers/environment.ts";

const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const START = 1_700_000_010_000;

Deno.test("Codes are those of RFC 6238", async () => {
  // Appendix B, SHA-1, the last six of its eight digits.
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  for (const [seconds, code] of [[59, "287082"], [1_111_111_109, "081804"]]) {
    const environment = fakeEnvironment({
      clock: fakeClock(1000 * Number(seconds)),
    });
    strictEqual(await totpCodes(secret, environment)!.next(), code);
  }
});

Deno.test("A secret may have lower-case letters, spaces and dashes; other text is rejected", async () => {
  const environment = fakeEnvironment({ clock: fakeClock(START) });
  const written = SECRET.toLowerCase().replace(/(.{4})/g, "$1 -").trim();
  strictEqual(
    await totpCodes(written, environment)!.next(),
    codeAt(SECRET, START),
  );
  strictEqual(totpCodes("not base 32!", environment), null);
});

Deno.test("All processes of this computer together use a window once, whichever host asks", async () => {
  const directory = await Deno.makeTempDir();
  const clock = fakeClock(START);
  // As of two processes: each has its own view of the same files.
  const processes = [1, 2, 3].map(() =>
    totpCodes(
      SECRET,
      fakeEnvironment({
        clock,
        journals: localJournalStore(() => directory) as never,
      }),
    )!
  );
  const lines: string[] = [];
  const all = processes.map(async (codes) => lines.push(await codes.next()));
  await nextTurn();
  deepStrictEqual(lines, [codeAt(SECRET, START)]);
  await clock.advance(30_000);
  strictEqual(lines.length, 2);
  await clock.advance(30_000);
  await Promise.all(all);
  const windows = [0, 30_000, 60_000].map((ms) => codeAt(SECRET, START + ms));
  deepStrictEqual(lines, windows);
  deepStrictEqual(localJournalStore(() => directory).keys(), []);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("While another process claims a window, it is not available", async () => {
  const directory = await Deno.makeTempDir();
  const clock = fakeClock(START);
  const journals = localJournalStore(() => directory);
  const codes = totpCodes(
    SECRET,
    fakeEnvironment({ clock, journals: journals as never }),
  )!;
  await codes.next();
  const place = namesIn(`${directory}/dpdisp`).find((name) =>
    name.endsWith(".codes")
  );
  await clock.advance(30_000);
  const lock = journals.lock(place!);
  ok(lock.ok && lock.value !== null);
  const lines: string[] = [];
  const next = codes.next().then((code) => lines.push(code));
  await nextTurn();
  deepStrictEqual(lines, []);
  lock.value.release();
  await clock.advance(30_000);
  await next;
  deepStrictEqual(lines, [codeAt(SECRET, START + 60_000)]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("A clock that was set back causes no wait", async () => {
  const environment = fakeEnvironment({ clock: fakeClock(START) });
  await totpCodes(SECRET, environment)!.next();
  const earlier = { ...environment, clock: fakeClock(START - 3_600_000) };
  strictEqual(
    await totpCodes(SECRET, earlier)!.next(),
    codeAt(SECRET, START - 3_600_000),
  );
});

Deno.test("The wait is shown once, and only at a terminal", async () => {
  const lines = async (columns: number | null, isQuiet: boolean) => {
    const screen = { ...fakeTerminal(columns), isQuiet };
    const clock = fakeClock(START + 12_600);
    const environment = fakeEnvironment({ clock, terminal: screen });
    const codes = totpCodes(SECRET, environment)!;
    await codes.next();
    strictEqual(screen.written.err, "");
    // One of them has to wait for two windows.
    const both = Promise.all([codes.next(), codes.next()]);
    await clock.advance(60_000);
    await both;
    strictEqual(screen.written.out, "");
    return screen.written.err;
  };
  const text =
    "waiting 18 s for the next verification code: each code can be used once";
  strictEqual(await lines(80, false), `${text}\n`.repeat(2));
  strictEqual(await lines(0, false), `${text}\n`.repeat(2));
  strictEqual(await lines(80, true), "");
  strictEqual(await lines(null, false), "");
});
