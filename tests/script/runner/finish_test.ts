import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { RUNNER } from "../../../src/script/runner/mod.ts";
import {
  type JobSandbox,
  openJobSandbox,
  waitUntil,
} from "../../helpers/job_sandbox.ts";

const PYTHON_LIKE = `trap 'sleep 0.2; echo saved >>saved; exit 5' TERM USR1 INT
echo up >>up
while :; do sleep 0.05; done`;

function upTimes(sandbox: JobSandbox): number {
  return sandbox.read("up").split("\n").length - 1;
}

Deno.test("A job that gets SIGTERM forwards it to its task, records how that ended, and ends", async () => {
  await using sandbox = openJobSandbox();
  const job = sandbox.start({
    script: PYTHON_LIKE,
    tasks: ["sh", "echo ran"],
    resources: { append: ["echo >appended"] },
  });
  await waitUntil(() => upTimes(sandbox) === 1);
  job.kill("SIGTERM");
  strictEqual((await job.output).code, 143);
  deepStrictEqual(sandbox.records("j1"), [
    "jobStarted 7",
    "taskStarted t0",
    "jobStopped signal TERM",
    "taskExited t0 5",
    "jobEnded 2",
  ]);
  strictEqual(
    sandbox.read("saved") + sandbox.read("log") + sandbox.read("appended"),
    "saved\n\n",
  );
});

Deno.test("All running tasks get the signal, and no other starts", async () => {
  await using sandbox = openJobSandbox();
  const job = sandbox.start({
    script: PYTHON_LIKE,
    tasks: ["sh", "exec sh", "true && sh", "echo ran"],
    resources: { tasksAtOnce: 3 },
  });
  await waitUntil(() => upTimes(sandbox) === 3);
  job.kill("SIGINT");
  strictEqual((await job.output).code, 130);
  deepStrictEqual(sandbox.records("j1").toSorted(), [
    "jobEnded 4",
    "jobStarted 7",
    "jobStopped signal INT",
    "taskExited t0 5",
    "taskExited t1 5",
    "taskExited t2 5",
    "taskStarted t0",
    "taskStarted t1",
    "taskStarted t2",
  ]);
});

Deno.test("One signal after the other, to the whole group, still ends in the task's own code", async () => {
  await using sandbox = openJobSandbox();
  const job = sandbox.start({
    script: `end() { while [ ! -e go ]; do sleep 0.02; done; exit 5; }
trap end INT TERM
echo up >>up
while :; do sleep 0.02; done`,
    tasks: ["sh"],
  });
  await waitUntil(() => upTimes(sandbox) === 1);
  job.killAll("SIGINT");
  await waitUntil(() => sandbox.records("j1").length === 3);
  job.killAll("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await Deno.writeTextFile(`${sandbox.root}/go`, "");
  await job.output;
  deepStrictEqual(sandbox.records("j1").slice(2), [
    "jobStopped signal INT",
    "taskExited t0 5",
    "jobEnded 1",
  ]);
});

Deno.test("A task that is interrupted does not count as succeeded", async () => {
  await using sandbox = openJobSandbox();
  const job = sandbox.start({
    script: "trap 'exit 0' TERM; echo up >>up; while :; do sleep 0.05; done",
    tasks: ["sh 'script_1.py'; touch more; true"],
  });
  await waitUntil(() => upTimes(sandbox) === 1);
  job.kill("SIGTERM");
  await job.output;
  ok(
    sandbox.records("j1").includes("taskExited t0 143"),
    sandbox.records("j1").join("\n"),
  );
  ok(
    !sandbox.read("more") &&
      !sandbox.list(".").includes("more"),
  );
});

Deno.test("A warning signal reaches the tasks and the job continues", async () => {
  await using sandbox = openJobSandbox();
  const job = sandbox.start({ script: PYTHON_LIKE, tasks: ["sh", "true"] });
  await waitUntil(() => upTimes(sandbox) === 1);
  job.kill("SIGUSR1");
  strictEqual((await job.output).code, 1);
  deepStrictEqual(sandbox.records("j1").slice(2), [
    "taskExited t0 5",
    "taskStarted t1",
    "taskExited t1 0",
    "jobEnded 1",
  ]);
});

Deno.test("A job that gets SIGTERM before its tasks starts none", async () => {
  await using sandbox = openJobSandbox();
  const job = sandbox.start({
    tasks: ["echo ran"],
    resources: { prepend: ["echo up >up; sleep 0.4"] },
  });
  await waitUntil(() => upTimes(sandbox) === 1);
  job.kill("SIGTERM");
  strictEqual((await job.output).code, 143);
  deepStrictEqual(sandbox.records("j1"), [
    "jobStarted 7",
    "jobStopped signal TERM",
    "jobEnded 1",
  ]);
});

Deno.test("A warning signal before the tasks does not end the job", async () => {
  await using sandbox = openJobSandbox();
  const job = sandbox.start({
    tasks: ["true"],
    resources: { prepend: ["echo up >up; sleep 0.3"] },
  });
  await waitUntil(() => upTimes(sandbox) === 1);
  job.kill("SIGUSR2");
  strictEqual((await job.output).code, 0);
});

Deno.test("The user's own trap on a signal stays", async () => {
  await using sandbox = openJobSandbox();
  const job = sandbox.start({
    tasks: ["echo up >up; while [ ! -e stop ]; do sleep 0.02; done #", "true"],
    resources: { prepend: ["trap 'touch stop' TERM"] },
  });
  await waitUntil(() => upTimes(sandbox) === 1);
  job.kill("SIGTERM");
  strictEqual((await job.output).code, 0);
  strictEqual(sandbox.records("j1").at(-1), "jobEnded 0");
});

Deno.test("A trap of the user's that ends the script ends its tasks too", async () => {
  await using sandbox = openJobSandbox();
  const job = sandbox.start({
    script: PYTHON_LIKE,
    tasks: ["sh"],
    resources: { prepend: ["trap 'exit 6' TERM"] },
  });
  await waitUntil(() => upTimes(sandbox) === 1);
  job.kill("SIGTERM");
  strictEqual((await job.output).code, 6);
  deepStrictEqual(sandbox.records("j1").slice(2), [
    "taskExited t0 5",
    "jobEnded 1",
  ]);
});

Deno.test("Tasks get signals without ps(1) too", async () => {
  await using sandbox = openJobSandbox();
  const bin = `${sandbox.root}/bin`;
  await Deno.mkdir(bin);
  for (const name of ["awk", "sed", "sh", "sleep", "mkfifo", "rm"]) {
    const { stdout } = new Deno.Command("which", { args: [name] }).outputSync();
    await Deno.symlink(
      new TextDecoder().decode(stdout).trim(),
      `${bin}/${name}`,
    );
  }
  const job = sandbox.start({
    script: PYTHON_LIKE,
    tasks: ["sh"],
    resources: { prepend: [`PATH='${bin}'`] },
  });
  await waitUntil(() => upTimes(sandbox) === 1);
  job.kill("SIGTERM");
  await job.output;
  ok(
    sandbox.records("j1").includes("taskExited t0 5"),
    sandbox.records("j1").join("\n"),
  );
});

Deno.test("A task that ends at the moment of a signal has a code that can be read", () => {
  // bash 5.2 then says -1 in one of some hundred cases.
  const text = `${RUNNER}
trap : TERM
dpdisp_signal=TERM
for ((i = 0; i < 2000; i++)); do
  (kill -TERM $$; exit 7) &
  dpdisp_set_exit_code $!
  echo "$dpdisp_code"
done`;
  const { stdout } = new Deno.Command("bash", { args: ["-c", text] })
    .outputSync();
  const codes = new TextDecoder().decode(stdout).trim().split("\n");
  strictEqual(codes.length, 2000);
  deepStrictEqual(codes.filter((code) => code !== "7" && code !== "143"), []);
});
