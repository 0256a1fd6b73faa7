import { deepStrictEqual, ok } from "node:assert/strict";
import { beginning } from "../../src/progress.ts";
import { attach } from "../../src/session/attach.ts";
import { journalLine } from "../../src/journal.ts";
import { plainWishes, planWith } from "../helpers/client.ts";
import { NOON } from "../helpers/events.ts";
import { fakeJournals } from "../helpers/fake_journals.ts";
import { fakeWorld } from "../helpers/world.ts";

Deno.test("a wish to cancel that comes when the run has ended is not for the next run", async () => {
  const plan = planWith(1, 1);
  const journals = fakeJournals();
  const leader = journals.lock(plan.key);
  ok(leader.ok && leader.value);
  const { release } = leader.value;
  const session = {
    plan,
    wishes: { ...plainWishes, cancel: true },
    world: { ...fakeWorld(), journals },
    open: () => Promise.reject(new Error("nobody leads here")),
    interrupt: new AbortController().signal,
    progress: beginning(),
    transfers: () => ({ up: null, down: null }),
  };
  const told: string[] = [];
  const lock = await attach(session, ({ type }) => {
    told.push(type);
    if (type !== "waiting") return;
    // The other dpdisp ends between the look at its journal and the wish.
    const end = { type: "finished", outcome: "done", dropped: 0, at: NOON };
    journals.append(plan.key, 1, journalLine(end as never));
    release();
  });
  deepStrictEqual([lock, told], [null, ["waiting", "finished"]]);
  deepStrictEqual(journals.isAskedToCancel(plan.key), false);
});
