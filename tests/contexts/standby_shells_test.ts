import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Stream } from "../../src/contexts/shell.ts";
import { standbyPool } from "../../src/contexts/standby_shells.ts";
import { fail, ok } from "../../src/text/result.ts";
import { nextTurn } from "../helpers/environment.ts";

/** A remote host that logs each request; the loaders `ended` end before they get a script. */
function fakeHost({ ended = [] as readonly number[], isFull = false } = {}) {
  const log: string[] = [];
  const started = { count: 0 };
  const pool = standbyPool((isAhead) => {
    const number = ++started.count;
    log.push(`${isAhead ? "ahead" : "now"} ${number}`);
    if (isAhead && isFull) return Promise.resolve(fail(FULL));
    return Promise.resolve(ok({
      isRunning: () => !ended.includes(number),
      run(script: string) {
        log.push(`${script} to ${number}`);
        return {} as Stream;
      },
      close() {
        log.push(`close ${number}`);
        return Promise.resolve();
      },
    }));
  });
  const run = async (script: string) => {
    await pool.open(script);
    await nextTurn();
    return log.splice(0);
  };
  return { run, pool, log };
}

const FULL = {
  kind: "connection",
  summary: "Cannot open",
  detail: "full",
  isRetryable: true,
} as const;

Deno.test("The first script gets a loader of its own, the next ones get standby loaders", async () => {
  const { run } = fakeHost();
  deepStrictEqual(await run("a"), ["now 1", "a to 1", "ahead 2", "ahead 3"]);
  deepStrictEqual(await run("b"), ["b to 2", "ahead 4"]);
  deepStrictEqual(await run("c"), ["c to 3", "ahead 5"]);
});

Deno.test("A loader that has ended is closed, and another runs the script", async () => {
  const { run } = fakeHost({ ended: [2, 3] });
  await run("a");
  deepStrictEqual(await run("b"), [
    ...["close 2", "close 3", "now 4", "b to 4"],
    ...["ahead 5", "ahead 6"],
  ]);
});

Deno.test("Where no standby loader can be started, each script gets its own", async () => {
  const { run } = fakeHost({ isFull: true });
  await run("a");
  const log = await run("b");
  deepStrictEqual(log.slice(0, 2), ["now 4", "b to 4"]);
});

Deno.test("Unused loaders are closed in the end", async () => {
  const { run, pool, log } = fakeHost();
  await run("a");
  await pool.close();
  deepStrictEqual(log.sort(), ["close 2", "close 3"]);
});

Deno.test("Two scripts at once never get the same loader", async () => {
  const { run, pool, log } = fakeHost();
  await run("a");
  await Promise.all(["b", "c", "d"].map((script) => pool.open(script)));
  const used = log.flatMap((line) => / to (\d+)/.exec(line)?.[1] ?? []);
  strictEqual(new Set(used).size, 3);
});
