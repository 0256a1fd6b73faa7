/** Inputs that want to hang whoever looks at them, or to break the program: each is told at its place, at once. */
import { match, ok, strictEqual } from "node:assert/strict";
import {
  MAX_MS,
  metadataBlock,
  runCheck,
  scriptWith,
} from "../helpers/checked.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

interface Bomb {
  readonly script?: string | Uint8Array;
  /** Beside the script. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly prepare?: (directory: string) => Promise<unknown>;
  readonly args?: readonly string[];
  /** What is told, its place among it. */
  readonly says: RegExp;
}

const template = (name: string): string =>
  scriptWith({
    resources:
      `strategy = { customized_script_header_template_file = "${name}" }`,
  });
const reference = (name: string): string =>
  metadataBlock(`[tool.dpdispatcher]\n"$ref" = "${name}"`);
const tasks = (path: string, top = 'work_base = "./"'): string =>
  scriptWith({ top, task: `task_work_path = ${JSON.stringify(path)}` });
const of = (text: string, allowRef = true): Partial<Bomb> => ({
  script: reference("bomb.yaml"),
  files: { "bomb.yaml": text },
  args: allowRef ? ["--allow-ref"] : [],
});
const fifo = (name: string) => (directory: string) =>
  new Deno.Command("mkfifo", { args: [`${directory}/${name}`] }).output();
const socket = (name: string) => (directory: string) => {
  const bind =
    "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
  const args = ["-c", bind, `${directory}/${name}`];
  return new Deno.Command("python3", { args }).output();
};
/** A link to the directory that it is in, and another. */
const loops = async (directory: string) => {
  await Deno.symlink(".", `${directory}/here`);
  await Deno.symlink(".", `${directory}/there`);
};
/** Folders in a row, each with ten links to the next: 10^8 paths. */
const fan = async (directory: string) => {
  for (let at = 0; at < 9; at++) {
    await Deno.mkdir(`${directory}/fan/${at}`, { recursive: true });
    for (let link = 0; at < 8 && link < 10; link++) {
      await Deno.symlink(`../${at + 1}`, `${directory}/fan/${at}/${link}`);
    }
  }
};
const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join("\n");

const bombs: Readonly<Record<string, Bomb>> = {
  // What is named is no file.
  "a template that is a pipe": {
    script: template("pipe"),
    prepare: fifo("pipe"),
    says: /^run\.py:\d+:\d+ {2}header template "pipe" is not a regular file/,
  },
  "a template that is a socket": {
    script: template("socket"),
    prepare: socket("socket"),
    says: /^run\.py:\d+:\d+ {2}header template "socket" is not a regular file/,
  },
  "a template without end": {
    script: template("/dev/zero"),
    says: /^run\.py:\d+:\d+ .* "\/dev\/zero" is not a regular file/,
  },
  "a template that is a directory": {
    script: template("/tmp"),
    says: /^run\.py:\d+:\d+ .* "\/tmp" is a directory/,
  },
  "a template that a process writes": {
    script: template("/dev/stdin"),
    says: /^run\.py:\d+:\d+ .* "\/dev\/stdin" is not a regular file/,
  },
  "a huge template": {
    script: template("huge"),
    prepare: (directory) =>
      Deno.writeTextFile(`${directory}/huge`, "").then(() =>
        Deno.truncate(`${directory}/huge`, 2 ** 40)
      ),
    says: /^run\.py:\d+:\d+ .* "huge" is larger than 1 MiB/,
  },
  "a $ref to a pipe": {
    script: reference("pipe.yaml"),
    prepare: fifo("pipe.yaml"),
    args: ["--allow-ref"],
    says:
      /^run\.py:3:12 {2}\$ref names "pipe.yaml", which is not a regular file/,
  },
  "a $ref to a directory": {
    script: reference("folder.json"),
    prepare: (directory) => Deno.mkdir(`${directory}/folder.json`),
    args: ["--allow-ref"],
    says: /^run\.py:3:12 .* which is a directory/,
  },
  "a huge $ref": {
    ...of("# ".padEnd(2 ** 20 + 1, "x")),
    says: /^run\.py:3:12 .* which is larger than 1 MiB/,
  },
  "a script that is a pipe": {
    prepare: fifo("run.py"),
    says:
      /^error: Cannot read "run\.py": it is neither a regular file nor an open pipe/,
  },
  "a script that is a directory": {
    prepare: (directory) => Deno.mkdir(`${directory}/run.py`),
    says: /it is a directory/,
  },
  "a script without end": {
    prepare: (directory) => Deno.symlink("/dev/zero", `${directory}/run.py`),
    says: /it is neither a regular file nor an open pipe/,
  },
  "a script of one huge line": {
    script: new Uint8Array(100 * 2 ** 20).fill(120),
    says: /it is larger than 8 MiB/,
  },
  // Parsers.
  "8 MiB that are not UTF-8 at their end": {
    script: new Uint8Array(8 * 2 ** 20).fill(0xe9, -1),
    says: /^run\.py:1:8388608 {2}not UTF-8/,
  },
  "8 MiB of heads that begin no block": {
    script: "# /// a\n".repeat(2 ** 20),
    says: /^run\.py:1:1 {2}/,
  },
  "8 MiB of blocks that are not closed": {
    script: "# /// a\n\n".repeat(900_000),
    says: /^run\.py:1:1 {2}/,
  },
  "a line of 7 MB in the block": {
    script: scriptWith({ resources: `queue_name = "${"x".repeat(7e6)}"` }),
    says:
      /^run\.py:2:3 {2}the script metadata cannot be read: it is longer than/,
  },
  "a line of 3 MB in the block": {
    script: scriptWith({ resources: `queue_name = "${"x".repeat(3e6)}"` }),
    says: /^run\.py:10:16 .* longer than 65536 characters/,
  },
  "a string that ends nowhere": {
    script: scriptWith({ resources: `queue_name = """${"\\\\".repeat(1e6)}` }),
    says: /^run\.py:10:16 .* longer than 65536 characters/,
  },
  "an integer of 200,000 digits": {
    script: scriptWith({ resources: `para_deg = ${"9".repeat(200_000)}` }),
    says: /^run\.py:10:14 .* longer than 65536 characters/,
  },
  "an integer of 60,000 digits": {
    script: scriptWith({ resources: `para_deg = ${"9".repeat(60_000)}` }),
    says:
      /^run\.py:10:14 {2}para_deg must be an integer .*, got 9{40}…\n1 error/,
  },
  "lists in lists": {
    script: scriptWith({
      resources: `x = ${"[".repeat(20_000)}${"]".repeat(20_000)}`,
    }),
    says: /^run\.py:10:\d+ .* nested more than 100 levels deep/,
  },
  "tables in tables": {
    script: scriptWith({
      resources: `x = ${"{a=".repeat(20_000)}1${"}".repeat(20_000)}`,
    }),
    says: /^run\.py:10:\d+ .* nested more than 100 levels deep/,
  },
  "a key of 20,000 parts": {
    script: scriptWith({ resources: `a${".a".repeat(20_000)} = 1` }),
    says: /^run\.py:10:\d+ .* nested more than 100 levels deep/,
  },
  "a table's name of 20,000 parts": {
    script: metadataBlock(`[a${".a".repeat(20_000)}]\nb = 1`),
    says: /^run\.py:2:\d+ .* nested more than 100 levels deep/,
  },
  "a million tasks": {
    script: metadataBlock(lines(1e6, () => "[a]")),
    says: /^run\.py:200002:4 .* more than 200000 keys and values/,
  },
  "300,000 values": {
    script: scriptWith({ resources: `x = [${"1,".repeat(3e5)}]` }),
    says: /^run\.py:10:\d+ .* more than 200000 keys and values/,
  },
  "90,000 unknown keys": {
    script: scriptWith({ resources: lines(90_000, (at) => `x${at} = 1`) }),
    says:
      /^run\.py:10:3 {2}warning: unknown key "x0".*\n(.*\n)*run\.py:110:3 {2}warning: 89900 more unknown keys/m,
  },
  "an unknown key of 60,000 letters": {
    script: scriptWith({ resources: `${"x".repeat(60_000)} = 1` }),
    says: /^run\.py:10:3 {2}warning: unknown key "x{40}…"/m,
  },
  "a batch type of 60,000 letters": {
    script: scriptWith({
      machine: `batch_type = "${"s".repeat(60_000)}"
context_type = "LazyLocalContext"
local_root = "./"`,
    }),
    says: /^run\.py:5:16 {2}batch_type must be one of/,
  },
  "10,000 wrong rows": {
    script: metadataBlock(
      lines(10_000, () => "[[tool.dpdispatcher.task_list]]\ncommand = 1"),
    ),
    says: /run\.py:3:\d+ {2}command must be a string, got 1/,
  },
  "a template that is filled with gigabytes": {
    script: scriptWith({
      resources: `queue_name = "${"q".repeat(60_000)}"
strategy = { customized_script_header_template_file = "head" }`,
    }),
    files: { head: "\n{queue_name}".repeat(80_000) },
    says: /^head:19:1 {2}the header is longer than 1048576/,
  },
  "a template with a name of a million letters": {
    script: template("head"),
    files: { head: `{${"q".repeat(1e6)}}` },
    says: /^head:1:1 {2}\{q{39}… in the template is not one of/,
  },
  "a template of braces": {
    script: template("head"),
    files: { head: `${"{".repeat(2 ** 20 - 1)}` },
    says: /^head:1:\d+ {2}a single \{ in the template/,
  },
  "200,000 tasks and more": {
    script: metadataBlock(`[tool.dpdispatcher]
work_base = "./"
[tool.dpdispatcher.machine]
batch_type = "Shell"
context_type = "LazyLocalContext"
local_root = "./"
[tool.dpdispatcher.resources]
group_size = 1
${
      lines(20_000, () =>
        '[[tool.dpdispatcher.task_list]]\ntask_work_path = "*"')
    }`),
    prepare: async (directory) => {
      for (let at = 0; at < 1_000; at++) {
        await Deno.mkdir(`${directory}/t${at}`);
      }
    },
    says: /^run\.py:411:20 {2}more than 200000 tasks in total/,
  },
  "job scripts of gigabytes": {
    script: scriptWith({
      resources: `prepend_script = [${`"${"x".repeat(60_000)}",`.repeat(40)}]`,
      task: lines(
        100,
        (at) =>
          `${
            at > 0 ? "[[tool.dpdispatcher.task_list]]\n" : ""
          }task_work_path = "./"`,
      ),
    }),
    says: /^run\.py:8:3 {2}the job scripts would be longer than 67108864/,
  },
  // Numbers and dates.
  "an infinite number": {
    script: scriptWith({ resources: "wait_time = 1e999999" }),
    says: /^run\.py:10:15 {2}wait_time must be a number of at least 0/,
  },
  "no number": {
    script: scriptWith({ resources: "wait_time = nan" }),
    says: /^run\.py:10:15 {2}wait_time must be a number/,
  },
  "a group size beyond 2^53": {
    script: scriptWith({ resources: "" }).replace(
      "group_size = 1",
      "group_size = 9007199254740993",
    ),
    says:
      /^run\.py:9:16 .* group_size must be|^run\.py:9:16 {2}group_size must/,
  },
  "a time beyond 2^53": {
    script: scriptWith({
      resources: `walltime = "${"9".repeat(17)}:00:00"`,
    }),
    says: /run\.py:10:14 {2}walltime must be a time/,
  },
  "a size beyond 2^53": {
    script: scriptWith({ resources: `memory = "${"9".repeat(17)}GB"` }),
    says: /run\.py:10:12 {2}memory must be a size/,
  },
  "a date for a count": {
    script: scriptWith({ resources: "para_deg = 1979-05-27T07:32:00Z" }),
    says: /^run\.py:10:14 .* got the date 1979-05-27T07:32:00Z/,
  },
  // Texts and paths.
  "a path of 60,000 letters": {
    script: tasks("x".repeat(60_000)),
    says:
      /^run\.py:12:20 {2}task_work_path must be a path .* of at most 4095 characters, got "x{40}…"/,
  },
  "a path of 4,000 letters": {
    script: tasks("x".repeat(4_000)),
    says: /^run\.py:12:20 {2}task_work_path "x{4000}" is not a directory/,
  },
  "a work base with a NUL": {
    script: tasks("./", 'work_base = "a\\u0000b"'),
    says: /^run\.py:3:15 {2}work_base must be a path without a NUL/,
  },
  "a command with a NUL": {
    script: scriptWith({
      task: 'task_work_path = "./"\ncommand = "a\\u0000b"',
    }),
    says: /^run\.py:13:13 {2}command must be a string without a NUL/,
  },
  "a variable with a NUL": {
    script: scriptWith({ resources: 'envs = { A = "a\\u0000b" }' }),
    says: /^run\.py:10:16 {2}A in envs must be a string without a NUL/,
  },
  "half a surrogate pair in a path": {
    ...of('{"work_base": "a\\ud800"}'),
    says: /^bomb\.yaml:1:15 {2}work_base must be a path without/m,
  },
  // YAML and JSON.
  "aliases of aliases": {
    ...of(
      `a0: &a0 [x, x]\n${
        lines(30, (at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`)
      }`,
    ),
    says: /^bomb\.yaml:\d+:\d+ {2}cannot be read: with its aliases it contains/,
  },
  "20,000 aliases": {
    ...of(`a: &a 1\nb: [${"*a,".repeat(20_000)}]`),
    says: /missing/,
  },
  "an alias inside what it names": {
    ...of("a: &a [*a]"),
    says: /^bomb\.yaml:1:8 .* circular alias/,
  },
  "YAML lists in lists": {
    ...of("- ".repeat(20_000)),
    says: /^bomb\.yaml:1:\d+ {2}cannot be read: it is nested more than 100/,
  },
  "JSON lists in lists": {
    ...of(`{"a": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`),
    says: /^bomb\.yaml:1:\d+ {2}cannot be read: it is nested more than 100/,
  },
  "JSON lists that end nowhere": {
    ...of("[".repeat(40_000)),
    says: /^bomb\.yaml:1:\d+ {2}cannot be read: it is nested more than 100/,
  },
  "500,000 dashes": {
    ...of("- ".repeat(500_000)),
    says: /^bomb\.yaml:1:\d+ {2}cannot be read: it contains more than 50000/,
  },
  "100,000 anchors": {
    ...of(`a: ${"&a ".repeat(1e5)}`),
    says: /^bomb\.yaml:1:\d+ {2}cannot be read: it contains more than 50000/,
  },
  "9,000 keys, the last there twice": {
    ...of(`${lines(9_000, (at) => `x${at}: 1`)}\nx7: 1`),
    says: /^bomb\.yaml:9001:1 {2}not valid YAML: duplicate key/,
  },
  "a key that is a table": {
    ...of("{a: 1}: 2"),
    says: /^bomb\.yaml:1:1 {2}not valid YAML: a key must be a string/,
  },
  "a YAML integer of a million digits": {
    ...of(`work_base: ${"9".repeat(1e6)}`),
    says: /^bomb\.yaml:1:12 {2}cannot be read: .* longer than 65536 characters/,
  },
  "files that name each other": {
    ...of('"$ref": bomb.yaml'),
    says: /circular \$ref/,
  },
  "files that name the next twice": {
    script: reference("0.yaml"),
    files: Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [
        `${at}.yaml`,
        lines(2, (key) => `k${key}: { $ref: "${at + 1}.yaml" }`),
      ]),
    ),
    args: ["--allow-ref"],
    says: /more than 100 \$ref in total/,
  },
  // Folders.
  "every directory of the computer": {
    script: tasks("**/**/**/**/**/**", 'work_base = "/"'),
    says:
      /^run\.py:12:20 {2}task_work_path .* searches more than 200000 files and directories/,
  },
  "links to where they are": {
    script: tasks("*/".repeat(40)),
    prepare: loops,
    says: /^run\.py:12:20 .* searches more than 200000 files and directories/,
  },
  "inputs behind links to where they are": {
    script: scriptWith({
      task: `task_work_path = "./"\nforward_files = ["${"*/".repeat(40)}*"]`,
    }),
    prepare: loops,
    says: /^run\.py:13:20 .* searches more than 200000 files and directories/,
  },
  "a directory with a link to itself": {
    script: scriptWith({
      task: 'task_work_path = "./"\nforward_files = ["."]',
    }),
    prepare: loops,
    says: /^run\.py:13:20 .* is behind more than 8 symbolic links in a row/,
  },
  "links to directories of links": {
    script: scriptWith({
      task: 'task_work_path = "./"\nforward_files = ["fan/0"]',
    }),
    prepare: fan,
    says:
      /^run\.py:13:20 .* contains symbolic links to directories of symbolic links/,
  },
};

for (
  const [name, { script, files = {}, prepare, args = [], says }] of Object
    .entries(bombs)
) {
  test(`${name}: reported, and in time`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "dpdisp-bomb-" });
    const write = (file: string, content: string | Uint8Array) =>
      typeof content === "string"
        ? Deno.writeTextFile(`${directory}/${file}`, content)
        : Deno.writeFile(`${directory}/${file}`, content);
    try {
      if (script !== undefined) await write("run.py", script);
      for (const [file, content] of Object.entries(files)) {
        await write(file, content);
      }
      await prepare?.(directory);
      const { code, output, ms } = await runCheck(
        directory,
        "check",
        "run.py",
        ...args,
      );
      match(output.slice(0, 20_000), says);
      ok(ms < MAX_MS, `it took ${Math.round(ms)} ms`);
      strictEqual(code, /warning: unknown key/.test(`${says}`) ? 0 : 2);
      ok(
        output.length < 20_000 || /wrong rows/.test(name),
        `${output.length} characters were told`,
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
