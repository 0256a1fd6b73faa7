import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { RUNNER } from "../../../src/script/runner/mod.ts";
import { openJobSandbox, waitUntil } from "../../helpers/job_sandbox.ts";

Deno.test("A job that the batch system restarts runs only tasks that have not succeeded", async () => {
  await using sandbox = openJobSandbox();
  const spec = {
    script: "echo $n >>ran; exit $n",
    tasks: ["n=0 sh", "n=1 sh", "n=0 sh"],
  };
  await sandbox.run(spec);
  await sandbox.run(spec);
  strictEqual(sandbox.read("ran"), "0\n1\n0\n1\n");
  deepStrictEqual(sandbox.records("j1").slice(8), [
    "jobStarted 7",
    "taskSkipped t0",
    "taskStarted t1",
    "taskSkipped t2",
    "taskExited t1 1",
    "jobEnded 1",
  ]);
});

Deno.test("A torn record does not count, and does not affect the following record", async () => {
  await using sandbox = openJobSandbox();
  await Deno.symlink("run:7", `${sandbox.runDir}/locks/j1`);
  await Deno.writeTextFile(
    `${sandbox.runDir}/records/j1`,
    "j1 taskExited t0 0 1.5 #22\nj1 taskExited t1 0 1.5 #23\nj1 taskExited t2 0 1.5 #1",
  );
  await sandbox.run({ tasks: ["echo 0", "echo 1", "echo 2"] });
  deepStrictEqual(sandbox.records("j1"), [
    "taskExited t0 0",
    "jobStarted 7",
    "taskSkipped t0",
    "taskStarted t1",
    "taskExited t1 0",
    "taskStarted t2",
    "taskExited t2 0",
    "jobEnded 0",
  ]);
});

Deno.test("A copy of a job with another id runs nothing and records that in a file of its own", async () => {
  await using sandbox = openJobSandbox();
  const spec = {
    tasks: ["echo ran"],
    resources: { prepend: ["echo prepared >prepared"] },
  };
  await sandbox.run(spec);
  await Deno.remove(`${sandbox.root}/prepared`);
  const { code } = await sandbox.run(spec, { JOB_ID: "8[1].host" });
  strictEqual(code, 0);
  strictEqual(sandbox.read("prepared"), "");
  match(sandbox.read("log"), /^ran .*\n$/);
  deepStrictEqual(sandbox.records("j1.8_1__host"), [
    "jobStopped duplicate run:7",
  ]);
  strictEqual(sandbox.records("j1").length, 4);
});

Deno.test("Two copies that start at the same moment do not both run", async () => {
  await using sandbox = openJobSandbox();
  const spec = { tasks: ["echo ran #"] };
  await Promise.all(
    ["1", "2", "3", "4"].map((JOB_ID) => sandbox.run(spec, { JOB_ID })),
  );
  strictEqual(sandbox.read("log"), "ran\n");
});

Deno.test("A fenced job never starts", async () => {
  await using sandbox = openJobSandbox();
  await Deno.symlink("fenced:a word", `${sandbox.runDir}/locks/j1`);
  strictEqual((await sandbox.run({ tasks: ["echo ran"] })).code, 0);
  strictEqual(sandbox.read("log"), "");
  deepStrictEqual(sandbox.records("j1.7"), ["jobStopped fenced fenced:a_word"]);
});

Deno.test("A job whose run directory was removed ends at once without a message", async () => {
  await using sandbox = openJobSandbox();
  const path = sandbox.write({ tasks: ["echo ran"] });
  const text = await Deno.readTextFile(path);
  await Deno.remove(sandbox.runDir, { recursive: true });
  const { code, stderr } = new Deno.Command("bash", { args: ["-c", text] })
    .outputSync();
  deepStrictEqual([code, stderr.length, sandbox.read("log")], [0, 0, ""]);
});

Deno.test("A run directory that is removed while its job is claimed is no error either", () => {
  const script =
    `${RUNNER}\ndpdisp_begin / /not/there j1 7 1 1 script_1.py; echo ran`;
  const { code, stdout } = new Deno.Command("bash", { args: ["-c", script] })
    .outputSync();
  deepStrictEqual([code, stdout.length], [0, 0]);
});

Deno.test("A job that cannot be claimed runs nothing and reports why", async () => {
  await using sandbox = openJobSandbox();
  await Deno.remove(`${sandbox.runDir}/locks`);
  await Deno.writeTextFile(`${sandbox.runDir}/locks`, "");
  const { code, stderr } = await sandbox.run({ tasks: ["echo ran"] });
  strictEqual(code, 75);
  match(stderr, /cannot claim job j1: .*Not a directory/);
  strictEqual(sandbox.read("log"), "");
});

Deno.test("A job without an id, or an element without an index, runs nothing", async () => {
  await using sandbox = openJobSandbox();
  const tasks = ["echo ran"];
  const nameless = await sandbox.run({ tasks }, { JOB_ID: "" });
  const array = { index: "${ELEMENT}", size: 1 };
  const unnumbered = await sandbox.run({ tasks, array }, {
    ELEMENT: "undefined",
  });
  deepStrictEqual([nameless.code, unnumbered.code], [75, 75]);
  match(unnumbered.stderr, /no index: "undefined"/);
  strictEqual(sandbox.read("log"), "");
});

Deno.test("A job stops before its next task once another job runs its tasks", async () => {
  await using sandbox = openJobSandbox();
  const old = sandbox.start({
    tasks: ["echo >up; while [ ! -e go ]; do sleep 0.02; done #", "echo ran"],
    resources: { append: ["echo $DPDISP_FAILED >appended"] },
  });
  await waitUntil(() => sandbox.read("up") !== "");
  await sandbox.run({ name: "j2", tasks: ["true"], supersedes: ["j1"] });
  await Deno.writeTextFile(`${sandbox.root}/go`, "");
  await old.output;
  deepStrictEqual(sandbox.records("j1").slice(2), [
    "taskExited t0 0",
    "jobStopped superseded j2",
    "jobEnded 1",
  ]);
  strictEqual(sandbox.read("log") + sandbox.read("appended"), "1\n");
});

Deno.test("A job whose tasks another job runs already prepares nothing", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({ name: "j2", tasks: ["true"], supersedes: ["j0", "j1"] });
  await sandbox.run({
    tasks: ["true"],
    resources: { prepend: ["echo >prepared"] },
  });
  deepStrictEqual(sandbox.records("j1"), [
    "jobStarted 7",
    "jobStopped superseded j2",
    "jobEnded 1",
  ]);
  strictEqual(sandbox.read("prepared"), "");
});

Deno.test("A job whose run directory is removed starts no further task", async () => {
  await using sandbox = openJobSandbox();
  const { stderr } = await sandbox.run({
    tasks: [`rm -r '${sandbox.runDir}'; true`, "echo ran"],
  });
  strictEqual(sandbox.read("log"), "");
  ok(
    stderr.includes('cannot write the record "j1 jobStopped removed - '),
    stderr,
  );
});
