import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { totpCodes } from "../../../../src/contexts/ssh/auth/totp.ts";
import { localJournalStore } from "../../../../src/environment/journal_store.ts";
import { namesIn } from "../../../helpers/remote_dir.ts";
import { codeAt } from "../../../helpers/totp.ts";
import {
  fakeClock,
  fakeScreen,
  fakeWorld,
  settled,
} from "../../../helpers/environment.ts";

const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const START = 1_700_000_010_000;

Deno.test("Codes are those of RFC 6238", async () => {
  // Appendix B, SHA-1, the last six of its eight digits.
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  for (const [seconds, code] of [[59, "287082"], [1_111_111_109, "081804"]]) {
    const world = fakeWorld({ clock: fakeClock(1000 * Number(seconds)) });
    strictEqual(await totpCodes(secret, world)!.next(), code);
  }
});

Deno.test("A secret may be written in small letters, with spaces and dashes; other text is none", async () => {
  const world = fakeWorld({ clock: fakeClock(START) });
  const written = SECRET.toLowerCase().replace(/(.{4})/g, "$1 -").trim();
  strictEqual(await totpCodes(written, world)!.next(), codeAt(SECRET, START));
  strictEqual(totpCodes("not base 32!", world), null);
});

Deno.test("A window is used once by all that run on this machine, whatever host asks", async () => {
  const folder = await Deno.makeTempDir();
  const clock = fakeClock(START);
  // As of two processes: each has its own view of the same files.
  const processes = [1, 2, 3].map(() =>
    totpCodes(
      SECRET,
      fakeWorld({ clock, journals: localJournalStore(() => folder) as never }),
    )!
  );
  const told: string[] = [];
  const all = processes.map(async (codes) => told.push(await codes.next()));
  await settled();
  deepStrictEqual(told, [codeAt(SECRET, START)]);
  await clock.advance(30_000);
  strictEqual(told.length, 2);
  await clock.advance(30_000);
  await Promise.all(all);
  const windows = [0, 30_000, 60_000].map((ms) => codeAt(SECRET, START + ms));
  deepStrictEqual(told, windows);
  deepStrictEqual(localJournalStore(() => folder).keys(), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("While another takes a window, it is not free", async () => {
  const folder = await Deno.makeTempDir();
  const clock = fakeClock(START);
  const journals = localJournalStore(() => folder);
  const codes = totpCodes(
    SECRET,
    fakeWorld({ clock, journals: journals as never }),
  )!;
  await codes.next();
  const place = namesIn(`${folder}/dpdisp`).find((name) =>
    name.endsWith(".codes")
  );
  await clock.advance(30_000);
  const lock = journals.lock(place!);
  ok(lock.ok && lock.value !== null);
  const told: string[] = [];
  const next = codes.next().then((code) => told.push(code));
  await settled();
  deepStrictEqual(told, []);
  lock.value.release();
  await clock.advance(30_000);
  await next;
  deepStrictEqual(told, [codeAt(SECRET, START + 60_000)]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("A clock that was set back makes nobody wait", async () => {
  const world = fakeWorld({ clock: fakeClock(START) });
  await totpCodes(SECRET, world)!.next();
  const earlier = { ...world, clock: fakeClock(START - 3_600_000) };
  strictEqual(
    await totpCodes(SECRET, earlier)!.next(),
    codeAt(SECRET, START - 3_600_000),
  );
});

Deno.test("Whoever looks on is told once what is waited for, and nobody else", async () => {
  const told = async (columns: number | null, isQuiet: boolean) => {
    const screen = { ...fakeScreen(columns), isQuiet };
    const clock = fakeClock(START + 12_600);
    const world = fakeWorld({ clock, terminal: screen });
    const codes = totpCodes(SECRET, world)!;
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
  strictEqual(await told(80, false), `${text}\n`.repeat(2));
  strictEqual(await told(0, false), `${text}\n`.repeat(2));
  strictEqual(await told(80, true), "");
  strictEqual(await told(null, false), "");
});
