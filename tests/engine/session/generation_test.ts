/** What stands in a journal, and what becomes of one that is damaged. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { replay } from "../../../src/model/run_state/mod.ts";
import { fail } from "../../../src/text/result.ts";
import {
  eventsOfType,
  exitCodes,
  newSimulation,
  outcomeOf,
  planWith,
  readEvents,
  runToEnd,
  type Simulation,
  startClient,
  waitForEvent,
} from "../../helpers/simulation/mod.ts";
import type { FakeJournals } from "../../helpers/fake_journals.ts";

const plan = planWith(4, 2);
const long = () => 100_000;
const once = { t0: [0], t1: [0], t2: [0], t3: [0] };

/** The events of an interrupted run stand in the journal; what is done to its text; and how the same command goes on. */
async function goesOn(
  edit: (text: string, simulation: Simulation) => string,
  options: Parameters<typeof runToEnd>[2] = {},
) {
  const simulation = newSimulation({ lasts: long });
  const client = await startClient(simulation, plan);
  await waitForEvent(client, "taskStarted");
  client.interrupt();
  await readEvents(client);
  simulation.journals.rewrite(plan.runKey, (text) => edit(text, simulation));
  const text = simulation.journals.text(plan.runKey);
  const events = await runToEnd(simulation, plan, options);
  return { scene: simulation, text, events };
}

Deno.test("whichever line of the journal is damaged, it is named, and every task runs once", async () => {
  const lines = (await goesOn((text) => text)).text.split("\n").length - 1;
  ok(lines > 10);
  for (let damaged = 1; damaged <= lines; damaged++) {
    const { scene: simulation, events } = await goesOn((text) => {
      const all = text.split("\n");
      all[damaged - 1] = all[damaged - 1]!.slice(0, 15);
      return all.join("\n");
    });
    strictEqual(outcomeOf(events), "succeeded", `line ${damaged}`);
    const [warned] = eventsOfType(events, "warning");
    strictEqual(
      warned?.failure.summary,
      `Cannot read line ${damaged} of the journal /state/dpdisp/${plan.runKey}/1.jsonl`,
    );
    deepStrictEqual(exitCodes(simulation), once, `line ${damaged}`);
    deepStrictEqual(simulation.remote.queue.violations, [], `line ${damaged}`);
  }
});

Deno.test("a journal without the start of its run gives jobs names that fit every queue, none twice", async () => {
  const simulation = newSimulation({
    lasts: long,
    exits: (task, n) => task === "t0" && n < 3 ? 1 : 0,
  });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  simulation.journals.rewrite(
    plan.runKey,
    (text) => text.replace('"type":"runStarted"', '"type":"b'),
  );
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  const names = simulation.remote.queue.jobs.map(({ name }) => name);
  strictEqual(new Set(names).size, 4);
  ok(names.every((name) => name.length <= 15), names.join());
});

Deno.test("of many damaged lines the first are named", async () => {
  const { events } = await goesOn((text) =>
    text.replace("\n", "\n\0\n".repeat(8))
  );
  deepStrictEqual(
    eventsOfType(events, "warning").map(({ failure }) =>
      failure.summary.split(" of ")[0]
    ),
    ["Cannot read lines 2, 4, 6, 8, 10 and 3 more"],
  );
});

Deno.test("an attached dpdisp is told of a damaged line, too", async () => {
  const simulation = newSimulation({ lasts: long });
  const leader = await startClient(simulation, plan);
  await waitForEvent(leader, "taskStarted");
  const follower = await startClient(simulation, plan);
  await waitForEvent(follower, "attached");
  const lines = simulation.journals.text(plan.runKey).split("\n").length;
  simulation.journals.append(plan.runKey, 1, "{damaged\n");
  const [, followed] = await Promise.all([
    readEvents(leader),
    readEvents(follower),
  ]);
  deepStrictEqual(
    eventsOfType(followed, "warning").map(({ failure }) => failure.summary),
    [
      `Cannot read line ${lines} of the journal /state/dpdisp/${plan.runKey}/1.jsonl`,
    ],
  );
  strictEqual(outcomeOf(followed), "succeeded");
});

Deno.test("an incomplete last line is removed before a line is appended", async () => {
  const { scene: simulation, events } = await goesOn((text) =>
    `${text}{"type":"wai`
  );
  strictEqual(outcomeOf(events), "succeeded");
  deepStrictEqual(eventsOfType(events, "warning"), []);
  ok(!simulation.journals.text(plan.runKey).includes('{"type":"wai{'));
  deepStrictEqual(
    simulation.journals.events(plan.runKey).slice(-events.length),
    events,
  );
});

Deno.test("a journal begins with its schema, once", async () => {
  const { text, scene: simulation } = await goesOn((text) => text);
  const headers = simulation.journals.text(plan.runKey).split("\n")
    .filter((line) => line.includes('"type":"journal"'));
  strictEqual(text.split("\n")[0], headers[0]);
  strictEqual(headers.length, 1);
  strictEqual(JSON.parse(headers[0]!).schema, 1);
});

Deno.test("a journal without a header is continued", async () => {
  const { scene: simulation, events } = await goesOn((text) =>
    text.slice(text.indexOf("\n") + 1)
  );
  strictEqual(outcomeOf(events), "succeeded");
  deepStrictEqual(eventsOfType(events, "warning"), []);
  deepStrictEqual(exitCodes(simulation), once);
});

Deno.test("the journal of a later version is not misread: nothing is sent, unless --forget is given", async () => {
  const later = (text: string) => text.replace('"schema":1', '"schema":2');
  const { scene: simulation, events } = await goesOn(later);
  const [left] = eventsOfType(events, "sessionEnded");
  deepStrictEqual([events.length, left?.failure?.kind], [1, "input"]);
  match(left!.failure!.detail, /newer version/);
  strictEqual(simulation.remote.calls.acquire, 1);
  const { events: anew } = await goesOn(later, { forget: true });
  strictEqual(outcomeOf(anew), "succeeded");
});

Deno.test("the journal alone says what a run plans and how far it is", async () => {
  const { scene: simulation } = await goesOn((text) => text);
  const { plan: summary, tasks, remote } = replay(
    simulation.journals.events(plan.runKey),
  );
  deepStrictEqual(
    summary?.tasks,
    plan.tasks.map(({ key, dir, command }) => ({
      ...{ key, dir, command },
      stdoutFile: "log",
      stderrFile: "err",
    })),
  );
  strictEqual(summary?.workBase, "/work");
  strictEqual(summary?.resources.tasksPerJob, 2);
  strictEqual(remote?.host, "far");
  ok(summary.tasks.every(({ key }) => tasks.get(key)?.state === "succeeded"));
});

Deno.test("the task table is written again where it has changed, and only there", async () => {
  const { scene: simulation } = await goesOn((text) => text);
  const sessions = () =>
    eventsOfType(simulation.journals.events(plan.runKey), "sessionStarted");
  deepStrictEqual(sessions().map(({ plan }) => plan !== undefined), [
    true,
    false,
  ]);
  const other = newSimulation({ lasts: long });
  await runToEnd(other, plan, { exitOnSubmit: true });
  await runToEnd(other, planWith(5, 2), { exitOnSubmit: true });
  deepStrictEqual(
    eventsOfType(other.journals.events(plan.runKey), "sessionStarted")
      .map(({ plan }) => plan?.tasks.length),
    [4, 5],
  );
});

Deno.test("a journal that cannot be written ends the session, and no event is shown that is not in it", async () => {
  const failure = {
    kind: "input",
    summary: "Cannot keep a journal",
    detail: "no space left",
    isRetryable: false,
  } as const;
  for (const lines of [1, 2, 5, 9, 12]) {
    const simulation = newSimulation({ lasts: long });
    const count = { lines: 0 };
    const journals: FakeJournals = {
      ...simulation.journals,
      append: (...line) =>
        ++count.lines < lines
          ? simulation.journals.append(...line)
          : fail(failure),
    };
    const client = await startClient(simulation, plan, {}, { journals });
    const events = await readEvents(client);
    const [left] = eventsOfType(events, "sessionEnded");
    deepStrictEqual(left?.failure, failure);
    deepStrictEqual(
      events.slice(0, -1),
      lines === 1 ? [] : simulation.journals.events(plan.runKey),
    );
    strictEqual(events.length, lines);
    strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
    deepStrictEqual(exitCodes(simulation), once);
  }
});

Deno.test("a journal that is away for 20 s loses no line, and is said to be away once", async () => {
  const failure = {
    kind: "transfer",
    summary: "Cannot write the journal",
    detail: "No such file or directory",
    isRetryable: true,
  } as const;
  for (const lines of [1, 2, 5, 9, 12, 14, 16, 18, 20, 22]) {
    const simulation = newSimulation({ lasts: long });
    const seen = { calls: 0, since: null as number | null };
    const isAway = () => {
      if (++seen.calls >= lines) seen.since ??= simulation.clock.elapsed();
      return seen.since !== null &&
        simulation.clock.elapsed() - seen.since < 20_000;
    };
    const journals: FakeJournals = {
      ...simulation.journals,
      append: (...line) =>
        isAway() ? fail(failure) : simulation.journals.append(...line),
    };
    const client = await startClient(simulation, plan, {}, { journals });
    const events = await readEvents(client);
    const { warnings = [], others = [] } = Object.groupBy(
      events,
      (event) =>
        event.type === "warning" && event.failure.summary === failure.summary
          ? "warnings"
          : "others",
    );
    strictEqual(others.at(-1)?.type, "runFinished", `from line ${lines}`);
    deepStrictEqual(others, simulation.journals.events(plan.runKey));
    strictEqual(warnings.length, seen.since === null ? 0 : 1);
    deepStrictEqual(exitCodes(simulation), once);
  }
});

Deno.test("a journal that stays away ends the session after some minutes", async () => {
  const failure = {
    kind: "transfer",
    summary: "Cannot write the journal",
    detail: "No such file or directory",
    isRetryable: true,
  } as const;
  const simulation = newSimulation({ lasts: long });
  const begin = simulation.clock.elapsed();
  const client = await startClient(simulation, plan, {}, {
    journals: { ...simulation.journals, append: () => fail(failure) },
  });
  const [left] = eventsOfType(await readEvents(client), "sessionEnded");
  deepStrictEqual(left?.failure, failure);
  ok(simulation.clock.elapsed() - begin >= 180_000);
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  deepStrictEqual(exitCodes(simulation), once);
});
