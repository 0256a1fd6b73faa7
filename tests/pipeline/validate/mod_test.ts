import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { parse } from "../../../src/pipeline/parse/mod.ts";
import { plainText } from "../../../src/schema/secret.ts";
import { validate } from "../../../src/pipeline/validate/mod.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";

interface Setting {
  readonly files?: Readonly<Record<string, string>>;
  readonly allowRef?: boolean;
  readonly opens?: boolean;
  readonly path?: string;
}

async function check(toml: string, setting: Setting = {}) {
  const { files = {}, allowRef = false, opens, path = "run.py" } = setting;
  const comment = toml.trim().split("\n").map((line) => `# ${line.trim()}`);
  const text = ["# /// script", ...comment, "# ///", "print()", ""].join("\n");
  const document = parse(path, new TextEncoder().encode(text));
  ok(document.ok, JSON.stringify(document));
  return await validate(document.value.value, {
    files: memoryFiles(files),
    allowRef,
    opens: opens ?? false,
    cwd: "/work",
  });
}

async function valid(toml: string, setting?: Setting) {
  const result = await check(toml, setting);
  ok(result.ok, JSON.stringify(result));
  return result.value;
}

async function messages(toml: string, setting?: Setting) {
  const result = await check(toml, setting);
  ok(!result.ok, "it was taken for valid");
  return result.error.errors.map(({ message }) => message);
}

const plain = {
  machine: `[tool.dpdispatcher.machine]
    batch_type = "Shell"
    context_type = "LazyLocalContext"
    local_root = "./"`,
  resources: `[tool.dpdispatcher.resources]
    group_size = 1`,
  tasks: `[[tool.dpdispatcher.task_list]]
    task_work_path = "./"`,
};

function toml(parts: Partial<typeof plain> & { readonly top?: string } = {}) {
  const { top = "", machine, resources, tasks } = { ...plain, ...parts };
  return ["[tool.dpdispatcher]", top, machine, resources, tasks].join("\n");
}

const inResources = (lines: string) =>
  toml({ resources: `${plain.resources}\n${lines}` });

const ssh = (lines: string) =>
  toml({
    machine: `[tool.dpdispatcher.machine]
    batch_type = "slurm"
    context_type = "ssh"
    local_root = "./"
    remote_root = "/scratch"
    [tool.dpdispatcher.machine.remote_profile]
    hostname = "cluster"
    username = "ana"
    ${lines}`,
  });

Deno.test("an absent key gets its default, by its name in Config", async () => {
  const { config, warnings } = await valid(toml());
  deepStrictEqual(warnings, []);
  deepStrictEqual({ ...config.machine }, {
    scheduler: "Shell",
    context: "LazyLocalContext",
    localRoot: "./",
    remoteRoot: null,
    cleanInBackground: false,
    commandTimeoutSeconds: 60,
    retries: 3,
    maxJobs: null,
    maxDownload: 4 * 1024 ** 2,
    maxDownloadFiles: 2_000_000,
    maxExpansion: 1000,
    pollIntervalSeconds: null,
    maxPollIntervalSeconds: null,
    missingGraceSeconds: null,
    fullWaitSeconds: null,
    commands: {
      submit: null,
      poll: null,
      account: null,
      cancel: null,
      capacity: null,
    },
    profile: {},
  });
  deepStrictEqual({ ...config.resources }, {
    nodes: 1,
    cpusPerNode: 1,
    gpusPerNode: 0,
    queue: "",
    walltimeSeconds: null,
    memoryMib: null,
    account: null,
    qos: null,
    exclusive: false,
    tasksPerJob: 1,
    flags: [],
    strategy: { gpuPerTask: false, unfinishedRatio: 0, headerTemplate: null },
    tasksAtOnce: 1,
    sources: [],
    modulePurge: false,
    moduleUnload: [],
    moduleLoad: [],
    envs: [],
    prepend: [],
    append: [],
    waitSeconds: 0,
    options: {},
  });
  deepStrictEqual(config.tasks, [{
    command: "python",
    dir: "./",
    name: null,
    inputs: [],
    outputs: [],
    out: "log",
    err: "err",
  }]);
  strictEqual(config.script.path, "/work/run.py");
});

Deno.test("times and sizes are read into seconds and MiB, however they are written", async () => {
  const asked = async (lines: string) => {
    const { config } = await valid(
      inResources(lines).replace('"Shell"', '"Slurm"'),
    );
    const { walltimeSeconds, memoryMib } = config.resources;
    return [walltimeSeconds, memoryMib];
  };
  deepStrictEqual(await asked('walltime = "1-00:00:00"\nmemory = "4GB"'), [
    86400,
    4096,
  ]);
  deepStrictEqual(await asked("walltime = 90\nmemory = 512"), [90, 512]);
});

Deno.test("envs are texts as Python prints them, a list giving several", async () => {
  const { config } = await valid(inResources(`
    [tool.dpdispatcher.resources.envs]
    A = 1.0
    B = 1e-5
    C = true
    D = 0x10
    E = 123456789012345678901234567890
    F = 1e16
    G = -0.0
    H = 0.0001
    I = inf
    P = ["/a:$P", "/b:$P"]
    _Z = "not a comment"
  `));
  deepStrictEqual(config.resources.envs, [
    ["A", "1.0"],
    ["B", "1e-05"],
    ["C", "True"],
    ["D", "16"],
    ["E", "123456789012345678901234567890"],
    ["F", "1e+16"],
    ["G", "-0.0"],
    ["H", "0.0001"],
    ["I", "inf"],
    ["P", "/a:$P"],
    ["P", "/b:$P"],
    ["_Z", "not a comment"],
  ]);
});

Deno.test("keys that begin with _ are comments, whatever they hold", async () => {
  const { warnings } = await valid(toml({
    top: '_group_size = "?"\n_old = { "$ref" = "gone.json" }',
    tasks: `${plain.tasks}\n_command = 3`,
  }));
  deepStrictEqual(warnings, []);
});

Deno.test("an alias stands for its key", async () => {
  const { config } = await valid(toml({
    machine: plain.machine.replace("Shell", "sge"),
    resources: `${plain.resources}\nkwargs = { sge_pe_name = "smp" }`,
  }));
  strictEqual(config.machine.scheduler, "SGE");
  deepStrictEqual({ ...config.resources.options }, {
    parallelEnvironment: "smp",
    jobName: null,
  });
});

Deno.test("an absolute work base needs no local root", async () => {
  const machine = plain.machine.replace('local_root = "./"', "");
  const { config } = await valid(toml({ top: 'work_base = "/data"', machine }));
  strictEqual(config.machine.localRoot, null);
  deepStrictEqual((await messages(toml({ machine }))).length, 1);
});

Deno.test("a value is found by its path, an absent one by its table", async () => {
  const { locate } = await valid(toml());
  const { line, column, file } = locate(
    "task_list",
    0,
    "task_work_path",
  );
  deepStrictEqual([file, line, column], ["run.py", 11, 20]);
  strictEqual(locate("resources", "queue_name").line, 8);
});

Deno.test("a plain password is printed by nothing and staged nowhere", async () => {
  const { config } = await valid(ssh('password = """hunter2"""'));
  const { password } = config.machine.profile as { password: { from: "text" } };
  strictEqual(plainText(password), "hunter2");
  const shown = [
    JSON.stringify(config),
    Deno.inspect(config, { depth: 9, showHidden: true }),
    String(password),
  ];
  for (const text of shown) ok(!text.includes("hunter2"));
  deepStrictEqual(JSON.parse(shown[0]!), config);
  ok(!config.script.text.includes("hunter2"));
  ok(config.script.text.endsWith("# ///\nprint()\n"));
});

Deno.test("a password over several lines leaves the lines below where they are", async () => {
  const { config } = await valid(ssh('password = """hun\nzaq\n2"""'));
  const lines = config.script.text.split("\n");
  ok(!config.script.text.includes("zaq"));
  strictEqual(lines.indexOf("print()"), 19);
});

Deno.test("references stay references, and are an error only where they would be read without trust", async () => {
  const { config } = await valid(
    ssh('password = "${env:PW}"\npassphrase = "${file:~/.pw}"'),
  );
  const { password, passphrase } = config.machine.profile;
  deepStrictEqual(password, { from: "env", name: "PW" });
  deepStrictEqual(passphrase, { from: "file", path: "~/.pw" });
  const command = ssh('password = "${cmd:pass show x}"');
  deepStrictEqual((await valid(command)).needs, []);
  deepStrictEqual(await messages(command, { opens: true }), [
    'password runs the command "pass show x", which needs your trust; allow it once with --allow-ref, or until the script metadata changes with: dpdisp trust run.py',
  ]);
  const allowed = await valid(command, { opens: true, allowRef: true });
  deepStrictEqual(
    allowed.needs.map(({ field, does }) => [field, does]),
    [["password", 'runs the command "pass show x"']],
  );
  deepStrictEqual(allowed.config.machine.profile.password, {
    from: "cmd",
    command: "pass show x",
  });
});

Deno.test("shell text keeps its own braces, and no message shows a password", async () => {
  const { config } = await valid(inResources(
    'prepend_script = ["echo ${file:0:3} ${env:-x} ${PATH} ${cmd}"]',
  ));
  strictEqual(config.resources.prepend.length, 1);
  const errors = await messages(
    ssh('password = ["hunter2"]\nport = "hunter2x"'),
  );
  strictEqual(errors.length, 2);
  ok(!errors.some((message) => message.includes('"hunter2"')));
});

Deno.test("keys beside $ref replace those of the file, and files are searched beside the naming file first", async () => {
  const { config, locate } = await valid(
    toml({ resources: "[tool.dpdispatcher.resources]\n'$ref' = 'a.json'" })
      .replace("'$ref'", "envs = { B = 2 }\n'$ref'"),
    {
      allowRef: true,
      path: "jobs/run.py",
      files: {
        "/work/jobs/a.json":
          '{"$ref": "deep/b.yaml", "group_size": 4, "envs": {"A": 1}}',
        "/work/a.json": '{"group_size": 99}',
        "/work/jobs/deep/b.yaml": "group_size: 7\nqueue_name: long\n",
      },
    },
  );
  strictEqual(config.resources.tasksPerJob, 4);
  strictEqual(config.resources.queue, "long");
  deepStrictEqual(config.resources.envs, [["B", "2"]]);
  deepStrictEqual(locate("resources", "queue_name"), {
    file: "jobs/deep/b.yaml",
    line: 2,
    column: 13,
  });
});

Deno.test("a $ref that is not beside the naming file is read from the current directory", async () => {
  const { config } = await valid(
    toml({ resources: "[tool.dpdispatcher.resources]\n'$ref' = 'a.json'" }),
    {
      allowRef: true,
      path: "jobs/run.py",
      files: { "/work/a.json": '{"group_size": 99}' },
    },
  );
  strictEqual(config.resources.tasksPerJob, 99);
});

Deno.test("null is a value where the field takes it", async () => {
  const { config } = await valid(
    toml({ tasks: "[[tool.dpdispatcher.task_list]]\n'$ref' = 't.json'" }),
    {
      allowRef: true,
      files: {
        "/work/t.json":
          '{"task_work_path": "./", "outlog": null, "errlog": null}',
      },
    },
  );
  deepStrictEqual([config.tasks[0]?.out, config.tasks[0]?.err], [null, null]);
});

Deno.test("numbers of a YAML file keep their kind", async () => {
  const { config } = await valid(
    inResources("envs = { '$ref' = 'e.yaml' }"),
    {
      allowRef: true,
      files: {
        "/work/e.yaml":
          "A: 1.0\nB: 3\nC: 12345678901234567890\nD: true\nE: 1e-5\nF: yes\n",
      },
    },
  );
  deepStrictEqual(config.resources.envs.map(([, text]) => text), [
    "1.0",
    "3",
    "12345678901234567890",
    "True",
    "1e-05",
    "yes",
  ]);
});

Deno.test("the header template is filled with the resources' values", async () => {
  const { config } = await valid(
    inResources(
      "queue_name = 'long'\nwait_time = 2\nstrategy = { customized_script_header_template_file = 'h.tmpl' }",
    ),
    {
      files: {
        "/work/h.tmpl":
          "#SBATCH -N {number_node} -p {queue_name} {{x}} {module_purge}\n",
      },
    },
  );
  strictEqual(config.header, "#SBATCH -N 1 -p long {x} False\n");
});

Deno.test("one key unknown in many rows is one warning", async () => {
  const row = `${plain.tasks}\nwith_mpi = true`;
  const { warnings } = await valid(toml({ tasks: `${row}\n${row}\n${row}` }));
  strictEqual(warnings.length, 1);
});

Deno.test("a glob may go down and come back up, and not out", async () => {
  const inner = toml({
    tasks: `${plain.tasks}\nforward_files = ["a/../*.dat", "**"]`,
  });
  strictEqual((await valid(inner)).config.tasks[0]?.inputs.length, 2);
  const outer = inner.replace('"**"', '"*/../../x"');
  strictEqual((await messages(outer)).length, 1);
});

Deno.test("errors of all tables come together", async () => {
  const errors = await messages(toml({
    top: "work_base = 1",
    machine: plain.machine.replace("Shell", "Sheel").replace('"./"', "2"),
    resources: "[tool.dpdispatcher.resources]\ngroup_size = -1",
    tasks: "[[tool.dpdispatcher.task_list]]\ncommand = 4",
  }));
  const named = [
    "work_base",
    "batch_type",
    "local_root",
    "group_size",
    "command",
    "task_work_path",
  ];
  strictEqual(errors.length, named.length);
  for (const name of named) {
    ok(errors.some((text) => text.includes(name)), name);
  }
});

Deno.test("a table behind an unread $ref is not called incomplete", async () => {
  const top = "machine = { '$ref' = 'm.json' }";
  deepStrictEqual(
    await messages(toml({ top, machine: "" })),
    [
      '$ref reads "m.json", which needs your trust; allow it once with --allow-ref, or until the script metadata changes with: dpdisp trust run.py',
    ],
  );
});
