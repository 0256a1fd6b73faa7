import {
  deepStrictEqual,
  match,
  notStrictEqual,
  ok,
  strictEqual,
} from "node:assert/strict";
import { buildPlan } from "../../../src/pipeline/plan/mod.ts";
import type { Fields } from "../../../src/schema/field.ts";
import { profiles } from "../../../src/schema/profiles/mod.ts";
import { resources } from "../../../src/schema/resources.ts";
import {
  configOf,
  locatePath,
  type Overrides,
  taskRow,
} from "../../helpers/config.ts";
import { memoryHashes } from "../../helpers/hashes.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import { planOf } from "../../helpers/plan_of.ts";

const tree = {
  "/work/t1/in": "one",
  "/work/t2/in": "two",
  "/work/t3/in": "three",
  "/work/d/a/x": "shared",
  "/work/common": "common",
};
const tasks = [
  taskRow({ dir: "t1", inputs: ["in"] }),
  taskRow({ dir: "t2", inputs: ["in", "../d"] }),
  taskRow({ dir: "t3", inputs: ["*"], command: "python -u" }),
];
const plain: Overrides = { tasks, commonInputs: ["common"] };
const keys = (overrides: Overrides = {}, changed = {}): string[] =>
  planOf({ ...plain, ...overrides }, { ...tree, ...changed }).tasks.map((
    { key },
  ) => key);
/** Which of the three tasks have another key than in the plain plan. */
const moved = (overrides: Overrides, changed = {}): number[] =>
  keys(overrides, changed).flatMap((key, at) =>
    key === keys()[at] ? [] : [at + 1]
  );

Deno.test("a key is 20 characters of base 32, another for each task, the same each time", () => {
  deepStrictEqual(keys(), keys());
  for (const key of keys()) match(key, /^[a-z2-7]{20}$/);
  strictEqual(new Set(keys()).size, 3);
});

const placement: Readonly<Record<string, Overrides>> = {
  queue: { resources: { queue: "long" } },
  "number of nodes, CPUs and GPUs": {
    resources: { nodes: 4, cpusPerNode: 8, gpusPerNode: 2 },
  },
  "group size and parallel degree": {
    resources: { tasksPerJob: 7, tasksAtOnce: 3 },
  },
  "flags and options": {
    resources: { flags: ["#SBATCH -x"], options: { custom_gpu_line: "x" } },
  },
  strategy: {
    resources: {
      strategy: { gpuPerTask: true, unfinishedRatio: 0.5, headerTemplate: "x" },
    },
  },
  "resources requested from the batch system": {
    resources: {
      walltimeSeconds: 60,
      memoryMib: 512,
      account: "lab",
      qos: "long",
      exclusive: true,
    },
  },
  "waiting time": { resources: { waitSeconds: 5 } },
  retries: { machine: { retries: 9 } },
  "job limit": { machine: { maxJobs: 2 } },
  "batch system": { machine: { scheduler: "Slurm" } },
  "password and host": {
    machine: { profile: { hostname: "h", password: "secret" } },
  },
  context: { machine: { context: "SSHContext", remoteRoot: "/scratch" } },
  header: { header: "#SBATCH" },
  "comment in the table": { script: { text: "# another text\n" } },
  "path of the script": { script: { path: "/elsewhere/hello.py" } },
  results: {
    tasks: tasks.map((row) => ({ ...row, outputs: ["out"] })),
    commonOutputs: ["x"],
  },
  logs: { tasks: tasks.map((row) => ({ ...row, out: null, err: "other" })) },
};
for (const [what, change] of Object.entries(placement)) {
  Deno.test(`keys do not change with the placement: ${what}`, () =>
    deepStrictEqual(moved(change), []));
}

const computed: Readonly<Record<string, Overrides>> = {
  "the script's code": { script: { code: "print()\n" } },
  environment: { resources: { envs: [["A", "1"]] } },
  "modules to load": { resources: { moduleLoad: ["m"] } },
  "modules to unload": { resources: { moduleUnload: ["m"] } },
  "module purge": { resources: { modulePurge: true } },
  sources: { resources: { sources: ["env.sh"] } },
  "lines before": { resources: { prepend: ["x"] } },
  "lines after": { resources: { append: ["x"] } },
  "list of common files": { commonInputs: [] },
};
for (const [what, change] of Object.entries(computed)) {
  Deno.test(`all keys change with the ${what}`, () =>
    deepStrictEqual(moved(change), [1, 2, 3]));
}

Deno.test("the table of resources says of each field whether a change recomputes", () => {
  const wordsIn = (changes: typeof computed): Set<string> =>
    new Set(
      Object.values(changes).flatMap((change) =>
        Object.keys(change.resources ?? {})
      ),
    );
  const wordsOf = (isTask: boolean): Set<string> =>
    new Set(
      Object.values(resources as Fields).flatMap((
        { whenChanged: role, configName },
      ) => (role === "recompute") === isTask && configName ? [configName] : []),
    );
  deepStrictEqual(wordsIn(computed), wordsOf(true));
  deepStrictEqual(wordsIn(placement), wordsOf(false));
});

Deno.test("lines before are not the same as lines after", () => {
  notStrictEqual(
    keys({ resources: { prepend: ["x"] } })[0],
    keys({ resources: { append: ["x"] } })[0],
  );
});

Deno.test("a changed input changes the tasks that use it, and no other", () => {
  deepStrictEqual(moved({}, { "/work/t1/in": "ONE" }), [1]);
  deepStrictEqual(moved({}, { "/work/t3/in": "THREE" }), [3]);
  deepStrictEqual(moved({}, { "/work/d/a/x": "SHARED" }), [2]);
  deepStrictEqual(moved({}, { "/work/d/a/y": "" }), [2]);
  deepStrictEqual(moved({}, { "/work/common": "COMMON" }), [1, 2, 3]);
  deepStrictEqual(moved({}, { "/work/t1/other": "x" }), []);
});

Deno.test("an input of another name is another input", () => {
  const key = (name: string) =>
    planOf({ commonInputs: ["*"] }, { [`/work/${name}`]: "1" }).tasks[0]!.key;
  notStrictEqual(key("a"), key("b"));
});

Deno.test("a changed command or directory changes its own task", () => {
  deepStrictEqual(
    moved({ tasks: tasks.with(1, { ...tasks[1]!, command: "python3" }) }),
    [2],
  );
  deepStrictEqual(
    moved({ tasks: tasks.with(0, { ...tasks[0]!, dir: "t9" }) }, {
      "/work/t9/in": "one",
    }),
    [1],
  );
});

Deno.test("a file that moves within a directory changes the key, a directory that a new pattern matches does not", () => {
  const key = (inputs: string[], files: Record<string, string>) =>
    planOf({ tasks: [taskRow({ inputs })] }, files).tasks[0]!.key;
  const before = key(["d"], { "/work/d/a/x": "1" });
  notStrictEqual(key(["d"], { "/work/d/x": "1" }), before);
  notStrictEqual(key(["d"], { "/work/d/a/y": "1" }), before);
  strictEqual(key(["[d]"], { "/work/d/a/x": "1" }), before);
});

Deno.test("equal tasks have different keys, the same each time, however many there are", () => {
  const alike = (count: number) =>
    keys({ tasks: Array.from({ length: count }, () => tasks[0]!) });
  strictEqual(new Set(alike(5)).size, 5);
  deepStrictEqual(alike(5).slice(0, 3), alike(3));
});

Deno.test("one more task leaves the others their keys, even where it splits a forwarded directory", () => {
  const common = { commonInputs: ["d"] };
  const more = { ...common, tasks: [...tasks, taskRow({ dir: "d/a" })] };
  deepStrictEqual(keys(more).slice(0, 3), keys(common));
});

Deno.test("the results of a task do not change its key when a pattern or a directory includes them", () => {
  const rows = [
    taskRow({
      dir: "t1",
      inputs: ["*", "../d"],
      outputs: ["result", "made/"],
    }),
  ];
  const before = keys({ tasks: rows, commonInputs: ["./"] });
  const written = {
    "/work/t1/log": "x",
    "/work/t1/err": "x",
    "/work/t1/result": "x",
    "/work/t1/made/deep": "x",
  };
  deepStrictEqual(keys({ tasks: rows, commonInputs: ["./"] }, written), before);
  notStrictEqual(
    keys({ tasks: rows, commonInputs: ["./"] }, { "/work/t1/new": "x" })[0],
    before[0],
  );
});

Deno.test("the results of a task are not even read", () => {
  const written = {
    "/work/t/log": "x",
    "/work/t/made/deep": "x",
    "/work/t/in": "x",
  };
  const files = memoryFiles(written);
  const config = configOf({
    tasks: [taskRow({ dir: "t", inputs: ["./"], outputs: ["made"] })],
  });
  ok(
    buildPlan(config, {
      files,
      cwd: "/",
      hashCache: memoryHashes(),
      locate: locatePath,
    }).ok,
  );
  strictEqual(files.calls.read, 1);
});

Deno.test("a result that is named as an input counts as one, also where a pattern matches it", () => {
  const both = [
    taskRow({ dir: "t1", inputs: ["*", "in", "?n"], outputs: ["in"] }),
  ];
  notStrictEqual(
    keys({ tasks: both })[0],
    keys({ tasks: both }, { "/work/t1/in": "other" })[0],
  );
  const rows = [taskRow({ dir: "t1", inputs: ["in"], outputs: ["in"] })];
  notStrictEqual(
    keys({ tasks: rows })[0],
    keys({ tasks: rows }, { "/work/t1/in": "other" })[0],
  );
});

Deno.test("the script counts by its code only, also where a pattern, a directory or its own name forwards it", () => {
  for (const entry of ["*", "./", "hello.py"]) {
    const key = (text: string) =>
      keys({ commonInputs: [entry] }, { "/work/hello.py": text });
    deepStrictEqual(key("# queue = 1\n"), key("# queue = 2\n"));
  }
});

Deno.test("a file of known size and time is not read again", () => {
  const hashCache = memoryHashes();
  const read = () => {
    const files = memoryFiles(tree);
    const checked = buildPlan(configOf(plain), {
      files,
      cwd: "/",
      hashCache,
      locate: locatePath,
    });
    return [
      files.calls.read,
      checked.ok && checked.value.value.tasks.map(({ key }) => key),
    ] as const;
  };
  deepStrictEqual([read(), read()], [[5, keys()], [0, keys()]]);
});

Deno.test("of a file too large to be read, size and modification time count", () => {
  const at = (bytes: number, modified: number) => {
    const files = memoryFiles(tree);
    const stat = (path: string) =>
      path === "/work/common"
        ? { kind: "file", bytes, modified } as const
        : files.stat(path);
    const read = (path: string) =>
      ok(path !== "/work/common") ?? files.read(path);
    const checked = buildPlan(configOf(plain), {
      files: { ...files, stat, read },
      cwd: "/",
      hashCache: memoryHashes(),
      locate: locatePath,
    });
    return checked.ok && checked.value.value.tasks[0]!.key;
  };
  const huge = 2 ** 40;
  strictEqual(at(huge, 1), at(huge, 1));
  strictEqual(new Set([at(huge, 1), at(huge, 2), at(huge + 1, 1)]).size, 3);
});

Deno.test("the run key depends on the script's path and the target host, and on nothing else", () => {
  const far = {
    context: "SSHContext" as const,
    remoteRoot: "/scratch",
    profile: { hostname: "h", username: "u", port: 22 },
  };
  const key = (overrides: Overrides = {}) =>
    planOf({ ...overrides, machine: { ...far, ...overrides.machine } }, {
      "/work/b/": "",
    }).runKey;
  match(key(), /^[0-9a-f]{8}-[0-9a-f]{8}$/);
  const [script, place] = key().split("-") as [string, string];
  const same: Overrides[] = [
    { script: { text: "x", code: "x" } },
    { tasks: [taskRow({ command: "x" })] },
    { resources: { queue: "x" } },
    {
      machine: {
        retries: 1,
        scheduler: "Slurm",
        profile: { ...far.profile, password: "p", key_filename: "k" },
      },
    },
  ];
  for (const change of same) strictEqual(key(change), key());
  const inPlace = (remoteRoot: string) =>
    key({ machine: { context: "LazyLocalContext", remoteRoot } });
  strictEqual(inPlace("/a"), inPlace("/b"));
  const by = (context: "LocalContext" | "HDFSContext") =>
    key({ machine: { context } });
  notStrictEqual(by("LocalContext"), by("HDFSContext"));
  const elsewhere: Overrides[] = [
    { workBase: "b" },
    { machine: { context: "LocalContext" } },
    { machine: { remoteRoot: "/other" } },
    ...["hostname", "username", "port"].map((field) => ({
      machine: { profile: { ...far.profile, [field]: "x" } },
    })),
  ];
  for (const change of elsewhere) {
    strictEqual(key(change).split("-")[0], script);
    notStrictEqual(key(change).split("-")[1], place);
  }
  strictEqual(key({ script: { path: "/work/other.py" } }).split("-")[1], place);
  notStrictEqual(
    key({ script: { path: "/work/other.py" } }).split("-")[0],
    script,
  );
});

Deno.test("of a profile only the fields that identify the remote host are in the run key", () => {
  const contexts = Object.keys(profiles) as (keyof typeof profiles)[];
  for (const context of contexts) {
    const place = new Set(["hostname", "username", "port", "projectId"]);
    for (const { configName } of Object.values(profiles[context] as Fields)) {
      const key = (value: string) =>
        planOf({ machine: { context, profile: { [configName!]: value } } }, {})
          .runKey;
      strictEqual(
        key("a") !== key("b"),
        place.has(configName!),
        `${context} ${configName}`,
      );
    }
  }
});
