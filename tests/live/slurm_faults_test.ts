/** A real Slurm that stops, hangs and puts jobs back. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import {
  ask,
  type Job,
  pause,
  startTestbed,
  type Testbed,
  waitUntil,
  work,
} from "./testbed.ts";
import { accepted, controller, idsIn } from "./slurm_testbed.ts";

const queue = ['queue_name = "debug"'];
const plain: Job = {
  batch: "Slurm",
  tasks: 1,
  groupSize: 1,
  task: "count",
  resources: queue,
};

/** Slurm holds what was put back for two minutes, unless it is told not to. */
async function putBack(testbed: Testbed, id: string, seen: () => boolean) {
  await ask(testbed, "scontrol", "requeue", id);
  await waitUntil(`job ${id} again`, async () => {
    await ask(testbed, "scontrol", "update", `JobId=${id}`, "StartTime=now");
    return seen();
  }, { within: 180, every: 0.5 });
}

Deno.test("A Slurm that stops, hangs and requeues jobs", async (t) => {
  await using testbed = await startTestbed("slurm");

  await t.step("the controller hangs during a submit: one job", async () => {
    await using it = await work(testbed, plain);
    const before = await accepted(testbed);
    await controller(testbed, "pause");
    const run = it.run();
    const answered = async () =>
      (await ask(
        testbed,
        "grep",
        "-rl",
        "Socket timed out",
        `${it.directory}/far`,
      ))
        .includes("/submit_replies");
    await waitUntil("an answer that says nothing", answered);
    await controller(testbed, "go-on");
    const { code, output } = await run;
    strictEqual(code, 0, output);
    deepStrictEqual(it.counts(), [0]);
    strictEqual(await accepted(testbed) - before, 1);
  });

  await t.step("a requeued job does not run finished tasks again", async () => {
    await using it = await work(testbed, {
      ...plain,
      tasks: 3,
      groupSize: 0,
      task: 'count; [ "$n" = 1 ] && [ ! -e "$HOME/../go" ] && sleep 300; :',
    });
    const run = it.run();
    await waitUntil("the second task", () => it.counts().length === 2);
    const [id] = await idsIn(testbed, "R");
    await Deno.writeTextFile(`${it.directory}/go`, "");
    await putBack(testbed, id!, () => it.counts().length === 4);
    const { code, output } = await run;
    strictEqual(code, 0, output);
    deepStrictEqual(it.counts(), [0, 1, 1, 2]);
  });

  await t.step("only one element of an array is requeued", async () => {
    await using it = await work(testbed, {
      ...plain,
      batch: "SlurmJobArray",
      tasks: 4,
      groupSize: 0,
      resources: [...queue, "kwargs = { slurm_job_size = 2 }"],
      task: 'count; [ "$n" = 3 ] && [ ! -e "$HOME/../go" ] && sleep 300; :',
    });
    const run = it.run();
    await waitUntil("all tasks", () => it.counts().length === 4);
    const running = async () =>
      (await ask(testbed, "squeue", "-h", "-r", "-t", "R", "-o", "%i")).trim();
    // The other one's last task has begun, and soon ends.
    await waitUntil(
      "one element",
      async () => !(await running()).includes("\n"),
    );
    const element = await running();
    match(element, /^\d+_1$/);
    await Deno.writeTextFile(`${it.directory}/go`, "");
    await putBack(testbed, element, () => it.counts().length === 5);
    const { code, output } = await run;
    strictEqual(code, 0, output);
    deepStrictEqual(it.counts(), [0, 1, 2, 3, 3]);
  });

  await t.step(
    "the controller is away for a minute: nothing is lost or submitted again",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        tasks: 6,
        // Some end while it is away, the others after.
        task:
          'count; if [ "$n" -lt 3 ]; then sleep 10; else while [ ! -e "$HOME/../go" ]; do sleep 1; done; fi',
      });
      const before = await accepted(testbed);
      const run = it.run();
      await waitUntil("all tasks", () => it.counts().length === 6);
      await controller(testbed, "stop");
      await pause(60);
      await controller(testbed, "start");
      await Deno.writeTextFile(`${it.directory}/go`, "");
      const { code, output } = await run;
      strictEqual(code, 0, output);
      deepStrictEqual(it.counts(), [0, 1, 2, 3, 4, 5]);
      strictEqual(await accepted(testbed) - before, 6);
    },
  );

  await t.step(
    "a cancel while the controller is stopped ends the jobs once it is back",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        tasks: 5,
        task: "count; sleep 300",
      });
      await it.run("run", "--exit-on-submit");
      await waitUntil("all tasks", () => it.counts().length === 5);
      await controller(testbed, "stop");
      const cancelled = it.run("cancel");
      await pause(15);
      await controller(testbed, "start");
      const { code, output } = await cancelled;
      strictEqual(code, 0, output);
      match(output, /Cannot cancel the jobs/);
      deepStrictEqual(await idsIn(testbed, "R,PD,CG"), []);
    },
  );
});
