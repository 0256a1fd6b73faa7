import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import {
  liveReporter,
  plainReporter,
} from "../../../src/cli/progress/reporters.ts";
import { showWait, waitLines } from "../../../src/cli/progress/waits.ts";
import { planOfTasks, runViewOf } from "../../helpers/run_events.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";

Deno.test("The call that has waited longest is shown, once it takes long", () => {
  const waits = [
    { what: "the remote host", since: 20_000 },
    { what: "squeue", since: 1_000 },
  ];
  strictEqual(showWait(waits, 5_999), "");
  strictEqual(showWait(waits, 46_900), ", waiting for squeue (45 s)");
  strictEqual(showWait([], 46_900), "");
});

Deno.test("A line is given once for each stretch of waiting", () => {
  const lines = waitLines();
  const squeue = [{ what: "squeue", since: 0 }];
  deepStrictEqual(
    [
      lines(squeue, 14_000),
      lines(squeue, 15_000),
      lines(squeue, 40_000),
      lines([], 60_000),
      lines([{ what: "squeue", since: 60_000 }], 80_000),
    ],
    [
      null,
      "waiting for squeue, for 15 s now",
      null,
      null,
      "waiting for squeue, for 20 s now",
    ],
  );
});

Deno.test("Without a terminal the wait is one line, at a terminal it is in the status line", async () => {
  const environment = fakeEnvironment();
  const { clock, terminal } = environment;
  const waits = [{ what: "squeue", since: clock.elapsed() }];
  const view = { ...runViewOf(planOfTasks(1)), waits: () => waits };
  const plain = plainReporter(view, environment);
  const live = liveReporter(view, environment);
  for (let seconds = 0; seconds < 60; seconds++) {
    await clock.advance(1_000);
    plain.tick!.now();
  }
  const written = terminal.written.err;
  strictEqual(written.match(/waiting for/g)?.length, 1, written);
  const drawn: string[] = [];
  terminal.draw = (text: string) => void drawn.push(text);
  live.tick!.now();
  match(drawn.at(-1)!, /, waiting for squeue \(60 s\) · /);
});
