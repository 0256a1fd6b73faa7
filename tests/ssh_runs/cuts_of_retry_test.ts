/** A connection that breaks while a task is retried, and while a run is cancelled. */
import { deepStrictEqual, ok } from "node:assert/strict";
import type { Event } from "../../src/model/event.ts";
import { eventsOfType, outcomeOf } from "../helpers/simulation/mod.ts";
import { readOr } from "../helpers/remote_dir.ts";
import { isAlive } from "../helpers/processes.ts";
import { waitUntil } from "../helpers/job_sandbox.ts";
import { sshTest } from "../helpers/sshd.ts";
import { sideBySide, withProxy } from "./cuts.ts";
import { describeEvents, runEvents } from "./play.ts";
import type { Work } from "./work.ts";

/** Returns the number of events since the first one for which this holds; -1 before that. */
function since(holds: (event: Event) => boolean) {
  const seen = { count: -1 };
  return (event: Event) => {
    if (seen.count >= 0 || holds(event)) seen.count++;
    return seen.count;
  };
}

sshTest(
  "A connection that is cut at any event while a failed task is retried adds no attempt",
  async (testbed) => {
    await sideBySide(
      Array(16).keys(),
      (k) =>
        withProxy(testbed, async ({ proxy, work }) => {
          const count = since((event) =>
            event.type === "taskExited" && event.code === 1
          );
          const events = await runEvents(work, {
            on(event) {
              if (count(event) === k) proxy.cut();
            },
          });
          deepStrictEqual(
            [outcomeOf(events), work.ran(), work.isComplete(0), work.left()],
            ["succeeded", ["t0", "t0", "t1"], true, []],
            `${k}: ${describeEvents(events)}`,
          );
        }, { tasks: 2, groupSize: 1, firstFails: 0 }),
    );
  },
);

/** Tasks that run until they are ended, and write down their process id. */
const endless = {
  tasks: 2,
  groupSize: 1,
  code: `echo $$ >>"$FAR/pids"; exec sleep 300`,
};

function pidsOf({ remoteDir }: Work): readonly number[] {
  return readOr(`${remoteDir}/pids`, "").split("\n").filter(Boolean).map(
    Number,
  );
}

sshTest(
  "A connection that is cut at any event of a cancellation leaves no task running",
  async (testbed) => {
    await sideBySide(
      Array(5).keys(),
      (k) =>
        withProxy(testbed, async ({ proxy, work }) => {
          const interrupt = new AbortController();
          const count = since(({ type }) => type === "cancelRequested");
          const starts = since(({ type }) => type === "taskStarted");
          const events = await runEvents(work, {
            interrupt: interrupt.signal,
            options: { cancelOnInterrupt: true },
            async on(event) {
              // The second of both: they may be told in one look or in two.
              if (event.type === "taskStarted" && starts(event) >= 1) {
                await waitUntil(() => pidsOf(work).length === 2);
                interrupt.abort();
              }
              if (count(event) === k) proxy.cut();
            },
          });
          const title = `${k}: ${describeEvents(events)}`;
          deepStrictEqual(outcomeOf(events), "cancel", title);
          deepStrictEqual(work.ran(), ["t0", "t1"], title);
          ok(eventsOfType(events, "warning").length <= 1, title);
          await waitUntil(() => !pidsOf(work).some(isAlive));
        }, endless),
    );
  },
);
