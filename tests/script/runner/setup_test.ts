import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { openJobSandbox } from "../../helpers/job_sandbox.ts";

Deno.test("Modules, sources, variables and the user's lines are in the documented order", async () => {
  await using sandbox = openJobSandbox();
  const say = (what: string) =>
    `echo "${what}$A$DPDISPATCHER_QUEUE_NAME" >>'${sandbox.root}/order'`;
  await Deno.writeTextFile(`${sandbox.root}/env.sh`, say("source"));
  const { stderr } = await sandbox.run({
    tasks: [`${say("task")} #`],
    resources: {
      modulePurge: true,
      moduleUnload: ["x"],
      moduleLoad: ["a b", "c;d"],
      sources: ["env.sh"],
      queue: "a queue",
      envs: [["A", "1"], ["A", "${A}2"]],
      prepend: ["cd /", say("prepend")],
      append: [say("append")],
    },
  }, {
    "BASH_FUNC_module%%":
      `() { echo "module $*$#" >>'${sandbox.root}/order'; }`,
  });
  strictEqual(stderr, "");
  deepStrictEqual(sandbox.read("order").trim().split("\n"), [
    "module purge1",
    "module unload x2",
    "module load a b3",
    "module load c;d2",
    "source",
    "prepend12a queue",
    "task12a queue",
    "append12a queue",
  ]);
});

Deno.test("The user's variables may override those that describe the resources", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({
    tasks: [
      "echo $DPDISPATCHER_GROUP_SIZE$DPDISPATCHER_CPU_PER_NODE $REMOTE_ROOT #",
    ],
    resources: {
      cpusPerNode: 4,
      tasksPerJob: 3,
      envs: [["DPDISPATCHER_CPU_PER_NODE", "8"]],
    },
  });
  strictEqual(sandbox.read("log"), `38 ${sandbox.root}\n`);
});

Deno.test("A file to source may have spaces in its name, arguments, a variable, or be on PATH", async () => {
  await using sandbox = openJobSandbox();
  for (const name of ["my env a", "b", "c", "d"]) {
    const text = `A="\${A}${name.at(-1)}$1"`;
    await Deno.writeTextFile(`${sandbox.root}/${name}`, text);
  }
  await Deno.chmod(`${sandbox.root}/d`, 0o755);
  await Deno.mkdir(`${sandbox.root}/bin`);
  await Deno.rename(`${sandbox.root}/d`, `${sandbox.root}/bin/d`);
  const { stderr } = await sandbox.run({
    tasks: ["echo $A #"],
    resources: {
      envs: [],
      sources: ["my env a", "b 1", "$REMOTE_ROOT_/c", "d"].map((text) =>
        text.replace("$REMOTE_ROOT_", '"$REMOTE_ROOT"')
      ),
    },
  }, { PATH: `${Deno.env.get("PATH")}:${sandbox.root}/bin` });
  strictEqual(sandbox.read("log") + stderr, "ab1cd\n");
});

Deno.test("Files to source are looked for in the root, whatever directory an earlier one changed to", async () => {
  await using sandbox = openJobSandbox();
  await Deno.writeTextFile(`${sandbox.root}/a`, "cd /");
  await Deno.writeTextFile(`${sandbox.root}/b`, "B=found");
  await sandbox.run({
    tasks: ["echo $B #"],
    resources: { sources: ["a", "b"] },
  });
  strictEqual(sandbox.read("log"), "found\n");
});

Deno.test("A file to source that is missing fails the job before any task", async () => {
  await using sandbox = openJobSandbox();
  const { code, stderr } = await sandbox.run({
    tasks: ["echo ran", "echo ran"],
    resources: { sources: ["not there"] },
  });
  strictEqual(code, 1);
  match(stderr, /cannot source "not there"/);
  deepStrictEqual(sandbox.records("j1"), ["jobStarted 7", "jobEnded 2"]);
});

Deno.test("The user's lines may end the script: its record has an end nevertheless", async () => {
  await using sandbox = openJobSandbox();
  const { code } = await sandbox.run({
    tasks: ["true"],
    resources: { prepend: ["exit 3"] },
  });
  strictEqual(code, 3);
  deepStrictEqual(sandbox.records("j1"), ["jobStarted 7", "jobEnded 1"]);
});

Deno.test("A failing line after set -e fails the job before any task", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({
    tasks: ["true"],
    resources: { prepend: ["set -e", "false", "echo >on"] },
  });
  deepStrictEqual(sandbox.records("j1"), ["jobStarted 7", "jobEnded 1"]);
  strictEqual(sandbox.read("on"), "");
});

for (
  const lines of [
    ["set -eu"],
    ["set -o posix"],
    ["set -aefkuvxCET"],
    ["IFS=0123456789.x"],
    ["shopt -s nullglob failglob nocasematch extglob"],
    ["set -m"],
    ["set -o pipefail; trap 'echo oops' ERR"],
  ]
) {
  Deno.test(`Tasks run and are recorded after ${lines}`, async () => {
    await using sandbox = openJobSandbox();
    await sandbox.run({
      tasks: ["true", "exit 4 #", "true", "true"],
      resources: {
        prepend: lines,
        append: ["echo $DPDISP_FAILED"],
        tasksAtOnce: 2,
      },
    });
    deepStrictEqual(sandbox.records("j1").toSorted(), [
      "jobEnded 1",
      "jobStarted 7",
      "taskExited t0 0",
      "taskExited t1 4",
      "taskExited t2 0",
      "taskExited t3 0",
      "taskStarted t0",
      "taskStarted t1",
      "taskStarted t2",
      "taskStarted t3",
    ]);
  });
}

Deno.test("The user's shell options hold in tasks and in append_script", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({
    tasks: ["false; echo on >on #", "cd a[b]; echo $unset; echo on >on #"],
    resources: { prepend: ["set -eu"], append: ["false", "echo on >on"] },
  });
  strictEqual(sandbox.read("on"), "");
  deepStrictEqual(sandbox.records("j1").at(-1), "jobEnded 2");
});

Deno.test("An unclosed quote in the user's lines fails the job with a message and hides no task", async () => {
  await using sandbox = openJobSandbox();
  for (
    const [at, line] of ['echo "', "if true", "cat <<END", "echo \\"].entries()
  ) {
    const name = `j${at}`;
    const { code, stderr } = await sandbox.run({
      name,
      tasks: [`echo "a" "b" #`],
      resources: { prepend: [line] },
    });
    if (line === "echo \\") continue;
    strictEqual(code, 1);
    match(stderr, /cannot read the lines of prepend_script/);
    deepStrictEqual(sandbox.records(name), ["jobStarted 7", "jobEnded 1"]);
  }
  // A backslash at the end leaves nothing open.
  strictEqual(sandbox.records("j3").at(-1), "jobEnded 0");
});

Deno.test("A variable that the shell cannot read fails the job before any task", async () => {
  await using sandbox = openJobSandbox();
  const { code } = await sandbox.run({
    tasks: ["echo ran"],
    resources: { envs: [["A", "$(;;)"]] },
  });
  ok(code > 0);
  deepStrictEqual(sandbox.records("j1"), ["jobStarted 7", "jobEnded 1"]);
});

Deno.test("An append_script that cannot be read changes nothing about the tasks", async () => {
  await using sandbox = openJobSandbox();
  const { code, stderr } = await sandbox.run({
    tasks: ["true"],
    resources: { append: ['echo "'] },
  });
  match(stderr, /cannot read the lines of append_script/);
  deepStrictEqual([code, sandbox.records("j1").at(-1)], [0, "jobEnded 0"]);
});

Deno.test("The user's trap on EXIT runs before the last record", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({
    tasks: ["true"],
    resources: {
      prepend: [
        `trap 'tail -n 1 "$dpdisp_record_file" >"it'\\''s last"; exit 9' EXIT`,
      ],
    },
  });
  ok(
    sandbox.read("it's last").includes(" taskExited t0 0 "),
    sandbox.read("it's last"),
  );
  strictEqual(sandbox.records("j1").at(-1), "jobEnded 0");
});

Deno.test("append_script runs in the root, knows how many tasks failed, and has the user's functions", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({
    tasks: ["true", "false", "false"],
    resources: {
      prepend: [
        "tell() { echo $DPDISP_FAILED >told; sh -c 'echo $DPDISP_FAILED' >>told; }",
        "cd /",
      ],
      append: ["tell"],
    },
  });
  strictEqual(sandbox.read("told"), "2\n2\n");
});

Deno.test("Tasks have the locale of the user, not that of the submit command", async () => {
  for (
    const [given, expected] of [
      [{ LC_ALL: "C", DPDISP_LC_ALL: "=C.UTF-8" }, "C.UTF-8,none"],
      [{ LC_ALL: "C", DPDISP_LC_ALL: "" }, "none,none"],
      // The login shell has set another one.
      [{ LC_ALL: "POSIX", DPDISP_LC_ALL: "=C.UTF-8" }, "POSIX,none"],
      [{ LC_ALL: "C" }, "C,none"],
    ] as const
  ) {
    await using sandbox = openJobSandbox();
    await sandbox.run({
      tasks: ["echo ${LC_ALL-none},${DPDISP_LC_ALL-none} #"],
    }, given);
    strictEqual(sandbox.read("log"), `${expected}\n`);
  }
});
