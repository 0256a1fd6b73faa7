import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { RUNNER } from "../../../src/script/runner/mod.ts";
import { openJobSandbox, waitUntil } from "../../helpers/job_sandbox.ts";
import { toolTest } from "../../helpers/tools.ts";

Deno.test("Several tasks run at once, never more than asked for, and the next starts as one ends", async () => {
  await using sandbox = openJobSandbox();
  const tasks = Array.from({ length: 20 }, (_, i) => `n=${i} sh`);
  await sandbox.run({
    script:
      "echo +$n >>events; [ $n = 0 ] && sleep 1 || sleep 0.0$((n * 7 % 10)); echo -$n >>events",
    tasks,
    resources: { tasksAtOnce: 4 },
  });
  const events = sandbox.read("events").trim().split("\n");
  const running = events.map((_, at) =>
    events.slice(0, at + 1).reduce(
      (sum, sign) => sum + (sign.startsWith("+") ? 1 : -1),
      0,
    )
  );
  strictEqual(Math.max(...running), 4);
  strictEqual(events.length, 40);
  // The others ran beside the one that takes long.
  strictEqual(events.at(-1), "-0");
  strictEqual(sandbox.records("j1").at(-1), "jobEnded 0");
});

for (
  const [where, prepend] of [
    ["", []],
    [" where a pipe must have a name, too", [
      "dpdisp_open_unnamed_pipe() { false; }",
    ]],
  ] as const
) {
  Deno.test(`The end of a task is noticed at once, and no file remains${where}`, async () => {
    await using sandbox = openJobSandbox();
    await Deno.mkdir(`${sandbox.root}/tmp`);
    const begin = Date.now();
    await sandbox.run({
      tasks: Array.from({ length: 30 }, () => "true"),
      resources: { tasksAtOnce: 3, prepend },
    }, { TMPDIR: `${sandbox.root}/tmp` });
    // Looking at the processes every two seconds would take longer.
    ok(Date.now() - begin < 10_000);
    deepStrictEqual(sandbox.list("tmp"), []);
  });
}

for (const tasksAtOnce of [1, 2]) {
  Deno.test(`${tasksAtOnce} at once, tasks end as they do where no pipe can be made, too`, async () => {
    await using sandbox = openJobSandbox();
    await sandbox.run({
      tasks: ["true", "false", "true"],
      resources: { tasksAtOnce, prepend: ["ulimit -n 19"] },
    });
    deepStrictEqual(sandbox.records("j1").toSorted().slice(2, 5), [
      "taskExited t0 0",
      "taskExited t1 1",
      "taskExited t2 0",
    ]);
  });
}

toolTest(
  "python3",
  "What a task makes of a warning counts, though it ends at that moment",
  async () => {
    // Without the pipe, bash 5.2 loses the code to the signal about once in 16 times.
    await Promise.all(Array.from({ length: 4 }, async () => {
      for (let n = 0; n < 15; n++) {
        await using sandbox = openJobSandbox();
        const job = sandbox.start({
          tasks: [
            'exec python3 -c \'import os, signal as s; s.signal(s.SIGUSR1, lambda *a: os._exit(0)); open("up", "w").write("1"); s.pause()\' #',
          ],
        });
        await waitUntil(() => sandbox.read("up") !== "");
        Deno.kill(-job.pid, "SIGUSR1");
        await job.output;
        deepStrictEqual(sandbox.records("j1").slice(-2), [
          "taskExited t0 0",
          "jobEnded 0",
        ]);
      }
    }));
  },
);

Deno.test("A part of a line does not end a task", async () => {
  // "= 22 0 ." where reading it runs out of time in its midst; task 2 is at work.
  const { stdout } = await new Deno.Command("bash", {
    args: [
      "-c",
      `${RUNNER}
dpdisp_open_unnamed_pipe || dpdisp_dir=/tmp dpdisp_copy=x dpdisp_open_named_pipe
dpdisp_has_pipe=yes
sleep 30 & dpdisp_pids[2]=$!
sleep 30 & dpdisp_pids[3]=$!
printf '= 2' >&19
(sleep 2.5; printf '2 0 .\\n= 3 1 .\\n' >&19) &
dpdisp_wait_for_end
kill "\${dpdisp_pids[@]}"
echo "$dpdisp_ended $dpdisp_code"`,
    ],
  }).output();
  strictEqual(new TextDecoder().decode(stdout), "3 1\n");
});

toolTest(
  "ps",
  "A task's shell that was killed does not hang the job",
  async () => {
    await using sandbox = openJobSandbox();
    const job = sandbox.start({
      tasks: ["echo >up; sleep 4 #", "true", "true"],
      resources: { tasksAtOnce: 2 },
    });
    await waitUntil(() => sandbox.read("up") !== "");
    Deno.kill(childOf(job.pid), "SIGKILL");
    await job.output;
    ok(
      sandbox.records("j1").includes("taskExited t0 137"),
      sandbox.records("j1").join("\n"),
    );
    strictEqual(sandbox.records("j1").at(-1), "jobEnded 1");
  },
);

function childOf(pid: number): number {
  const { stdout } = new Deno.Command("ps", {
    args: ["-A", "-o", "ppid=", "-o", "pid="],
  }).outputSync();
  const rows = new TextDecoder().decode(stdout);
  const child = rows.match(new RegExp(`^ *${pid} +(\\d+)$`, "m"))?.[1];
  ok(child, `${pid} has no child`);
  return Number(child);
}
