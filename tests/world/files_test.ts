/** The real disk, where what is named may be anything. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { readKey } from "../../src/contexts/ssh/key_file.ts";
import { localFiles } from "../../src/world/files.ts";

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

Deno.test("what is no regular file is not waited for, nor read without end", () =>
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

Deno.test("of a file whose size is 0 nothing is read: some of /proc never answer", () => {
  strictEqual(Deno.statSync("/proc/self/status").size, 0);
  strictEqual(localFiles.read("/proc/self/status")?.length, 0);
});

Deno.test("a pipe that this program was handed is read to its end, up to the limit", async () => {
  const read = async (most: number) => {
    const file = new URL("../../src/world/files.ts", import.meta.url).href;
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

Deno.test("what the system cannot do is no fault of this program", () =>
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
