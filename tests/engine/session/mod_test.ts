import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type Event, msOf } from "../../../src/model/event.ts";
import { applyEvent, resumeState } from "../../../src/model/run_state/mod.ts";
import { startRun } from "../../../src/engine/session/mod.ts";
import {
  type Client,
  codes,
  endingOf,
  listen,
  newScene,
  only,
  plainWishes,
  planWith,
  play,
  type Scene,
  startClient,
  until,
} from "../../helpers/simulation/mod.ts";
import {
  type FakeJournals,
  fakeJournals,
} from "../../helpers/fake_journals.ts";
import { farSide } from "../../helpers/simulation/backend.ts";
import { newFolder } from "../../helpers/simulation/queue.ts";
import type { FarScript } from "../../helpers/simulation/faults.ts";
import { fakeWorld } from "../../helpers/environment.ts";
import type { Plan } from "../../../src/model/plan.ts";

const plan = planWith(4, 2);
const long = () => 100_000;

const once = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`t${at}`, [0]]));

Deno.test("the same command goes on where an interrupted run stopped", async () => {
  const scene = newScene({ lasts: long });
  const client = await startClient(scene, plan);
  await until(client, "taskStarted");
  client.interrupt();
  strictEqual(endingOf(await listen(client)), "interrupt");
  const events = await play(scene, plan);
  strictEqual(endingOf(events), "succeeded");
  deepStrictEqual([only(events, "runStarted"), only(events, "jobCreated")], [
    [],
    [],
  ]);
  deepStrictEqual(codes(scene), once(4));
  deepStrictEqual(scene.journals.generations(plan.runKey), [1]);
});

Deno.test("the same command tries what failed again, with a fresh budget, and nothing else", async () => {
  const small = planWith(3, 3, { machine: { retries: 1 } });
  const scene = newScene({
    exits: (task, n) => task === "t1" && n < 4 ? 5 : 0,
  });
  strictEqual(endingOf(await play(scene, small)), "failed");
  deepStrictEqual(codes(scene), { t0: [0], t1: [5, 5], t2: [0] });
  strictEqual(endingOf(await play(scene, small)), "succeeded");
  deepStrictEqual(codes(scene), { t0: [0], t1: [5, 5, 5, 0], t2: [0] });
  deepStrictEqual(scene.journals.generations(small.runKey), [1]);
});

Deno.test("a run that was reported is closed: the same command runs everything again", async () => {
  const scene = newScene();
  await play(scene, plan);
  const events = await play(scene, plan);
  strictEqual(endingOf(events), "succeeded");
  strictEqual(only(events, "runStarted")[0]?.generation, 2);
  deepStrictEqual(codes(scene), {
    t0: [0, 0],
    t1: [0, 0],
    t2: [0, 0],
    t3: [0, 0],
  });
});

Deno.test("a closed folder that was left standing makes way for the next run", async () => {
  const scene = newScene();
  await play(scene, plan, { keepRemoteDir: true });
  const { mark, closed, lease } = scene.far.queue.folder!;
  deepStrictEqual([closed, lease], [true, null]);
  strictEqual(
    endingOf(await play(scene, plan, { keepRemoteDir: true })),
    "succeeded",
  );
  ok(scene.far.queue.folder!.mark !== mark);
});

const here = { "/work/d0/out": "x", "/work/d1/out": "x", "/work/d2/out": "x" };

Deno.test("with --reuse a closed run keeps what is unchanged and runs the rest", async () => {
  const scene = newScene();
  await play(scene, plan);
  const client = await startClient(scene, plan, { reuse: true }, {
    tree: here,
  });
  const events = await listen(client);
  strictEqual(endingOf(events), "succeeded");
  const [reused] = only(events, "resultsReused");
  deepStrictEqual(reused?.results.map(({ task }) => task), ["t0", "t1", "t2"]);
  deepStrictEqual(codes(scene), { t0: [0], t1: [0], t2: [0], t3: [0, 0] });
});

Deno.test("a generation that only looked does not hide from --reuse what came before it", async () => {
  const scene = newScene();
  await play(scene, plan);
  strictEqual(endingOf(await play(scene, plan, { cancel: true })), "cancel");
  const client = await startClient(scene, plan, { reuse: true }, {
    tree: here,
  });
  await listen(client);
  deepStrictEqual(codes(scene), { t0: [0], t1: [0], t2: [0], t3: [0, 0] });
});

Deno.test("what --reuse keeps is of the last run that was reported, whatever was left open since", async () => {
  const scene = newScene();
  await play(scene, plan);
  await play(scene, plan, { dryRun: true });
  const wishes = { reuse: true, forget: true };
  const client = await startClient(scene, plan, wishes, { tree: here });
  await listen(client);
  deepStrictEqual(codes(scene), { t0: [0], t1: [0], t2: [0], t3: [0, 0] });
});

Deno.test("where all is kept, nothing is staged, and no lease stays in the folder that stands", async () => {
  const scene = newScene();
  await play(scene, plan, { keepRemoteDir: true });
  const tree = { ...here, "/work/d3/out": "x" };
  const wishes = { reuse: true, keepRemoteDir: true };
  const client = await startClient(scene, plan, wishes, { tree });
  strictEqual(endingOf(await listen(client)), "succeeded");
  strictEqual(scene.far.trips.stage, 1);
  strictEqual(scene.far.queue.folder!.lease, null);
});

Deno.test("missing results fail the run and leave it open; the next time they are brought home without computing again", async () => {
  const common = planWith(2, 1, {}, { commonOutputs: ["all"] });
  const scene = newScene({
    misses: (_, pattern, n) =>
      n < 5 && (pattern === "all" || pattern === "out"),
  });
  const first = await play(scene, common);
  strictEqual(endingOf(first), "failed");
  deepStrictEqual(only(first, "commonCollected")[0]?.result.missing, ["all"]);
  ok(scene.far.queue.folder !== null);
  const times = scene.far.trips.collect;
  ok(times < 5);
  const second = await play(newFar(scene), common);
  strictEqual(endingOf(second), "succeeded");
  deepStrictEqual(codes(scene), once(2));
});

/** The same far side, as if enough had been asked of it. */
function newFar(scene: Scene): Scene {
  Object.assign(scene.far.trips, { collect: 10 });
  return scene;
}

Deno.test("a task that changed while its old job lives runs after that job was cancelled", async () => {
  const scene = newScene({ lasts: long });
  const before = planWith([{ key: "old", dir: "d" }, {}], 1);
  const client = await startClient(scene, before);
  await until(client, "taskStarted");
  client.interrupt();
  await listen(client);
  const after = planWith([{ key: "new", dir: "d" }, {}], 1);
  const events = await play(scene, after);
  strictEqual(endingOf(events), "succeeded");
  const [cancelling] = only(events, "cancelRequested");
  strictEqual(cancelling?.reason, "outdated");
  deepStrictEqual(codes(scene), { old: [null], t1: [0], new: [0] });
  const packed = events.findIndex(({ type }) => type === "jobCreated");
  const ended = events.findIndex(({ type }) => type === "jobEnded");
  ok(ended < packed);
});

Deno.test("a task that changed after its job ended is run, the others are not", async () => {
  const scene = newScene();
  const before = planWith([{ key: "old", dir: "d" }, {}], 1);
  await play(scene, before, { exitOnSubmit: true });
  await scene.clock.sleep(100_000);
  const after = planWith([{ key: "new", dir: "d" }, {}], 1);
  strictEqual(endingOf(await play(scene, after)), "succeeded");
  deepStrictEqual(codes(scene), { old: [0], t1: [0], new: [0] });
});

Deno.test("a lost journal is rebuilt from the far side, while its jobs run and after they ended", async () => {
  for (const pause of [0, 1_000_000]) {
    const scene = newScene({ lasts: long });
    await play(scene, plan, { exitOnSubmit: true });
    scene.journals.burn(plan.runKey);
    await scene.clock.sleep(pause);
    const events = await play(scene, plan);
    strictEqual(endingOf(events), "succeeded");
    strictEqual(scene.far.queue.jobs.length, 2);
    deepStrictEqual(codes(scene), once(4));
    const home = only(events, "collected").flatMap(({ results }) => results);
    strictEqual(home.length, 4);
  }
});

Deno.test("a line that was torn costs itself at most, not the next one", async () => {
  for (let characters = 1; characters < 200; characters += 7) {
    const scene = newScene();
    const client = await startClient(scene, plan);
    await until(client, "taskStarted");
    client.die();
    scene.journals.tear(plan.runKey, characters);
    const events = await play(scene, plan);
    strictEqual(endingOf(events), "succeeded");
    deepStrictEqual(codes(scene), once(4));
    const kept = scene.journals.events(plan.runKey);
    deepStrictEqual(kept.slice(-events.length), events);
  }
});

Deno.test("a folder that is gone while its jobs live stops all handing over until they are known to be gone", async () => {
  const scene = newScene({ waits: () => 300_000 });
  const one = planWith(3, 1, { machine: { maxJobs: 2 } });
  await play(scene, one, { exitOnSubmit: true });
  scene.far.queue.folder = null;
  const events = await play(scene, one);
  strictEqual(endingOf(events), "succeeded");
  deepStrictEqual(scene.far.queue.crimes, []);
  const [warned] = only(events, "warning");
  match(warned!.failure.detail, /2 of its jobs may be active/);
  const types = events.map(({ type }) => type);
  ok(
    types.indexOf("staged") >
      types.lastIndexOf("jobEnded", types.indexOf("jobCreated")),
  );
  strictEqual(
    only(events.slice(0, types.indexOf("jobCreated")), "jobEnded").length,
    2,
  );
  deepStrictEqual(codes(scene), once(3));
});

Deno.test("without its folder nobody knows what became of an unanswered submit: the run stops and says how to go on", async () => {
  const scene = newScene({ answers: () => "taken" });
  const client = await startClient(scene, plan);
  await until(client, "jobUnconfirmed");
  client.die();
  scene.far.queue.folder = null;
  const [left] = only(await play(scene, plan), "sessionEnded");
  strictEqual(left?.reason, "stopped");
  match(left!.failure!.hint!, /--forget/);
  strictEqual(scene.far.queue.folder, null);
});

Deno.test("another run's folder in the place of one's own stops the run, and nothing is submitted", async () => {
  const scene = newScene({ lasts: long });
  await play(scene, plan, { exitOnSubmit: true });
  scene.far.queue.folder = newFolder("foreign0");
  const submits = scene.far.trips.submit;
  const [left] = only(await play(scene, plan), "sessionEnded");
  strictEqual(left?.reason, "stopped");
  match(left!.failure!.detail, /foreign0/);
  strictEqual(scene.far.trips.submit, submits);
  strictEqual(scene.far.queue.folder.lease, null);
});

Deno.test("with --forget a new generation joins what the far side still knows", async () => {
  const scene = newScene({ lasts: long });
  await play(scene, plan, { exitOnSubmit: true });
  const events = await play(scene, plan, { forget: true });
  strictEqual(endingOf(events), "succeeded");
  strictEqual(only(events, "runStarted")[0]?.generation, 2);
  deepStrictEqual(codes(scene), once(4));
});

Deno.test("--forget runs a run anew whose results are missing once its folder was removed, and not before", async () => {
  const small = planWith(2, 1);
  const scene = newScene({ misses: (_, pattern) => pattern === "out" });
  strictEqual(endingOf(await play(scene, small)), "failed");
  await play(scene, small, { forget: true });
  deepStrictEqual(codes(scene), once(2));
  scene.far.queue.folder = null;
  await play(scene, small);
  deepStrictEqual(codes(scene), once(2));
  await play(scene, small, { forget: true });
  deepStrictEqual(codes(scene), { t0: [0, 0], t1: [0, 0] });
});

Deno.test("a second client follows the first to its end and leaves the work to it", async () => {
  const scene = newScene({ lasts: long });
  const leader = await startClient(scene, plan);
  const follower = await startClient(scene, plan);
  const [led, followed] = await Promise.all([listen(leader), listen(follower)]);
  strictEqual(followed[0]?.type, "attached");
  // That it began and was opened stood in the journal before.
  deepStrictEqual(followed.slice(1), led.slice(2));
  deepStrictEqual([endingOf(followed), scene.far.trips.inspect], [
    "succeeded",
    1,
  ]);
});

Deno.test("a second client takes over when the first dies, and no job is handed over twice", async () => {
  const scene = newScene({ lasts: long });
  const leader = await startClient(scene, plan);
  await until(leader, "taskStarted");
  const follower = await startClient(scene, plan);
  await until(follower, "attached");
  leader.die();
  strictEqual(endingOf(await listen(follower)), "succeeded");
  deepStrictEqual(codes(scene), once(4));
  deepStrictEqual(scene.far.queue.crimes, []);
});

Deno.test("a second client that begins before the first has begun anew does not take the old report for the new one", async () => {
  const scene = newScene();
  await play(scene, plan);
  const leader = await startClient(scene, plan);
  const follower = await startClient(scene, plan);
  const hearing = listen(follower);
  await scene.clock.sleep(5000);
  const led = await listen(leader);
  const followed = await hearing;
  deepStrictEqual(followed.slice(-led.length), led);
  strictEqual(follower.run.state.started?.generation, 2);
});

Deno.test("a second client that is to cancel leaves word for the first", async () => {
  const scene = newScene({ lasts: long });
  const leader = await startClient(scene, plan);
  await until(leader, "taskStarted");
  const follower = await startClient(scene, plan, { cancel: true });
  const [led, followed] = await Promise.all([listen(leader), listen(follower)]);
  deepStrictEqual([endingOf(led), endingOf(followed)], ["cancel", "cancel"]);
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
});

Deno.test("a wish to cancel from another terminal is noticed at once, however rarely the jobs are looked at", async () => {
  const scene = newScene({
    lasts: () => 1e7,
    limits: { minPollSeconds: 1000, maxPollSeconds: 1000 },
  });
  const client = await startClient(scene, plan);
  await until(client, "jobSubmitted");
  await scene.clock.sleep(5000);
  const asked = scene.clock.now();
  scene.journals.requestCancel(plan.runKey, true);
  const after = msOf(await until(client, "cancelSent")) - asked;
  ok(after < 1000, `noticed after ${after} ms`);
  strictEqual(endingOf(await listen(client)), "cancel");
});

Deno.test("the wish to cancel is looked up at most once for all that is decided together", async () => {
  const scene = newScene();
  const looks = { count: 0, atNow: 0, at: 0 };
  const journals: FakeJournals = {
    ...scene.journals,
    isCancelRequested(key) {
      looks.count += 1;
      return scene.journals.isCancelRequested(key);
    },
  };
  const many = planWith(50, 1);
  const client = await startClient(scene, many, {}, { journals });
  const events = await listen(client);
  strictEqual(endingOf(events), "succeeded");
  ok(looks.count < events.length / 4, `${looks.count} of ${events.length}`);
});

Deno.test("a second client does not tell what happened before it came", async () => {
  const scene = newScene({ lasts: long });
  const leader = await startClient(scene, plan);
  const before = await until(leader, "taskStarted");
  const follower = await startClient(scene, plan);
  const [, followed] = await Promise.all([listen(leader), listen(follower)]);
  strictEqual(only(followed, "runStarted").length, 0, String(before));
  strictEqual(only(followed, "runFinished").length, 1);
});

Deno.test("an interrupt ends a client that only follows", async () => {
  const scene = newScene({ lasts: long });
  const leader = await startClient(scene, plan);
  await until(leader, "taskStarted");
  const follower = await startClient(scene, plan);
  await until(follower, "attached");
  follower.interrupt();
  strictEqual(endingOf(await listen(follower)), "interrupt");
  strictEqual(endingOf(await listen(leader)), "succeeded");
});

/** A client of the same submission with journals of its own: another machine's. */
function abroad(scene: Scene): Promise<Client> {
  const journals = fakeJournals();
  return startClient(scene, plan, {}, { host: "there", journals });
}

Deno.test("a client on another machine waits as long as the first is at work, and finds that it is done", async () => {
  const scene = newScene({ lasts: () => 300_000 });
  const first = await startClient(scene, plan);
  await until(first, "jobSubmitted");
  const second = await abroad(scene);
  const [led, waited] = await Promise.all([listen(first), listen(second)]);
  deepStrictEqual([endingOf(led), endingOf(waited)], [
    "succeeded",
    "elsewhere",
  ]);
  strictEqual(only(waited, "attached").length, 1);
  deepStrictEqual(codes(scene), once(4));
});

Deno.test("a client on another machine takes over once the first has been silent for long", async () => {
  const scene = newScene({ lasts: () => 300_000 });
  const first = await startClient(scene, plan);
  await until(first, "taskStarted");
  first.die();
  const second = await abroad(scene);
  const attached = await until(second, "attached");
  const { time } = await until(second, "remoteInspected");
  const after = time - attached.time;
  ok(after >= 120 && after < 130);
  strictEqual(endingOf(await listen(second)), "succeeded");
  deepStrictEqual(codes(scene), once(4));
  deepStrictEqual(scene.far.queue.crimes, []);
});

Deno.test("the lease of a process that is known to be gone is taken over at once", async () => {
  const scene = newScene({ lasts: long });
  const first = await startClient(scene, plan);
  await until(first, "taskStarted");
  const before = scene.clock.now();
  first.die();
  const second = await startClient(scene, plan);
  ok(msOf(await until(second, "remoteInspected")) - before < 1000);
  strictEqual(endingOf(await listen(second)), "succeeded");
});

Deno.test("a submit script that outlives its client is waited for, and stops once the lease is another's", async () => {
  const scene = newScene({ submitting: 5000, waits: () => 300_000 });
  const many = planWith(8, 1);
  const first = await startClient(scene, many);
  await until(first, "jobSubmitted");
  first.die();
  strictEqual(endingOf(await play(scene, many)), "succeeded");
  deepStrictEqual(codes(scene), once(8));
  deepStrictEqual(scene.far.queue.crimes, []);
  // None that was on its way is in the queue beside its successor.
  strictEqual(scene.far.queue.jobs.length, 8);
});

/** A session of the plan with the scene's journals; nothing of it happens. */
function startOf(scene: Scene, plan: Plan) {
  const world = fakeWorld({ journals: scene.journals });
  return (options = plainWishes) => {
    const { signal } = new AbortController();
    const open = scene.far.open(scene.clock, () => false);
    return startRun(plan, options, world, open, signal);
  };
}

const moved = { ...plan, runKey: `${plan.runKey.split("-")[0]}-00000000` };

Deno.test("a script whose place changes while its jobs live stops before anything is sent, and says where they are", async () => {
  const scene = newScene({ lasts: long });
  await play(scene, plan, { exitOnSubmit: true });
  const start = startOf(scene, moved);
  const started = await start();
  ok(!started.ok);
  match(
    started.error.detail,
    /^2 of its jobs may still be active in \/far\/root on far; last seen \d{4}-\d\d-\d\d \d\d:\d\d UTC \(journal \S+\)$/,
  );
  ok((await start({ ...plainWishes, forget: true })).ok);
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  ok((await start()).ok);
});

Deno.test("jobs whose place nobody wrote down are told of all the same", async () => {
  const scene = newScene({ lasts: long });
  await play(scene, plan, { exitOnSubmit: true });
  const known = scene.journals.events(plan.runKey);
  const torn = known.filter(({ type }) =>
    type !== "remoteInspected" && type !== "runStarted"
  );
  scene.journals.put(plan.runKey, 1, torn);
  const started = await startOf(scene, moved)();
  ok(!started.ok);
  match(
    started.error.detail,
    /^2 of its jobs may still be active at its earlier location/,
  );
});

Deno.test("jobs at another place that were forgotten once stay forgotten, until something is heard of them again", async () => {
  const scene = newScene({ lasts: long });
  await play(scene, plan, { exitOnSubmit: true });
  await scene.clock.sleep(10);
  const start = startOf(scene, moved);
  ok(!(await start()).ok);
  const there = { ...scene, far: farSide({ lasts: long }) };
  await play(there, moved, { forget: true, exitOnSubmit: true });
  ok((await start()).ok);
  // The new place's jobs are not forgotten by that.
  const back = await startOf(scene, plan)();
  ok(!back.ok);
  match(back.error.detail, /^2 of its jobs may still be active/);
  await scene.clock.sleep(10);
  await play(scene, plan, { forget: true, exitOnSubmit: true });
  ok(!(await start()).ok);
});

Deno.test("a script whose batch system changes while its jobs live stops before anything is sent", async () => {
  const scene = newScene({ lasts: long });
  await play(scene, plan, { exitOnSubmit: true });
  await scene.clock.sleep(10);
  const { config } = plan;
  const machine = { ...config.machine, scheduler: "SGE" as const };
  const start = startOf(scene, { ...plan, config: { ...config, machine } });
  const started = await start();
  ok(!started.ok);
  match(
    started.error.detail,
    new RegExp(
      `active under ${config.machine.scheduler}, in /far/root on far;`,
    ),
  );
  ok((await start({ ...plainWishes, forget: true })).ok);
  // Nothing was begun by that.
  ok(!(await start()).ok);
});

Deno.test("every event is in the journal, and folded, before it is told", async () => {
  const scene = newScene();
  const { run } = await startClient(scene, plan);
  const told: Event[] = [];
  const folded = resumeState([], plan.tasks.map(({ key }) => key));
  await run.toEnd((event) => {
    told.push(event);
    deepStrictEqual(scene.journals.events(plan.runKey), told);
    deepStrictEqual(run.state, applyEvent(folded, event));
  });
});

/** A run of six tasks of which one failed. */
async function fiveOfSix(script: FarScript = {}) {
  const six = planWith(6, 2, { machine: { retries: 0 } });
  const scene = newScene({
    exits: (task, n) => task === "t5" && n === 1 ? 5 : 0,
    ...script,
  });
  strictEqual(endingOf(await play(scene, six)), "failed");
  return { scene, six };
}

Deno.test("finished tasks whose results were deleted run again with those that failed", async () => {
  const { scene, six } = await fiveOfSix();
  scene.far.home.delete("d1/out");
  scene.far.home.delete("d2/out");
  const events = await play(scene, six);
  strictEqual(endingOf(events), "succeeded");
  deepStrictEqual(
    only(events, "resultsLost").map(({ tasks, deleted }) => ({
      tasks,
      deleted,
    })),
    [{ tasks: ["t1", "t2"], deleted: ["d1/out", "d2/out"] }],
  );
  // Whoever tidied up may have removed what was staged, too.
  deepStrictEqual(only(events, "staged").map(({ tasks }) => tasks), [
    ["t1", "t2"],
  ]);
  deepStrictEqual(codes(scene), {
    ...once(6),
    ...{ t1: [0, 0], t2: [0, 0], t5: [5, 0] },
  });
  ok(scene.far.home.has("d1/out") && scene.far.home.has("d2/out"));
});

Deno.test("what runs again because its results were deleted is not done by its old record", async () => {
  const { scene, six } = await fiveOfSix({ lasts: long });
  scene.far.home.delete("d1/out");
  const killed = await startClient(scene, six);
  await until(killed, "resultsLost");
  await until(killed, "jobCreated");
  killed.die();
  const again = await startClient(scene, six);
  await until(again, "taskStarted");
  again.die();
  strictEqual(endingOf(await play(scene, six)), "succeeded");
  deepStrictEqual(codes(scene), {
    ...once(6),
    ...{ t1: [0, 0], t5: [5, 0] },
  });
});

Deno.test("a run in which only results were deleted since its folder was removed begins anew there", async () => {
  const whole = await play(newScene(), plan);
  const dies = whole.findIndex(({ type }) => type === "cleaned") + 1;
  const scene = newScene();
  const client = await startClient(scene, plan, {}, { dies });
  await listen(client, dies);
  client.die();
  scene.far.home.delete("d3/out");
  const events = await play(scene, plan);
  strictEqual(endingOf(events), "succeeded");
  deepStrictEqual(codes(scene), { ...once(4), t3: [0, 0] });
  strictEqual(scene.far.queue.folder, null);
});

Deno.test("a task of a job that is still at work runs again beside it", async () => {
  const scene = newScene({
    lasts: (task) => task === "t0" ? 1_000 : 200_000,
  });
  const pair = planWith(2, 2);
  const client = await startClient(scene, pair);
  await until(client, "collected");
  client.die();
  scene.far.home.delete("d0/out");
  const events = await play(scene, pair);
  strictEqual(endingOf(events), "succeeded");
  // What is told that its tasks are another's now would leave the others.
  deepStrictEqual(
    only(events, "jobCreated").map(({ supersedes }) => supersedes),
    [[]],
  );
  deepStrictEqual(codes(scene), { t0: [0, 0], t1: [0] });
});

Deno.test("a cancel runs nothing again", async () => {
  const { scene, six } = await fiveOfSix();
  scene.far.home.clear();
  const events = await play(scene, six, { cancel: true });
  deepStrictEqual(only(events, "resultsLost"), []);
});
