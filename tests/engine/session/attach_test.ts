import { eventAt } from "../../../src/model/event.ts";
import { deepStrictEqual, ok } from "node:assert/strict";
import type { Wait } from "../../../src/model/backend_messages.ts";
import { initialState } from "../../../src/model/run_state/mod.ts";
import { attach } from "../../../src/engine/session/attach.ts";
import { journalLine } from "../../../src/model/journal.ts";
import { defaultOptions, planWith } from "../../helpers/simulation/mod.ts";
import { NOON, runFinished } from "../../helpers/events.ts";
import { fakeJournals } from "../../helpers/fake_journals.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";

Deno.test("a request to cancel after the end of the run is not for the next run", async () => {
  const plan = planWith(1, 1);
  const journals = fakeJournals();
  const leader = journals.lock(plan.runKey);
  ok(leader.ok && leader.value);
  const { release } = leader.value;
  const session = {
    plan,
    options: { ...defaultOptions, cancel: true },
    environment: { ...fakeEnvironment(), journals },
    open: () => Promise.reject(new Error("nobody leads here")),
    interrupt: new AbortController().signal,
    state: initialState(),
    submitting: new Set<string>(),
    transfers: { up: null, down: null },
    waits: new Set<Wait>(),
  };
  const warnings: string[] = [];
  const lock = await attach(session, ({ type }) => {
    warnings.push(type);
    if (type !== "attached") return;
    // The other dpdisp ends between the look at its journal and the wish.
    const end = eventAt(runFinished("succeeded"), NOON);
    journals.append(plan.runKey, 1, journalLine(end));
    release();
  });
  deepStrictEqual([lock, warnings], [null, ["attached", "runFinished"]]);
  deepStrictEqual(journals.isCancelRequested(plan.runKey), false);
});
