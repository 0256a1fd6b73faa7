/** A real Slurm that stops, hangs and puts jobs back. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import {
  ask,
  type Bed,
  type Job,
  pause,
  startBed,
  until,
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
async function putBack(bed: Bed, id: string, seen: () => boolean) {
  await ask(bed, "scontrol", "requeue", id);
  await until(`job ${id} again`, async () => {
    await ask(bed, "scontrol", "update", `JobId=${id}`, "StartTime=now");
    return seen();
  }, { within: 180, every: 0.5 });
}

Deno.test("A Slurm that stops, hangs and puts jobs back", async (t) => {
  await using bed = await startBed("slurm");

  await t.step("the controller hangs during a submit: one job", async () => {
    await using it = await work(bed, plain);
    const before = await accepted(bed);
    await controller(bed, "pause");
    const run = it.run();
    const answered = async () =>
      (await ask(bed, "grep", "-rl", "Socket timed out", `${it.folder}/far`))
        .includes("/submit_replies");
    await until("an answer that says nothing", answered);
    await controller(bed, "go-on");
    const { code, said } = await run;
    strictEqual(code, 0, said);
    deepStrictEqual(it.counts(), [0]);
    strictEqual(await accepted(bed) - before, 1);
  });

  await t.step("a job that is put back does not run what is done", async () => {
    await using it = await work(bed, {
      ...plain,
      tasks: 3,
      groupSize: 0,
      task: 'count; [ "$n" = 1 ] && [ ! -e "$HOME/../go" ] && sleep 300; :',
    });
    const run = it.run();
    await until("the second task", () => it.counts().length === 2);
    const [id] = await idsIn(bed, "R");
    await Deno.writeTextFile(`${it.folder}/go`, "");
    await putBack(bed, id!, () => it.counts().length === 4);
    const { code, said } = await run;
    strictEqual(code, 0, said);
    deepStrictEqual(it.counts(), [0, 1, 1, 2]);
  });

  await t.step("an element of an array is put back, and no other", async () => {
    await using it = await work(bed, {
      ...plain,
      batch: "SlurmJobArray",
      tasks: 4,
      groupSize: 0,
      resources: [...queue, "kwargs = { slurm_job_size = 2 }"],
      task: 'count; [ "$n" = 3 ] && [ ! -e "$HOME/../go" ] && sleep 300; :',
    });
    const run = it.run();
    await until("all tasks", () => it.counts().length === 4);
    const running = async () =>
      (await ask(bed, "squeue", "-h", "-r", "-t", "R", "-o", "%i")).trim();
    // The other one's last task has begun, and soon ends.
    await until("one element", async () => !(await running()).includes("\n"));
    const element = await running();
    match(element, /^\d+_1$/);
    await Deno.writeTextFile(`${it.folder}/go`, "");
    await putBack(bed, element, () => it.counts().length === 5);
    const { code, said } = await run;
    strictEqual(code, 0, said);
    deepStrictEqual(it.counts(), [0, 1, 2, 3, 3]);
  });

  await t.step(
    "the controller is away for a minute: nothing is lost or submitted again",
    async () => {
      await using it = await work(bed, {
        ...plain,
        tasks: 6,
        // Some end while it is away, the others after.
        task:
          'count; if [ "$n" -lt 3 ]; then sleep 10; else while [ ! -e "$HOME/../go" ]; do sleep 1; done; fi',
      });
      const before = await accepted(bed);
      const run = it.run();
      await until("all tasks", () => it.counts().length === 6);
      await controller(bed, "stop");
      await pause(60);
      await controller(bed, "start");
      await Deno.writeTextFile(`${it.folder}/go`, "");
      const { code, said } = await run;
      strictEqual(code, 0, said);
      deepStrictEqual(it.counts(), [0, 1, 2, 3, 4, 5]);
      strictEqual(await accepted(bed) - before, 6);
    },
  );
});
