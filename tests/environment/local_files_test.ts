/** The real file system, where a name may be anything. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { readKey } from "../../src/contexts/ssh/auth/key_file.ts";
import { decodeName } from "../../src/text/bytes_name.ts";
import { localFiles } from "../../src/environment/local_files.ts";

async function withFolder(use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "dpdisp-files-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function make(command: string, folder: string): Promise<void> {
  const args = ["-c", command];
  const { success } = await new Deno.Command("sh", { args, cwd: folder })
    .output();
  ok(success, command);
}

Deno.test("what is not a regular file neither blocks nor is read without end", () =>
  withFolder(async (folder) => {
    await make("mkfifo pipe; ln -s pipe link; mkdir folder", folder);
    for (
      const path of [
        `${folder}/pipe`,
        `${folder}/link`,
        `${folder}/folder`,
        "/dev/zero",
        "/dev/null",
        "/dev/tty",
        `${folder}/absent`,
      ]
    ) strictEqual(localFiles.read(path), null, path);
    deepStrictEqual(readKey(`${folder}/pipe`, null, { files: localFiles }), {
      is: "absent",
    });
  }));

Deno.test("a file is read whole up to the limit, and not beyond", () =>
  withFolder(async (folder) => {
    const path = `${folder}/file`;
    await Deno.writeTextFile(path, "12345");
    for (
      const [most, length] of [[5, 5], [6, 5], [4, undefined], [0, undefined]]
    ) {
      strictEqual(localFiles.read(path, most)?.length, length, `${most}`);
    }
    strictEqual(localFiles.read(path)?.length, 5);
    // Nothing of it is read, or the test would run out of memory.
    await Deno.truncate(path, 2 ** 42);
    strictEqual(localFiles.read(path), null);
  }));

Deno.test("a file whose size is 0 is read as empty: some files of /proc never end", () => {
  strictEqual(Deno.statSync("/proc/self/status").size, 0);
  strictEqual(localFiles.read("/proc/self/status")?.length, 0);
});

Deno.test("an inherited pipe is read to its end, up to the limit", async () => {
  const read = async (most: number) => {
    const file =
      new URL("../../src/environment/local_files.ts", import.meta.url).href;
    const code =
      `import { localFiles } from "${file}"; console.log(localFiles.read("/dev/stdin", ${most})?.length, localFiles.read("/dev/fd/99", 9)?.length)`;
    const script = `{ printf 123; sleep 0.1; printf 45; } | "$1" eval "$2"`;
    const args = ["-c", script, "sh", Deno.execPath(), code];
    const { stdout } = await new Deno.Command("sh", { args }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  strictEqual(await read(5), "5 undefined");
  strictEqual(await read(4), "undefined undefined");
});

Deno.test("errors of the system are not internal errors", () =>
  withFolder(async (folder) => {
    await Deno.symlink("loop", `${folder}/loop`);
    const paths = [
      `${folder}/loop`,
      `${folder}/${"x".repeat(5_000)}`,
      `${folder}/a\0b`,
      "/proc/self/mem",
      "/proc/1/environ",
      // Has a size, and cannot be read (EIO, EPERM or EINVAL).
      "/sys/kernel/slab/kmalloc-64/alloc_calls",
      "/sys/power/state",
    ];
    for (const path of paths) {
      const bytes = localFiles.read(path);
      ok(bytes === null || bytes.length < 5_000, path);
      strictEqual(localFiles.list(path), null, path);
      localFiles.stat(path);
    }
  }));

/** Makes a directory with the files of a script, whose names are bytes. */
async function made(script: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  const { success } = await new Deno.Command("bash", {
    args: ["-c", `cd "$1" && ${script}`, "bash", folder],
  }).output();
  strictEqual(success, true);
  return folder;
}

Deno.test("a listing has names that are not UTF-8, beside one that really has U+FFFD", async () => {
  const folder = await made(
    `touch $'f\\xe8' $'f\\xe9' $'f\\xef\\xbf\\xbd' .$'h\\xff' ..$'h\\xff' plain && mkdir $'d\\xff' && ln -s nowhere $'l\\xff' && mkfifo $'p\\xff'`,
  );
  const entries = localFiles.list(folder)!.map(({ name, kind }) =>
    `${kind} ${JSON.stringify(name)}`
  );
  deepStrictEqual(entries.sort(), [
    'directory "d\\udcff"',
    'file "..h\\udcff"',
    'file ".h\\udcff"',
    'file "f\\udce8"',
    'file "f\\udce9"',
    'file "f\ufffd"',
    'file "plain"',
    'link "l\\udcff"',
    'other "p\\udcff"',
  ]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a name that is not UTF-8 counts as absent: Deno would use another name", async () => {
  const folder = await made(`echo x >$'f\\xef\\xbf\\xbd'`);
  const path = `${folder}/${decodeName(new Uint8Array([0x66, 0xe8]))}`;
  deepStrictEqual(
    [localFiles.read(path), localFiles.stat(path), localFiles.list(path)],
    [null, null, null],
  );
  strictEqual(localFiles.stat(`${folder}/f\ufffd`)?.bytes, 2);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a path without links keeps its bytes", async () => {
  const folder = await made(
    `mkdir $'d\\xff' && touch $'d\\xff/f' $'d\\xff/'$'\\xfe' && ln -s $'d\\xff' to && ln -s $'d\\xff/\\xfe' file && ln -s nowhere none`,
  );
  const real = await Deno.realPath(folder);
  deepStrictEqual(
    ["to", "to/f", "file", "none"].map((name) =>
      localFiles.realPath(`${folder}/${name}`)
    ),
    [`${real}/d\udcff`, `${real}/d\udcff/f`, `${real}/d\udcff/\udcfe`, null],
  );
  await Deno.remove(folder, { recursive: true });
});
