import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Machine } from "../../../src/model/config.ts";
import { buildPlan } from "../../../src/pipeline/plan/mod.ts";
import { localFiles } from "../../../src/environment/local_files.ts";
import { configOf, locatePath, taskRow } from "../../helpers/config.ts";
import { memoryHashes } from "../../helpers/hashes.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import { diagnosticsOf, planOf } from "../../helpers/plan_of.ts";

const dirs = ({ tasks }: ReturnType<typeof planOf>): string[] =>
  tasks.map(({ dir }) => dir);
const targets = (inputs: readonly { remotePath: string }[]): string[] =>
  inputs.map(({ remotePath }) => remotePath);
const forward = (...inputs: string[]) => ({
  tasks: [taskRow({ dir: "t", inputs })],
});

Deno.test("the simplest config is one task in the work base", () => {
  const { tasks, localDir, remoteDir, script, header } = planOf({}, {});
  deepStrictEqual(tasks.map(({ key: _, ...task }) => task), [
    {
      command: "python",
      dir: ".",
      inputs: [],
      outputs: [],
      stdoutFile: "log",
      stderrFile: "err",
    },
  ]);
  deepStrictEqual([localDir, remoteDir, header], ["/work", "/work", null]);
  match(script.name, /^script_[0-9a-f]{40}\.py$/);
  strictEqual(script.text, 'print("hello")\n');
});

Deno.test("scripts with the same code have separate copies, which are removed separately", () => {
  const copyOf = (path: string) =>
    planOf(configOf({ script: { path } }), { "/work/": "" }).script;
  const [a, b] = [copyOf("/work/a.py"), copyOf("/work/b.py")];
  strictEqual(a.text, b.text);
  ok(a.name !== b.name);
  deepStrictEqual(copyOf("/work/a.py"), a);
});

Deno.test("the base is the work base inside the local root, inside the current directory", () => {
  const tree = { "/work/here/in/": "", "/else/in/": "", "/abs/": "" };
  const base = (localRoot: string | null, workBase: string) =>
    planOf({ machine: { localRoot }, workBase }, tree).localDir;
  strictEqual(base("here", "in/"), "/work/here/in");
  strictEqual(base("../else", "./in"), "/else/in");
  strictEqual(base(null, "./"), "/work");
  strictEqual(base("/else", "/abs/"), "/abs");
});

Deno.test("a missing work base is the only error", () => {
  deepStrictEqual(
    diagnosticsOf({ workBase: "gone", tasks: [taskRow({ dir: "gone" })] }, {}),
    [
      'work_base: work_base "/work/gone" is not a directory',
    ],
  );
  strictEqual(
    diagnosticsOf({ workBase: "file" }, { "/work/file": "" }).length,
    1,
  );
});

Deno.test("a glob gives one task for each directory, in natural order, wherever the base is", () => {
  const tree = {
    "/work/b/task10/": "",
    "/work/b/task2/": "",
    "/work/b/task1/x": "",
    "/work/b/task3": "a file",
  };
  deepStrictEqual(
    dirs(
      planOf({ workBase: "b", tasks: [taskRow({ dir: "task*" })] }, tree),
    ),
    [
      ...["task1", "task2", "task10"],
    ],
  );
});

Deno.test("links to directories are task directories, links to files are not", () => {
  const tree = {
    "/far/x": "",
    "/work/t1": { link: "/far" },
    "/work/t2": { link: "/far/x" },
    "/work/t3": { link: "/no" },
  };
  deepStrictEqual(dirs(planOf({ tasks: [taskRow({ dir: "t*" })] }, tree)), [
    "t1",
  ]);
});

Deno.test("task directories are normalised", () => {
  const rows = ["./", "a/", "a/./b", "a//b/..", "."].map((directory) =>
    taskRow({ dir: directory })
  );
  deepStrictEqual(dirs(planOf({ tasks: rows }, { "/work/a/b/": "" })), [
    ".",
    "a",
    "a/b",
    "a",
    ".",
  ]);
});

Deno.test("a directory whose name looks like a pattern is that directory", () => {
  const tree = { "/work/a[1]/f[2]": "", "/work/a1/": "", "/work/a[1]/f2": "" };
  const { tasks } = planOf({
    tasks: [taskRow({ dir: "a[1]", inputs: ["f[2]"] })],
  }, tree);
  deepStrictEqual(tasks.map(({ dir, inputs }) => [dir, targets(inputs)]), [[
    "a[1]",
    ["a[1]/f[2]"],
  ]]);
});

Deno.test("all errors are reported together, each at its location, once for all directories of a row", () => {
  const rows = [
    taskRow({ dir: "gone" }),
    taskRow({ dir: "no*" }),
    taskRow({ dir: "*.txt" }),
    taskRow({ dir: "../x" }),
    taskRow({ dir: "/work" }),
    taskRow({
      dir: "t*",
      inputs: ["in", "miss*", "../../up", "/etc/passwd", ""],
      outputs: ["ok", "../../up", "/x"],
    }),
    taskRow({ dir: "t1/in" }),
  ];
  const tree = {
    "/work/a.txt": "",
    "/work/t1/in": "",
    "/work/t2/in": "",
    "/work/t3/": "",
    "/up": "",
  };
  const common = { commonInputs: ["gone"], commonOutputs: ["../up"] };
  deepStrictEqual(diagnosticsOf({ tasks: rows, ...common }, tree), [
    'backward_common_files.0: backward_common_files "../up" is outside the work base',
    'forward_common_files.0: forward_common_files "gone" matches no file or directory (in directory ".")',
    'task_list.0.task_work_path: task_work_path "gone" is not a directory in "/work"',
    'task_list.1.task_work_path: task_work_path "no*" matches no directory in "/work"',
    'task_list.2.task_work_path: task_work_path "*.txt" matches no directory in "/work"',
    'task_list.3.task_work_path: task_work_path "../x" is outside the work base',
    'task_list.4.task_work_path: task_work_path "/work" must be a relative path',
    'task_list.5.backward_files.1: backward_files "../../up" is outside the work base',
    'task_list.5.backward_files.2: backward_files "/x" must be a relative path',
    'task_list.5.forward_files.0: forward_files "in" matches no file or directory (in directory "t3")',
    'task_list.5.forward_files.1: forward_files "miss*" matches no file or directory (in directory "t1" and 2 more)',
    'task_list.5.forward_files.2: forward_files "../../up" is outside the work base (in directory "t1" and 2 more)',
    'task_list.5.forward_files.3: forward_files "/etc/passwd" must be a relative path (in directory "t1" and 2 more)',
    'task_list.5.forward_files.4: forward_files "" must be a relative path (in directory "t1" and 2 more)',
    'task_list.6.task_work_path: task_work_path "t1/in" is not a directory in "/work"',
  ]);
});

Deno.test("errors are ordered by line, not by the order in which they were found", () => {
  const line = (name: unknown): number => name === "task_list" ? 2 : 10;
  const config = configOf({
    tasks: [taskRow({ dir: "gone" })],
    commonInputs: ["gone"],
  });
  const checked = buildPlan(config, {
    files: memoryFiles({ "/work/": "" }),
    cwd: "/",
    hashCache: memoryHashes(),
    locate: (first) => ({ file: "hello.py", line: line(first), column: 1 }),
  });
  deepStrictEqual(
    checked.ok || checked.error.errors.map(({ location }) => location.line),
    [2, 10],
  );
});

Deno.test("inputs are files, globs and whole directories with their bytes", () => {
  const tree = {
    "/work/t/a.txt": "12",
    "/work/t/b.txt": "3",
    "/work/t/d/x": "1234",
    "/work/t/d/e/y": "5",
  };
  deepStrictEqual(planOf(forward("*.txt", "d/"), tree).tasks[0]!.inputs, [
    {
      localPath: "/work/t/a.txt",
      remotePath: "t/a.txt",
      isDirectory: false,
      bytes: 2,
    },
    {
      localPath: "/work/t/b.txt",
      remotePath: "t/b.txt",
      isDirectory: false,
      bytes: 1,
    },
    { localPath: "/work/t/d", remotePath: "t/d", isDirectory: true, bytes: 5 },
  ]);
});

Deno.test("an input may be beside the task's directory, inside the base", () => {
  const tree = { "/work/t/": "", "/work/shared/a": "", "/work/shared/b": "" };
  deepStrictEqual(
    targets(planOf(forward("../shared/*"), tree).tasks[0]!.inputs),
    ["shared/a", "shared/b"],
  );
});

Deno.test("an input named twice, or inside another input, is staged once", () => {
  const tree = { "/work/t/d/x": "", "/work/t/d/y/z": "", "/work/t/d2": "" };
  deepStrictEqual(
    targets(
      planOf(forward("d/x", "./d", "d/y", "d", "d2", "d*"), tree).tasks[0]!
        .inputs,
    ),
    ["t/d", "t/d2"],
  );
});

Deno.test("a common input is not repeated for a task", () => {
  const tree = { "/work/t/own": "", "/work/c": "", "/work/d/x": "" };
  const config = {
    ...forward("own", "../c", "../d/x"),
    commonInputs: ["c", "d"],
  };
  const { tasks, commonInputs } = planOf(config, tree);
  deepStrictEqual([targets(tasks[0]!.inputs), targets(commonInputs)], [[
    "t/own",
  ], ["c", "d"]]);
});

Deno.test("a directory that contains a task's directory, or is one, is replaced by its entries", () => {
  const tree = {
    "/work/t/a": "1",
    "/work/t/deep/u/b": "22",
    "/work/t/deep/c": "",
    "/work/t/d/x": "333",
  };
  const tasks = [
    taskRow({ dir: "t", inputs: ["./"] }),
    taskRow({ dir: "t/deep/u" }),
  ];
  deepStrictEqual(
    planOf({ tasks }, tree).tasks[0]!.inputs.map((
      { remotePath, bytes },
    ) => [remotePath, bytes]),
    [
      ...[["t/a", 1], ["t/d", 3], ["t/deep/c", 0], ["t/deep/u/b", 2]],
    ],
  );
});

Deno.test("no input is inside another input that is a directory, whichever tasks they belong to", () => {
  const part = fc.constantFrom("a", "b");
  const path = fc.array(part, { maxLength: 3 }).map((parts) =>
    parts.join("/") || "."
  );
  const leaves = ["a", "b"].flatMap((a) =>
    ["a", "b"].flatMap((b) => ["a", "b"].map((c) => `/work/${a}/${b}/${c}/f`))
  );
  const tree = Object.fromEntries(leaves.map((leaf) => [leaf, "1"]));
  const row = fc.tuple(path, fc.array(path, { maxLength: 2 })).map((
    [directory, inputs],
  ) =>
    taskRow({
      dir: directory,
      inputs: inputs.map((input) =>
        `${directory.replace(/[^/.]+/g, "..")}/${input}`
      ),
    })
  );
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 3 }),
      fc.array(path, { maxLength: 2 }),
      (tasks, common) => {
        const planned = planOf({ tasks, commonInputs: common }, tree);
        const inputs = [
          ...planned.commonInputs,
          ...planned.tasks.flatMap(({ inputs }) => inputs),
        ];
        const inner = [...targets(inputs), ...dirs(planned)];
        for (const { isDirectory, remotePath } of inputs) {
          if (isDirectory) {
            ok(
              !inner.some((other) => other.startsWith(`${remotePath}/`)),
              `${remotePath} holds another`,
            );
          }
          ok(
            !dirs(planned).includes(remotePath),
            `${remotePath} is a task's folder`,
          );
        }
        // Spread or not, all files that were asked for go along.
        const wanted = tasks.flatMap(({ dir: directory, inputs }) =>
          inputs.map((input) =>
            new URL(`file:///work/${directory}/${input}`).pathname
          )
        )
          .concat(
            common.map((input) => new URL(`file:///work/${input}`).pathname),
          ).map((path) => path.replace(/\/$/, ""));
        for (
          const leaf of leaves.filter((leaf) =>
            wanted.some((path) => leaf.startsWith(`${path}/`))
          )
        ) {
          ok(
            inputs.some(({ localPath }) =>
              leaf === localPath || leaf.startsWith(`${localPath}/`)
            ),
            `${leaf} is lost`,
          );
        }
      },
    ),
  );
});

Deno.test("the directory of dpdisp is never an input or a task's directory, whatever pattern matches it", () => {
  const tree = {
    "/work/.dpdisp/x/state": "123",
    "/work/t/.dpdisp/y": "456",
    "/work/t/a": "7",
    "/work/.h/b": "",
  };
  deepStrictEqual(dirs(planOf({ tasks: [taskRow({ dir: ".*" })] }, tree)), [
    ".h",
  ]);
  deepStrictEqual(
    targets(planOf({ commonInputs: [".*", "t"] }, tree).commonInputs),
    [".h", "t"],
  );
  strictEqual(planOf({ commonInputs: ["t"] }, tree).commonInputs[0]!.bytes, 1);
  strictEqual(
    diagnosticsOf({ commonInputs: [".dpdisp", ".dpdisp/x/*"] }, tree).length,
    2,
  );
  strictEqual(
    diagnosticsOf({ tasks: [taskRow({ dir: ".dpdisp/x" })] }, tree).length,
    1,
  );
});

Deno.test("links are followed, and a broken link, a pipe and a circle of links are errors", () => {
  const tree = {
    "/far/f": "12",
    "/far/d/g": "345",
    "/work/t/f": { link: "/far/f" },
    "/work/t/d": { link: "/far/d" },
  };
  const { inputs } = planOf(forward("*"), tree).tasks[0]!;
  deepStrictEqual(
    inputs.map((
      { remotePath, isDirectory, bytes },
    ) => [remotePath, isDirectory, bytes]),
    [[
      "t/d",
      true,
      3,
    ], ["t/f", false, 2]],
  );
  const firstError = (broken: Parameters<typeof memoryFiles>[0]) =>
    diagnosticsOf(forward("d"), broken)[0]!;
  match(
    firstError({ "/work/t/d/x": { link: "/nowhere" } }),
    /"\/work\/t\/d\/x" is a broken symbolic link/,
  );
  match(
    firstError({ "/work/t/d/x": null }),
    /"\/work\/t\/d\/x" is neither a file nor a directory/,
  );
  match(
    firstError({
      "/work/t/d/x": { link: "/work/t" },
      "/work/t/d/y": { link: "/work/t" },
    }),
    /symbolic links in a row/,
  );
});

Deno.test("a file that cannot be read is an error", () => {
  const files = { ...memoryFiles({ "/work/t/a": "1" }), read: () => null };
  const checked = buildPlan(configOf(forward("a")), {
    files,
    cwd: "/",
    hashCache: memoryHashes(),
    locate: locatePath,
  });
  match(
    checked.ok ? "" : checked.error.errors[0]!.message,
    /"\/work\/t\/a" cannot be read \(in directory "t"\)/,
  );
});

Deno.test("a pattern and a directory with the same name are not confused", () => {
  const tasks = [
    taskRow({ inputs: ["a[1]/x"] }),
    taskRow({ dir: "a[1]", inputs: ["x"] }),
  ];
  deepStrictEqual(
    diagnosticsOf({ tasks }, { "/work/a1/x": "", "/work/a[1]/": "" }),
    [
      'task_list.1.forward_files.0: forward_files "x" matches no file or directory (in directory "a[1]")',
    ],
  );
});

Deno.test("results may be beside the task's directory", () => {
  const { tasks } = planOf({
    tasks: [taskRow({ dir: "t", outputs: ["./../out/*"] })],
  }, { "/work/t/": "" });
  deepStrictEqual(tasks[0]!.outputs, ["../out/*"]);
});

Deno.test("patterns for results stay patterns, normalised", () => {
  const outputs = ["./out/*", "a//b/", "[x]"];
  const { tasks, commonOutputs } = planOf({
    tasks: [taskRow({ outputs })],
    commonOutputs: outputs,
  }, {});
  deepStrictEqual(tasks[0]!.outputs, ["out/*", "a/b", "[x]"]);
  deepStrictEqual(commonOutputs, ["out/*", "a/b", "[x]"]);
});

Deno.test("the remote directory is the base with LazyLocalContext, otherwise a directory of the run in remote_root", () => {
  const root = (context: Machine["context"], remoteRoot: string | null) => {
    const { remoteDir, runKey } = planOf(
      { machine: { context, remoteRoot } },
      {},
    );
    return remoteDir.replace(runKey, "KEY");
  };
  strictEqual(root("LazyLocalContext", "/scratch"), "/work");
  strictEqual(root("LocalContext", "run/"), "/work/run/KEY");
  strictEqual(root("LocalContext", "~/run"), "~/run/KEY");
  strictEqual(root("SSHContext", "$HOME/run/"), "$HOME/run/KEY");
  strictEqual(root("SSHContext", "run"), "run/KEY");
  strictEqual(
    root("HDFSContext", "hdfs://host:9000/x"),
    "hdfs://host:9000/x/KEY",
  );
  strictEqual(root("SSHContext", "/"), "/KEY");
  strictEqual(root("BohriumContext", null), "KEY");
});

Deno.test("the user's header goes into the plan", () => {
  strictEqual(
    planOf({ header: "#SBATCH -N 1\n" }, {}).header,
    "#SBATCH -N 1\n",
  );
});

Deno.test("unusual names are unchanged", async () => {
  const base = await Deno.makeTempDir();
  const names = [
    "sp ace",
    "new\nline",
    "quo'te\"",
    "ünï 𝒳",
    "-rf",
    "$HOME",
    "`id`",
    "a\\b",
    "{x}",
    "~",
    "[",
    "tab\t",
    "%s",
  ];
  for (const name of names) {
    await Deno.mkdir(`${base}/${name}`);
    await Deno.writeTextFile(`${base}/${name}/${name}`, name);
  }
  const rows = [
    ...names.map((name) => taskRow({ dir: name, inputs: [name] })),
    taskRow({ dir: "*", inputs: ["*"] }),
  ];
  const config = configOf({ machine: { localRoot: base }, tasks: rows });
  const checked = buildPlan(config, {
    files: localFiles,
    cwd: "/",
    hashCache: memoryHashes(),
    locate: locatePath,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  const { tasks } = checked.value.value;
  const expected = names.map((name) => [name, [`${name}/${name}`]]);
  const seen = tasks.map(({ dir, inputs }) => [dir, targets(inputs)]);
  deepStrictEqual(seen.slice(0, names.length), expected);
  deepStrictEqual(seen.slice(names.length).sort(), expected.toSorted());
  strictEqual(new Set(tasks.map(({ key }) => key)).size, tasks.length);
  await Deno.remove(base, { recursive: true });
});

Deno.test("what many tasks share is read once", () => {
  const count = 300;
  const directories = Array.from(
    { length: count },
    (_, n) => [`/work/t${n}/`, ""],
  );
  const files = memoryFiles({
    ...Object.fromEntries(directories),
    "/work/big/a": "1",
    "/work/big/b": "2",
  });
  const config = configOf({
    tasks: [taskRow({ dir: "t*", inputs: ["../big", "../big/*"] })],
  });
  ok(
    buildPlan(config, {
      files,
      cwd: "/",
      hashCache: memoryHashes(),
      locate: locatePath,
    }).ok,
  );
  deepStrictEqual([files.calls.read, files.calls.list], [2, 3]);
  ok(files.calls.stat < 2 * count, `${files.calls.stat} calls of stat`);
});
