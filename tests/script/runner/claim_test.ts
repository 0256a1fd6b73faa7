import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { RUNNER } from "../../../src/script/runner/mod.ts";
import { farSide, until } from "../../helpers/job_sandbox.ts";

Deno.test("A job that the batch system restarts runs only tasks that have not succeeded", async () => {
  await using far = farSide();
  const spec = {
    script: "echo $n >>ran; exit $n",
    tasks: ["n=0 sh", "n=1 sh", "n=0 sh"],
  };
  await far.run(spec);
  await far.run(spec);
  strictEqual(far.read("ran"), "0\n1\n0\n1\n");
  deepStrictEqual(far.records("j1").slice(8), [
    "jobStarted 7",
    "taskSkipped t0",
    "taskStarted t1",
    "taskSkipped t2",
    "taskExited t1 1",
    "jobEnded 1",
  ]);
});

Deno.test("A torn record does not count, and does not affect the following record", async () => {
  await using far = farSide();
  await Deno.symlink("run:7", `${far.folder}/locks/j1`);
  await Deno.writeTextFile(
    `${far.folder}/records/j1`,
    "j1 taskExited t0 0 1.5 #22\nj1 taskExited t1 0 1.5 #23\nj1 taskExited t2 0 1.5 #1",
  );
  await far.run({ tasks: ["echo 0", "echo 1", "echo 2"] });
  deepStrictEqual(far.records("j1"), [
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
  await using far = farSide();
  const spec = {
    tasks: ["echo ran"],
    resources: { prepend: ["echo prepared >prepared"] },
  };
  await far.run(spec);
  await Deno.remove(`${far.root}/prepared`);
  const { code } = await far.run(spec, { JOB_ID: "8[1].host" });
  strictEqual(code, 0);
  strictEqual(far.read("prepared"), "");
  match(far.read("log"), /^ran .*\n$/);
  deepStrictEqual(far.records("j1.8_1__host"), [
    "jobStopped duplicate run:7",
  ]);
  strictEqual(far.records("j1").length, 4);
});

Deno.test("Two copies that start at the same moment do not both run", async () => {
  await using far = farSide();
  const spec = { tasks: ["echo ran #"] };
  await Promise.all(
    ["1", "2", "3", "4"].map((JOB_ID) => far.run(spec, { JOB_ID })),
  );
  strictEqual(far.read("log"), "ran\n");
});

Deno.test("A fenced job never starts", async () => {
  await using far = farSide();
  await Deno.symlink("fenced:a word", `${far.folder}/locks/j1`);
  strictEqual((await far.run({ tasks: ["echo ran"] })).code, 0);
  strictEqual(far.read("log"), "");
  deepStrictEqual(far.records("j1.7"), ["jobStopped fenced fenced:a_word"]);
});

Deno.test("A job whose run directory was removed ends at once without a message", async () => {
  await using far = farSide();
  const path = far.write({ tasks: ["echo ran"] });
  const text = await Deno.readTextFile(path);
  await Deno.remove(far.folder, { recursive: true });
  const { code, stderr } = new Deno.Command("bash", { args: ["-c", text] })
    .outputSync();
  deepStrictEqual([code, stderr.length, far.read("log")], [0, 0, ""]);
});

Deno.test("A run directory that is removed while its job is claimed is no error either", () => {
  const script =
    `${RUNNER}\ndpdisp_begin / /not/there j1 7 1 1 script_1.py; echo ran`;
  const { code, stdout } = new Deno.Command("bash", { args: ["-c", script] })
    .outputSync();
  deepStrictEqual([code, stdout.length], [0, 0]);
});

Deno.test("A job that cannot be claimed runs nothing and reports why", async () => {
  await using far = farSide();
  await Deno.remove(`${far.folder}/locks`);
  await Deno.writeTextFile(`${far.folder}/locks`, "");
  const { code, stderr } = await far.run({ tasks: ["echo ran"] });
  strictEqual(code, 75);
  match(stderr, /cannot claim job j1: .*Not a directory/);
  strictEqual(far.read("log"), "");
});

Deno.test("A job without an id, or an element without an index, runs nothing", async () => {
  await using far = farSide();
  const tasks = ["echo ran"];
  const nameless = await far.run({ tasks }, { JOB_ID: "" });
  const array = { index: "${ELEMENT}", size: 1 };
  const unnumbered = await far.run({ tasks, array }, {
    ELEMENT: "undefined",
  });
  deepStrictEqual([nameless.code, unnumbered.code], [75, 75]);
  match(unnumbered.stderr, /no index: "undefined"/);
  strictEqual(far.read("log"), "");
});

Deno.test("A job stops before its next task once another job runs its tasks", async () => {
  await using far = farSide();
  const old = far.start({
    tasks: ["echo >up; while [ ! -e go ]; do sleep 0.02; done #", "echo ran"],
    resources: { append: ["echo $DPDISP_FAILED >appended"] },
  });
  await until(() => far.read("up") !== "");
  await far.run({ name: "j2", tasks: ["true"], after: ["j1"] });
  await Deno.writeTextFile(`${far.root}/go`, "");
  await old.ran;
  deepStrictEqual(far.records("j1").slice(2), [
    "taskExited t0 0",
    "jobStopped superseded j2",
    "jobEnded 1",
  ]);
  strictEqual(far.read("log") + far.read("appended"), "1\n");
});

Deno.test("A job whose tasks another job runs already prepares nothing", async () => {
  await using far = farSide();
  await far.run({ name: "j2", tasks: ["true"], after: ["j0", "j1"] });
  await far.run({
    tasks: ["true"],
    resources: { prepend: ["echo >prepared"] },
  });
  deepStrictEqual(far.records("j1"), [
    "jobStarted 7",
    "jobStopped superseded j2",
    "jobEnded 1",
  ]);
  strictEqual(far.read("prepared"), "");
});

Deno.test("A job whose run directory is removed starts no further task", async () => {
  await using far = farSide();
  const { stderr } = await far.run({
    tasks: [`rm -r '${far.folder}'; true`, "echo ran"],
  });
  strictEqual(far.read("log"), "");
  ok(
    stderr.includes('cannot write the record "j1 jobStopped removed - '),
    stderr,
  );
});
