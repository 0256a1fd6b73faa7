import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { parseRecords } from "../../../src/script/parse_records.ts";
import { openJobSandbox } from "../../helpers/job_sandbox.ts";

Deno.test("Each task runs once in its directory, its output goes to its files and its record is right", async () => {
  await using sandbox = openJobSandbox();
  for (const dir of ["a", "b"]) await Deno.mkdir(`${sandbox.root}/${dir}`);
  const { code } = await sandbox.run({
    script: 'pwd; echo "oh" >&2; echo x >>ran; exit $(cat code)',
    tasks: [
      { dir: "a", command: "echo 0 >code; sh" },
      { dir: "b", command: "echo 3 >code; sh" },
    ],
  });
  deepStrictEqual(sandbox.records("j1"), [
    "jobStarted 7",
    "taskStarted t0",
    "taskExited t0 0",
    "taskStarted t1",
    "taskExited t1 3",
    "jobEnded 1",
  ]);
  strictEqual(code, 1);
  strictEqual(sandbox.read("a/log"), `${sandbox.root}/a\n`);
  strictEqual(sandbox.read("b/err"), "oh\n");
  strictEqual(sandbox.read("a/ran") + sandbox.read("b/ran"), "x\nx\n");
});

Deno.test("A record has the host, and the time in fractions of a second where the shell knows it", async () => {
  await using sandbox = openJobSandbox();
  const before = Date.now() / 1000;
  await sandbox.run({ tasks: [] });
  const record = await Deno.readTextFile(`${sandbox.runDir}/records/j1`);
  const time = Number(record.match(/ (\d+\.\d+) #\d+$/m)?.[1]);
  ok(time > before - 1 && time < Date.now() / 1000 + 1, record);
  match(record, new RegExp(`^j1 jobStarted 7 ${Deno.hostname()} `));
});

Deno.test("Times are right where the locale has a decimal comma and where the shell has no clock", async () => {
  await using sandbox = openJobSandbox();
  const clock = "unset EPOCHREALTIME; EPOCHREALTIME=";
  await sandbox.run({
    name: "j1",
    tasks: ["true"],
    resources: { prepend: [`${clock}1732,25`] },
  });
  await sandbox.run({
    name: "j2",
    tasks: ["true"],
    resources: { prepend: [clock] },
  });
  match(
    sandbox.read(".dpdisp/0123abcd-4567cdef/records/j1"),
    / taskStarted t0 1732\.25 /,
  );
  match(
    sandbox.read(".dpdisp/0123abcd-4567cdef/records/j2"),
    / taskStarted t0 \d{10,} /,
  );
});

Deno.test("A command that the shell cannot read fails alone", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({ tasks: ['echo "', "if", "true"] });
  deepStrictEqual(
    sandbox.records("j1").filter((line) => line.startsWith("taskExited")),
    [
      "taskExited t0 2",
      "taskExited t1 2",
      "taskExited t2 0",
    ],
  );
});

Deno.test("A task whose directory is missing fails with a message in the job's output", async () => {
  await using sandbox = openJobSandbox();
  const { stderr } = await sandbox.run({
    tasks: [{ dir: "not/there" }, "true"],
  });
  match(stderr, /cannot enter the directory of a task: .*\/not\/there/);
  deepStrictEqual(sandbox.records("j1").slice(2), [
    "taskExited t0 1",
    "taskStarted t1",
    "taskExited t1 0",
    "jobEnded 1",
  ]);
});

Deno.test("Output that is not redirected goes to the job's output, and one file may get both", async () => {
  await using sandbox = openJobSandbox();
  await Deno.writeTextFile(`${sandbox.root}/both`, "old\n");
  const { stdout, stderr } = await sandbox.run({
    script: "echo out; echo err >&2; echo out",
    tasks: [
      { command: "sh", stdoutFile: null, stderrFile: null },
      { command: "sh", stdoutFile: "both", stderrFile: "both" },
    ],
  });
  strictEqual(stdout, "out\nout\n");
  strictEqual(stderr, "err\n");
  strictEqual(sandbox.read("both"), "old\nout\nerr\nout\n");
});

Deno.test("A task has nothing to read from stdin", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({
    tasks: ["cat #"],
    resources: { prepend: ["echo in >in", "exec <in"] },
  });
  strictEqual(sandbox.read("log"), "");
});

Deno.test("The script's path follows the command, whatever the path contains", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({ tasks: ["printf '<%s>' a"] });
  strictEqual(sandbox.read("log"), `<a><${sandbox.root}/script_1.py>`);
});

Deno.test("A command that is not found is recorded with one that exists", async () => {
  await using sandbox = openJobSandbox();
  const bin = `${sandbox.root}/bin`;
  await Deno.mkdir(bin);
  await Deno.symlink("/bin/true", `${bin}/python3`);
  await sandbox.run({
    tasks: ["python -u", "other"],
    resources: { prepend: [`PATH='${bin}'`] },
  });
  deepStrictEqual(
    sandbox.records("j1").filter((line) =>
      !/^(taskStarted|jobStarted)/.test(line)
    ),
    [
      "taskExited t0 127",
      "taskHint t0 python3",
      "taskExited t1 127",
      "jobEnded 2",
    ],
  );
});

Deno.test("A record that cannot be written is reported on stderr, and the tasks run", async () => {
  await using sandbox = openJobSandbox();
  await Deno.mkdir(`${sandbox.runDir}/records/j1`);
  const { stderr } = await sandbox.run({ tasks: ["echo ran"] }, {
    dpdisp_patience: "0",
  });
  match(stderr, /cannot write the record "j1 taskExited t0 0 [\d.]+" to /);
  match(sandbox.read("log"), /^ran/);
});

Deno.test("A record that could not be written is written with the next one", async () => {
  await using sandbox = openJobSandbox();
  const file = `'${sandbox.runDir}/records/j1'`;
  await sandbox.run({
    tasks: [
      `mv ${file} ${file}.away; mkdir ${file}; true`,
      `rmdir ${file}; mv ${file}.away ${file}; true`,
    ],
  });
  deepStrictEqual(sandbox.records("j1"), [
    "jobStarted 7",
    "taskStarted t0",
    "taskExited t0 0",
    "taskStarted t1",
    "taskExited t1 0",
    "jobEnded 0",
  ]);
});

Deno.test("An element of an array runs its own part of the tasks", async () => {
  await using sandbox = openJobSandbox();
  const array = { index: "$((ELEMENT))", size: 2 };
  const tasks = ["echo 0", "echo 1", "echo 2", "echo 3", "echo 4"];
  for (const ELEMENT of ["0", "2", "3"]) {
    await sandbox.run({ tasks, array }, { ELEMENT });
  }
  match(sandbox.read("log"), /^0 .*\n1 .*\n4 .*\n$/);
  deepStrictEqual(sandbox.records("j1.2"), [
    "jobStarted 7",
    "taskStarted t4",
    "taskExited t4 0",
    "jobEnded 0",
  ]);
  deepStrictEqual(sandbox.records("j1.3"), ["jobStarted 7", "jobEnded 0"]);
  strictEqual(await Deno.readLink(`${sandbox.runDir}/locks/j1.2`), "run:7");
});

Deno.test("An error that another attempt does not change is recorded before the exit, others are not", async () => {
  await using sandbox = openJobSandbox();
  const errors = [
    "ModuleNotFoundError: No module named 'no such 100%'",
    "SyntaxError: invalid syntax",
    "x.sh: line 2: gmx: command not found",
    "sh: 1: gmx: not found",
    "NameError: name 'é' is not defined",
  ];
  const others = [
    "OSError: no route to host",
    "SyntaxErrors are many",
    "ImportError: x\nlast words",
    "",
  ];
  const tasks = [...errors, ...others].map((text, i) => ({
    dir: `d${i}`,
    command: `cat >&2 text; false`,
    text: `${text}\n\n`,
  }));
  for (const { dir, text } of tasks) {
    await Deno.mkdir(`${sandbox.root}/${dir}`);
    await Deno.writeTextFile(`${sandbox.root}/${dir}/text`, text);
  }
  await sandbox.run({ tasks });
  const record = await Deno.readFile(`${sandbox.runDir}/records/j1`);
  const found = parseRecords(record).records.flatMap((each, i, all) =>
    each.type === "taskError" ? [[each.line, all[i + 1]?.type]] : []
  );
  deepStrictEqual(
    found,
    errors.map((line) => [line.replace("é", "__"), "taskExited"]),
  );
});
