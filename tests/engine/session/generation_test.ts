/** What stands in a journal, and what becomes of one that is damaged. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { replay } from "../../../src/model/run_state/mod.ts";
import { fail } from "../../../src/text/result.ts";
import {
  codes,
  endingOf,
  listen,
  newScene,
  only,
  planWith,
  play,
  type Scene,
  startClient,
  until,
} from "../../helpers/simulation/mod.ts";
import type { FakeJournals } from "../../helpers/fake_journals.ts";

const plan = planWith(4, 2);
const long = () => 100_000;
const once = { t0: [0], t1: [0], t2: [0], t3: [0] };

/** The events of an interrupted run stand in the journal; what is done to its text; and how the same command goes on. */
async function goesOn(
  edit: (text: string, scene: Scene) => string,
  options: Parameters<typeof play>[2] = {},
) {
  const scene = newScene({ lasts: long });
  const client = await startClient(scene, plan);
  await until(client, "taskStarted");
  client.interrupt();
  await listen(client);
  scene.journals.rewrite(plan.runKey, (text) => edit(text, scene));
  const text = scene.journals.text(plan.runKey);
  const events = await play(scene, plan, options);
  return { scene, text, events };
}

Deno.test("whatever line of the journal is damaged, it is named, and every task runs once", async () => {
  const lines = (await goesOn((text) => text)).text.split("\n").length - 1;
  ok(lines > 10);
  for (let damaged = 1; damaged <= lines; damaged++) {
    const { scene, events } = await goesOn((text) => {
      const all = text.split("\n");
      all[damaged - 1] = all[damaged - 1]!.slice(0, 15);
      return all.join("\n");
    });
    strictEqual(endingOf(events), "succeeded", `line ${damaged}`);
    const [warned] = only(events, "warning");
    strictEqual(
      warned?.failure.summary,
      `Cannot read line ${damaged} of the journal /state/dpdisp/${plan.runKey}/1.jsonl`,
    );
    deepStrictEqual(codes(scene), once, `line ${damaged}`);
    deepStrictEqual(scene.far.queue.crimes, [], `line ${damaged}`);
  }
});

Deno.test("a journal that has lost its run's beginning gives jobs names that every queue shows, none twice", async () => {
  const scene = newScene({
    lasts: long,
    exits: (task, n) => task === "t0" && n < 3 ? 1 : 0,
  });
  await play(scene, plan, { exitOnSubmit: true });
  scene.journals.rewrite(
    plan.runKey,
    (text) => text.replace('"type":"runStarted"', '"type":"b'),
  );
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  const names = scene.far.queue.jobs.map(({ name }) => name);
  strictEqual(new Set(names).size, 4);
  ok(names.every((name) => name.length <= 15), names.join());
});

Deno.test("of many damaged lines the first are named", async () => {
  const { events } = await goesOn((text) =>
    text.replace("\n", "\n\0\n".repeat(8))
  );
  deepStrictEqual(
    only(events, "warning").map(({ failure }) =>
      failure.summary.split(" of ")[0]
    ),
    ["Cannot read lines 2, 4, 6, 8, 10 and 3 more"],
  );
});

Deno.test("who follows is told of a damaged line, too", async () => {
  const scene = newScene({ lasts: long });
  const leader = await startClient(scene, plan);
  await until(leader, "taskStarted");
  const follower = await startClient(scene, plan);
  await until(follower, "attached");
  const lines = scene.journals.text(plan.runKey).split("\n").length;
  scene.journals.append(plan.runKey, 1, "{damaged\n");
  const [, followed] = await Promise.all([listen(leader), listen(follower)]);
  deepStrictEqual(
    only(followed, "warning").map(({ failure }) => failure.summary),
    [
      `Cannot read line ${lines} of the journal /state/dpdisp/${plan.runKey}/1.jsonl`,
    ],
  );
  strictEqual(endingOf(followed), "succeeded");
});

Deno.test("a torn tail is cut before anything is written behind it", async () => {
  const { scene, events } = await goesOn((text) => `${text}{"type":"wai`);
  strictEqual(endingOf(events), "succeeded");
  deepStrictEqual(only(events, "warning"), []);
  ok(!scene.journals.text(plan.runKey).includes('{"type":"wai{'));
  deepStrictEqual(
    scene.journals.events(plan.runKey).slice(-events.length),
    events,
  );
});

Deno.test("a journal begins with its schema, once", async () => {
  const { text, scene } = await goesOn((text) => text);
  const headers = scene.journals.text(plan.runKey).split("\n")
    .filter((line) => line.includes('"type":"journal"'));
  strictEqual(text.split("\n")[0], headers[0]);
  strictEqual(headers.length, 1);
  strictEqual(JSON.parse(headers[0]!).schema, 1);
});

Deno.test("a journal from before there were headers goes on", async () => {
  const { scene, events } = await goesOn((text) =>
    text.slice(text.indexOf("\n") + 1)
  );
  strictEqual(endingOf(events), "succeeded");
  deepStrictEqual(only(events, "warning"), []);
  deepStrictEqual(codes(scene), once);
});

Deno.test("the journal of a later version is not misread: nothing is sent, unless it is to be forgotten", async () => {
  const later = (text: string) => text.replace('"schema":1', '"schema":2');
  const { scene, events } = await goesOn(later);
  const [left] = only(events, "sessionEnded");
  deepStrictEqual([events.length, left?.failure?.kind], [1, "input"]);
  match(left!.failure!.detail, /newer version/);
  strictEqual(scene.far.trips.acquire, 1);
  const { events: anew } = await goesOn(later, { forget: true });
  strictEqual(endingOf(anew), "succeeded");
});

Deno.test("the journal says by itself what a run was to do and how far it is", async () => {
  const { scene } = await goesOn((text) => text);
  const { plan: summary, tasks, remote } = replay(
    scene.journals.events(plan.runKey),
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

Deno.test("what a run is to do is told again where it has changed, and only there", async () => {
  const { scene } = await goesOn((text) => text);
  const told = () => only(scene.journals.events(plan.runKey), "sessionStarted");
  deepStrictEqual(told().map(({ plan }) => plan !== undefined), [true, false]);
  const other = newScene({ lasts: long });
  await play(other, plan, { exitOnSubmit: true });
  await play(other, planWith(5, 2), { exitOnSubmit: true });
  deepStrictEqual(
    only(other.journals.events(plan.runKey), "sessionStarted")
      .map(({ plan }) => plan?.tasks.length),
    [4, 5],
  );
});

Deno.test("a journal that takes no more ends the session there, and nothing is told that is not in it", async () => {
  const failure = {
    kind: "input",
    summary: "Cannot keep a journal",
    detail: "no space left",
    isRetryable: false,
  } as const;
  for (const lines of [1, 2, 5, 9, 12]) {
    const scene = newScene({ lasts: long });
    const count = { lines: 0 };
    const journals: FakeJournals = {
      ...scene.journals,
      append: (...line) =>
        ++count.lines < lines ? scene.journals.append(...line) : fail(failure),
    };
    const client = await startClient(scene, plan, {}, { journals });
    const events = await listen(client);
    const [left] = only(events, "sessionEnded");
    deepStrictEqual(left?.failure, failure);
    deepStrictEqual(
      events.slice(0, -1),
      lines === 1 ? [] : scene.journals.events(plan.runKey),
    );
    strictEqual(events.length, lines);
    strictEqual(endingOf(await play(scene, plan)), "succeeded");
    deepStrictEqual(codes(scene), once);
  }
});
