/** Against a real Grid Engine. It runs none of root's jobs: dpdisp is run by the testbed's user. */
import {
  deepStrictEqual,
  doesNotMatch,
  match,
  strictEqual,
} from "node:assert/strict";
import {
  type Job,
  landFor,
  startBed,
  until,
  upTo,
  type Work,
  work,
} from "./testbed.ts";

const user = "dpdisp-test";
const plain: Job = {
  batch: "SGE",
  tasks: 1,
  groupSize: 1,
  task: "count",
  resources: ['queue_name = "main.q"'],
  user,
};

/** Ids that qstat lists, in its order. */
async function listed(it: Work): Promise<readonly string[]> {
  const rows = (await it.ask("qstat", "-u", user)).matchAll(/^ *(\d+) /gm);
  return Array.from(rows, ([, id]) => id!);
}

/** The last id that Grid Engine gave away. */
async function lastId(it: Work): Promise<number> {
  const said = await it.ask(
    ..."qsub -terse -b y -o /dev/null -j y true".split(" "),
  );
  return Number(said.trim());
}

Deno.test("Grid Engine", async (t) => {
  await using bed = await landFor(user, await startBed("sge"));
  const step = (name: string, run: () => Promise<void>) => t.step(name, run);

  await step(
    "50 tasks in 10 jobs, 3 of them failing: the others come home, the three are named",
    async () => {
      await using it = await work(bed, {
        ...plain,
        tasks: 50,
        groupSize: 5,
        task:
          'count; case $n in 7) echo "bad input" >&2; exit 7 ;; 13) exit 3 ;; 40) exit 1 ;; esac',
      });
      const before = await lastId(it);
      const { code, said } = await it.run();
      strictEqual(code, 1, said);
      match(said, /task t7 failed: exit 7, after 2 attempts[^]*\| bad input/);
      match(said, /task t13 failed: exit 3/);
      match(said, /task t40 failed: exit 1/);
      match(said, /FAILED: 3 of 50 tasks failed, 47 succeeded/);
      const failing = [7, 13, 40];
      deepStrictEqual(
        it.counts(),
        [...upTo(50), ...failing].sort((a, b) => a - b),
      );
      for (const n of upTo(50).filter((n) => !failing.includes(n))) {
        const out = await Deno.readTextFile(`${it.folder}/work/t${n}/out`);
        strictEqual(out, `${n}\n`);
      }
      // Ten jobs, and at most one more for each that failed.
      const jobs = await lastId(it) - before - 1;
      strictEqual(jobs > 10 && jobs <= 13, true, `${jobs} jobs`);
    },
  );

  await step(
    "a running job that is deleted is told of, and only its lost task runs again",
    async () => {
      await using it = await work(bed, {
        ...plain,
        tasks: 4,
        groupSize: 2,
        task: 'count; [ "$n" = 3 ] && [ ! -e ../../../go ] && sleep 300; :',
      });
      const run = it.run();
      await until("all tasks", () => it.counts().length === 4);
      await until("one job", async () => (await listed(it)).length === 1);
      const [id] = await listed(it);
      await Deno.writeTextFile(`${it.folder}/go`, "");
      match(await it.ask("qdel", id!), /deletion|deleted/);
      const { code, said } = await run;
      strictEqual(code, 0, said);
      match(said, /failed 100[^]*4 tasks succeeded/);
      deepStrictEqual(it.counts(), [0, 1, 2, 3, 3]);
    },
  );

  await step(
    "a queue that is not there is refused: exit 4, in Grid Engine's own words",
    async () => {
      await using it = await work(bed, {
        ...plain,
        resources: ['queue_name = "nope.q"'],
      });
      const { code, said } = await it.run();
      strictEqual(code, 4, said);
      match(said, /queue "?nope\.q"? does not exist|unknown queue "?nope\.q/i);
      doesNotMatch(said, /internal error/);
      deepStrictEqual(await listed(it), []);
    },
  );

  await step("cancel ends what lives", async () => {
    await using it = await work(bed, {
      ...plain,
      tasks: 3,
      task: "count; sleep 300",
    });
    await it.run("run", "--exit-on-submit");
    await until("all tasks", () => it.counts().length === 3);
    const { code, said } = await it.run("cancel");
    strictEqual(code, 0, said);
    await until(
      "an empty queue",
      async () => (await listed(it)).length === 0,
    );
  });
});
