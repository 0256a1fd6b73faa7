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
  startTestbed,
  taskNames,
  waitUntil,
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
  const output = await it.ask(
    ..."qsub -terse -b y -o /dev/null -j y true".split(" "),
  );
  return Number(output.trim());
}

Deno.test("Grid Engine", async (t) => {
  await using testbed = await landFor(user, await startTestbed("sge"));
  const step = (name: string, run: () => Promise<void>) => t.step(name, run);

  await step(
    "50 tasks in 10 jobs, 3 of them failing: the others' results are collected, the three are named",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        tasks: 50,
        groupSize: 5,
        task:
          'count; case $n in 7) echo "bad input" >&2; exit 7 ;; 13) exit 3 ;; 40) exit 1 ;; esac',
      });
      const before = await lastId(it);
      const { code, output } = await it.run();
      strictEqual(code, 1, output);
      match(output, /task t7 failed: exit 7, after 2 attempts[^]*\| bad input/);
      match(output, /task t13 failed: exit 3/);
      match(output, /task t40 failed: exit 1/);
      match(output, /FAILED: 3 of 50 tasks failed, 47 succeeded/);
      const failing = [7, 13, 40];
      deepStrictEqual(
        it.counts(),
        [...taskNames(50), ...failing].sort((a, b) => a - b),
      );
      for (const n of taskNames(50).filter((n) => !failing.includes(n))) {
        const out = await Deno.readTextFile(`${it.directory}/work/t${n}/out`);
        strictEqual(out, `${n}\n`);
      }
      // Ten jobs, and at most one more for each that failed.
      const jobs = await lastId(it) - before - 1;
      strictEqual(jobs > 10 && jobs <= 13, true, `${jobs} jobs`);
    },
  );

  await step(
    "a running job that is deleted is reported, and only its lost task runs again",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        tasks: 4,
        groupSize: 2,
        task: 'count; [ "$n" = 3 ] && [ ! -e ../../../go ] && sleep 300; :',
      });
      const run = it.run();
      await waitUntil("all tasks", () => it.counts().length === 4);
      await waitUntil("one job", async () => (await listed(it)).length === 1);
      const [id] = await listed(it);
      await Deno.writeTextFile(`${it.directory}/go`, "");
      match(await it.ask("qdel", id!), /deletion|deleted/);
      const { code, output } = await run;
      strictEqual(code, 0, output);
      match(output, /failed 100[^]*4 tasks succeeded/);
      deepStrictEqual(it.counts(), [0, 1, 2, 3, 3]);
    },
  );

  await step(
    "a queue that does not exist is rejected: exit 4, with Grid Engine's own message",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        resources: ['queue_name = "nope.q"'],
      });
      const { code, output } = await it.run();
      strictEqual(code, 4, output);
      match(
        output,
        /queue "?nope\.q"? does not exist|unknown queue "?nope\.q/i,
      );
      doesNotMatch(output, /internal error/);
      deepStrictEqual(await listed(it), []);
    },
  );

  await step("cancel ends active jobs", async () => {
    await using it = await work(testbed, {
      ...plain,
      tasks: 3,
      task: "count; sleep 300",
    });
    await it.run("run", "--exit-on-submit");
    await waitUntil("all tasks", () => it.counts().length === 3);
    const { code, output } = await it.run("cancel");
    strictEqual(code, 0, output);
    await waitUntil(
      "an empty queue",
      async () => (await listed(it)).length === 0,
    );
  });

  await step("a qdel that fails once: the jobs are cancelled", async () => {
    const bin = await Deno.makeTempDir({ prefix: "dpdisp-qdel-" });
    await Deno.chmod(bin, 0o777);
    await Deno.writeTextFile(
      `${bin}/qdel`,
      `#!/bin/sh
if mkdir ${bin}/failed 2>/dev/null; then
  echo 'error: commlib error: got select error (Connection refused)' >&2
  echo 'unable to send message to qmaster using port 29090 on host "localhost": got send error'
  exit 1
fi
exec $(PATH=/usr/bin:/bin command -v qdel) "$@"
`,
      { mode: 0o755 },
    );
    const PATH = `${bin}:${testbed.env["PATH"] ?? Deno.env.get("PATH")}`;
    await using it = await work({ ...testbed, env: { ...testbed.env, PATH } }, {
      ...plain,
      tasks: 3,
      task: "count; sleep 300",
    });
    await it.run("run", "--exit-on-submit");
    await waitUntil("all tasks", () => it.counts().length === 3);
    const { code, output } = await it.run("cancel");
    strictEqual(code, 0, output);
    match(output, /Cannot cancel the jobs/);
    deepStrictEqual(await listed(it), []);
    await Deno.remove(bin, { recursive: true });
  });
});
