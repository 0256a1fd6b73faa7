import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { restAfter, retry } from "../../src/text/retry.ts";
import { racingClock } from "../helpers/fake_clock.ts";

Deno.test("each attempt is followed by its delay, the last delay repeats", () => {
  const options = { restsMs: [10, 50, 200] };
  deepStrictEqual(
    [0, 1, 2, 3, 4, 9].map((attempts) => restAfter(options, attempts)),
    [0, 10, 50, 200, 200, 200],
  );
});

/** When each attempt was made, and what came of them all; the n-th is good. */
async function attempts(
  good: number,
  options: Partial<Parameters<typeof retry>[2]> = {},
) {
  const clock = racingClock(0);
  const times: number[] = [];
  const last = await retry(
    (number) => (times.push(clock.now()), number),
    (number) => number === good,
    { restsMs: [10, 50, 200], ...options, clock },
  );
  return { times, last };
}

Deno.test("attempts are repeated until one is good enough", async () => {
  deepStrictEqual(await attempts(1), { times: [0], last: 1 });
  deepStrictEqual(await attempts(5), {
    times: [0, 10, 60, 260, 460],
    last: 5,
  });
});

Deno.test("there is no delay after the last attempt", async () => {
  deepStrictEqual(await attempts(9, { maxAttempts: 2 }), {
    times: [0, 10],
    last: 2,
  });
});

Deno.test("an attempt that ends after the time limit is the last", async () => {
  const { times } = await attempts(9, { timeoutMs: 261 });
  deepStrictEqual(times, [0, 10, 60, 260, 460]);
  strictEqual((await attempts(9, { timeoutMs: 260 })).last, 4);
});
