import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Stream } from "../../src/contexts/shell.ts";
import { withStandbyShells } from "../../src/contexts/standby_shells.ts";
import { fail, ok } from "../../src/text/result.ts";
import { settled } from "../helpers/environment.ts";

/** A far side that tells what was wanted of it; `dead` are loaders that are gone by then. */
function farSide({ dead = [] as readonly number[], full = false } = {}) {
  const told: string[] = [];
  const made = { count: 0 };
  const spares = withStandbyShells((ahead) => {
    const number = ++made.count;
    told.push(`${ahead ? "ahead" : "now"} ${number}`);
    if (ahead && full) return Promise.resolve(fail(FULL));
    return Promise.resolve(ok({
      isThere: () => !dead.includes(number),
      give(script: string) {
        told.push(`${script} to ${number}`);
        return {} as Stream;
      },
      drop() {
        told.push(`drop ${number}`);
        return Promise.resolve();
      },
    }));
  });
  const run = async (script: string) => {
    await spares.open(script);
    await settled();
    return told.splice(0);
  };
  return { run, spares, told };
}

const FULL = {
  kind: "connection",
  summary: "Cannot open",
  detail: "full",
  isRetryable: true,
} as const;

Deno.test("The first script is not waited for, the next find a loader there", async () => {
  const { run } = farSide();
  deepStrictEqual(await run("a"), ["now 1", "a to 1", "ahead 2", "ahead 3"]);
  deepStrictEqual(await run("b"), ["b to 2", "ahead 4"]);
  deepStrictEqual(await run("c"), ["c to 3", "ahead 5"]);
});

Deno.test("A loader that is gone is let go, and another takes the script", async () => {
  const { run } = farSide({ dead: [2, 3] });
  await run("a");
  deepStrictEqual(await run("b"), [
    ...["drop 2", "drop 3", "now 4", "b to 4"],
    ...["ahead 5", "ahead 6"],
  ]);
});

Deno.test("Where none can be had ahead, each script gets its own", async () => {
  const { run } = farSide({ full: true });
  await run("a");
  const told = await run("b");
  deepStrictEqual(told.slice(0, 2), ["now 4", "b to 4"]);
});

Deno.test("Loaders that wait for nothing are let go in the end", async () => {
  const { run, spares, told } = farSide();
  await run("a");
  await spares.drop();
  deepStrictEqual(told.sort(), ["drop 2", "drop 3"]);
});

Deno.test("Two scripts at once never get the same loader", async () => {
  const { run, spares, told } = farSide();
  await run("a");
  await Promise.all(["b", "c", "d"].map((script) => spares.open(script)));
  const takers = told.flatMap((line) => / to (\d+)/.exec(line)?.[1] ?? []);
  strictEqual(new Set(takers).size, 3);
});
