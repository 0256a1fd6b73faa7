/** Sessions on a run whose script was edited. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { EditEffect } from "../../../src/model/run_options.ts";
import type { Failure } from "../../../src/text/result.ts";
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
import type { Plan, Task } from "../../../src/model/plan.ts";

const REFUSED: Failure = {
  kind: "input",
  summary: "the script changed",
  detail: "",
  isRetryable: false,
};

/** The third task fails always, and the run stays open. */
const failing = { exits: (task: string) => task.endsWith("2") ? 1 : 0 };

function version(
  name: string,
  rows: readonly Partial<Task>[] = [{}, {}, {}],
  rest: Partial<Plan> = {},
): Plan {
  const tasks = rows.map((row, at) => ({ key: `${name}${at}`, ...row }));
  const script = { name: `script_${name}.py`, text: name };
  return planWith(tasks, 1, { machine: { retries: 0 } }, { script, ...rest });
}

/** What a session with this plan is asked about; the answer is no. */
async function askedAbout(
  simulation: Simulation,
  plan: Plan,
): Promise<EditEffect | null> {
  const asked: EditEffect[] = [];
  const events = await runToEnd(simulation, plan, {
    confirmEdit: (edit) => {
      asked.push(edit);
      return Promise.resolve(REFUSED);
    },
  });
  const ending = events.at(-1);
  if (asked.length > 0) {
    deepStrictEqual(events.map(({ type }) => type), ["sessionEnded"]);
    strictEqual(
      ending?.type === "sessionEnded" && ending.failure,
      REFUSED,
    );
  }
  const [first] = asked;
  return first === undefined ? null : {
    isScriptChanged: first.isScriptChanged,
    rerunTasks: first.rerunTasks,
    cancelledJobs: first.cancelledJobs,
  };
}

Deno.test("an edit that makes finished tasks run again is asked about, and no changes nothing", async () => {
  const simulation = newSimulation(failing);
  await runToEnd(simulation, version("a"));
  const before = simulation.journals.events(version("a").runKey);
  deepStrictEqual(await askedAbout(simulation, version("b")), {
    isScriptChanged: true,
    rerunTasks: 2,
    cancelledJobs: 0,
  });
  deepStrictEqual(
    simulation.journals.events(version("a").runKey),
    before,
  );
  deepStrictEqual(exitCodes(simulation), { a0: [0], a1: [0], a2: [1] });
});

Deno.test("an edit that cancels active jobs is asked about", async () => {
  const simulation = newSimulation({ lasts: () => 1e6 });
  await runToEnd(simulation, version("a"), { exitOnSubmit: true });
  const edited = version("a", [{ key: "b0" }, {}, {}], {
    script: version("a").script,
  });
  deepStrictEqual(await askedAbout(simulation, edited), {
    isScriptChanged: false,
    rerunTasks: 0,
    cancelledJobs: 1,
  });
  strictEqual(simulation.remote.queue.jobs.length, 3);
});

Deno.test("nothing is asked where an edit takes nothing away", async () => {
  const simulation = newSimulation(failing);
  await runToEnd(simulation, version("a"));
  // The task that failed is edited, one is added, one removed.
  const edited = version("a", [{}, { key: "b2", dir: "d2" }, {
    key: "b3",
    dir: "d3",
  }]);
  strictEqual(await askedAbout(simulation, edited), null);
});

Deno.test("with yes the finished tasks run again, and do not count when the edit is taken back", async () => {
  const simulation = newSimulation(failing);
  await runToEnd(simulation, version("a"));
  const events = await runToEnd(simulation, version("b"));
  deepStrictEqual(
    eventsOfType(events, "resultsDiscarded").map(({ tasks }) =>
      tasks.toSorted()
    ),
    [["a0", "a1", "a2"]],
  );
  deepStrictEqual(
    (await askedAbout(simulation, version("a")))?.rerunTasks,
    2,
  );
  await runToEnd(simulation, version("a"));
  deepStrictEqual(exitCodes(simulation), {
    a0: [0, 0],
    a1: [0, 0],
    a2: [1, 1],
    b0: [0],
    b1: [0],
    b2: [1],
  });
});

Deno.test("with --keep-finished the finished tasks count as done, and again in later sessions", async () => {
  const simulation = newSimulation(failing);
  await runToEnd(simulation, version("a"));
  const kept = await runToEnd(simulation, version("b"), { keepFinished: true });
  deepStrictEqual(eventsOfType(kept, "resultsKept").length, 1);
  strictEqual(outcomeOf(kept), "failed");
  strictEqual(await askedAbout(simulation, version("b")), null);
  // They are thrown away once, whichever versions they were kept for.
  deepStrictEqual(
    (await askedAbout(simulation, version("c")))?.rerunTasks,
    2,
  );
  deepStrictEqual(
    Object.keys(exitCodes(simulation)).toSorted(),
    ["a0", "a1", "a2", "b2"],
  );
});

Deno.test("results that are kept and were not downloaded yet are downloaded", async () => {
  const simulation = newSimulation(failing);
  const client = await startClient(simulation, version("a"));
  await waitForEvent(client, "taskExited");
  client.die();
  const kept = await runToEnd(simulation, version("b"), { keepFinished: true });
  const [event] = eventsOfType(kept, "resultsKept");
  deepStrictEqual(event?.results, []);
  const collected = eventsOfType(kept, "collected").flatMap(({ results }) =>
    results.map(({ task }) => task)
  );
  deepStrictEqual(event!.uncollected.includes("b0"), true);
  for (const task of event!.uncollected) ok(collected.includes(task), task);
});

Deno.test("tasks that finished unseen are kept as well, and without --keep-finished do not come back", async () => {
  for (const keepFinished of [true, false]) {
    const simulation = newSimulation(failing);
    await runToEnd(simulation, version("a"), { exitOnSubmit: true });
    await simulation.clock.sleep(1e6);
    const events = await runToEnd(simulation, version("b"), { keepFinished });
    const ran = Object.keys(exitCodes(simulation)).toSorted();
    if (keepFinished) {
      deepStrictEqual(ran, ["a0", "a1", "a2", "b2"]);
      const collected = eventsOfType(events, "collected")
        .flatMap(({ results }) => results.map(({ task }) => task));
      deepStrictEqual(collected.toSorted(), ["b0", "b1", "b2"]);
      strictEqual(eventsOfType(events, "resultsKept").length, 1);
    } else {
      deepStrictEqual(ran, ["a0", "a1", "a2", "b0", "b1", "b2"]);
    }
    await runToEnd(simulation, version("a"));
    deepStrictEqual(exitCodes(simulation).a0, [0, 0]);
  }
});

Deno.test("results that were deleted are not kept", async () => {
  const simulation = newSimulation(failing);
  await runToEnd(simulation, version("a"));
  const options = { keepFinished: true };
  const tree = { "/work/d1/out": "x" };
  const client = await startClient(simulation, version("b"), options, { tree });
  await readEvents(client);
  deepStrictEqual(exitCodes(simulation).b0, [0]);
  strictEqual(exitCodes(simulation).b1, undefined);
});

Deno.test("tasks of one directory are told apart by their commands", async () => {
  const one = { dir: "d", command: "one" };
  const two = { dir: "d", command: "two" };
  const simulation = newSimulation({ exits: (task) => task === "a1" ? 1 : 0 });
  await runToEnd(simulation, version("a", [one, two]));
  const swapped = version("b", [two, one]);
  await runToEnd(simulation, swapped, { keepFinished: true });
  deepStrictEqual(exitCodes(simulation), { a0: [0], a1: [1], b0: [0] });
});

Deno.test("cancel asks nothing, and a later run of the edited script still does", async () => {
  const simulation = newSimulation({
    lasts: (task) => task === "a0" ? 0 : 1e6,
  });
  const client = await startClient(simulation, version("a"));
  await waitForEvent(client, "collected");
  client.interrupt();
  await readEvents(client);
  const events = await runToEnd(simulation, version("b"), {
    cancel: true,
    confirmEdit: () => Promise.reject(new Error("it asks")),
  });
  strictEqual(outcomeOf(events), "cancel");
  deepStrictEqual(exitCodes(simulation), {
    a0: [0],
    a1: [null],
    a2: [null],
  });
  strictEqual((await askedAbout(simulation, version("b")))?.rerunTasks, 1);
});

Deno.test("a second dpdisp with an edited script says so and follows the tasks that run; when it takes over it asks", async () => {
  const simulation = newSimulation({ lasts: () => 100_000 });
  const leader = await startClient(simulation, version("a"));
  await waitForEvent(leader, "taskStarted");
  const follower = await startClient(simulation, version("b"), {
    confirmEdit: () => Promise.resolve(REFUSED),
  });
  const attached = await waitForEvent(follower, "attached");
  strictEqual(
    attached.type === "attached" && attached.isOtherVersion,
    true,
  );
  deepStrictEqual([...follower.run.state.tasks.keys()], ["a0", "a1", "a2"]);
  leader.die();
  const ending = (await readEvents(follower)).at(-1);
  strictEqual(ending?.type === "sessionEnded" && ending.failure, REFUSED);
  deepStrictEqual(simulation.remote.queue.violations, []);
});

Deno.test("a second dpdisp follows the version that the first begins while it is attached", async () => {
  const simulation = newSimulation(failing);
  await runToEnd(simulation, version("a"));
  const answer = Promise.withResolvers<null>();
  const leader = await startClient(simulation, version("b"), {
    confirmEdit: () => answer.promise,
  });
  const leading = readEvents(leader);
  const follower = await startClient(simulation, version("b"));
  const following = readEvents(follower);
  await simulation.clock.sleep(1000);
  answer.resolve(null);
  await Promise.all([leading, following]);
  deepStrictEqual([...follower.run.state.tasks.keys()], ["b0", "b1", "b2"]);
  strictEqual(follower.run.state.counts.succeeded, 2);
});
