import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createTarPacker, type TarHeader } from "modern-tar";
import type { DownloadBudget } from "../../../src/backends/files/download_limits.ts";
import { nothingReceived } from "../../../src/backends/files/received_files.ts";
import { unpackTar } from "../../../src/backends/files/unpack_tar.ts";
import { budget } from "../../helpers/incoming_dir.ts";
import {
  bytesOf,
  type ByteStream,
  namesIn,
  readOr,
  streamOf,
} from "../../helpers/remote_dir.ts";

type Entry = Partial<TarHeader> & { readonly text?: string };

function archive(entries: readonly Entry[]): ByteStream {
  const { readable, controller } = createTarPacker();
  (async () => {
    for (const { text = "", ...header } of entries) {
      const bytes = new TextEncoder().encode(text);
      const entry = controller.add({
        name: "",
        size: bytes.length,
        ...header,
      });
      const writer = entry.getWriter();
      if (bytes.length > 0) await writer.write(bytes);
      await writer.close();
    }
    controller.finalize();
  })();
  return readable as ByteStream;
}

const nowhere = async () => ({
  ...{ directory: await Deno.makeTempDir(), received: nothingReceived() },
  ...{ budget: budget(), isWanted: () => true },
});

const symlink = (name: string, linkname: string): Entry => ({
  name,
  type: "symlink",
  linkname,
});

function inChunks(bytes: Uint8Array<ArrayBuffer>, size: number): ByteStream {
  const at = { byte: 0 };
  return new ReadableStream({
    pull(controller) {
      if (at.byte >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at.byte, at.byte += size));
    },
  });
}

/** Unpacks beside a neighbour that must stay as it is; what came, each with its text. */
async function unpacked(
  entries: readonly Entry[],
  { chunk, most = {} }: {
    readonly chunk?: number;
    readonly most?: Partial<DownloadBudget>;
  } = {},
) {
  const top = await Deno.realPath(await Deno.makeTempDir());
  await Deno.writeTextFile(`${top}/victim`, "whole");
  await Deno.mkdir(`${top}/in`);
  const received = nothingReceived();
  const result = await unpackTar(
    chunk ? inChunks(await bytesOf(archive(entries)), chunk) : archive(entries),
    {
      ...{ directory: `${top}/in`, received, budget: budget(most) },
      isWanted: (path) => path !== "unasked",
    },
  );
  const around = namesIn(top).filter((name) => name !== "in")
    .map((name) => `${name}: ${readOr(`${top}/${name}`, "no file")}`);
  deepStrictEqual(around, ["victim: whole"]);
  // Whatever the archive says, all that is made is files side by side.
  for await (const { isFile, name } of Deno.readDir(`${top}/in`)) {
    deepStrictEqual([isFile, /^f\d+$/.test(name)], [true, true]);
  }
  const at = (path: string) => `${top}/in/${received.files.get(path)!.name}`;
  return {
    result,
    received,
    at,
    refused: received.refused,
    tree: Object.fromEntries([
      ...[...received.files.keys()].map((
        path,
      ) => [path, readOr(at(path), "?")]),
      ...[...received.links].map(([path, text]) => [path, `-> ${text}`]),
    ]),
  };
}

Deno.test("No name leads out of the directory", async () => {
  const names = [
    "../victim",
    "/tmp/victim-of-unpack",
    "a/../../victim",
    "./../victim",
    "..",
    "a/b/../../../victim",
  ];
  const { tree, refused } = await unpacked([
    ...names.map((name) => ({ name, text: "bad" })),
    { name: "./a//b/../c", text: "fine" },
  ]);
  deepStrictEqual(tree, { "a/c": "fine" });
  deepStrictEqual(
    refused,
    names.map((name) => `${name}: leads out of the directory`),
  );
});

Deno.test("Nothing is placed through a link that came before", async () => {
  const { tree, refused } = await unpacked([
    { name: "d/keep", text: "kept" },
    { name: "e/", type: "directory" },
    symlink("e/l", "../d"),
    { name: "e/l/keep", text: "bad" },
    { name: "e/l/new", text: "bad" },
    { name: "e/l/f/", type: "directory" },
    symlink("e/l/link", "keep"),
    { name: "e/l/hard", type: "link", linkname: "d/keep" },
    { name: "e/l/../x", text: "fine" },
  ]);
  deepStrictEqual(tree, {
    "d/keep": "kept",
    "e/l": "-> ../d",
    "e/x": "fine",
  });
  strictEqual(refused.length, 5);
  ok(refused.every((line) => line.endsWith(": leads through a link")));
});

Deno.test("A file takes the place of a link instead of being written through it", async () => {
  const { tree } = await unpacked([
    { name: "target", text: "kept" },
    symlink("name", "target"),
    { name: "name", text: "new" },
    { name: "name", text: "newer" },
  ]);
  deepStrictEqual(tree, { target: "kept", name: "newer" });
});

Deno.test("A second name of a file that came is one; of anything else it is told", async () => {
  const { tree, refused, received } = await unpacked([
    { name: "one", text: "1" },
    { name: "a/two", type: "link", linkname: "./one" },
    { name: "one", type: "link", linkname: "one" },
    symlink("a/b/l", "../../one"),
    { name: "l", type: "link", linkname: "a/b/l" },
    { name: "p", type: "link", linkname: "/etc/passwd" },
    { name: "v", type: "link", linkname: "../victim" },
    { name: "n", type: "link", linkname: "nowhere" },
  ]);
  deepStrictEqual(tree, { one: "1", "a/two": "1", "a/b/l": "-> ../../one" });
  deepStrictEqual([...received.leftOut], ["l", "p", "v", "n"]);
  deepStrictEqual(refused.map((line) => line.split(":")[0]), [
    "l",
    "p",
    "v",
    "n",
  ]);
});

Deno.test("Devices and pipes are left out and told", async () => {
  const types = ["character-device", "block-device", "fifo"] as const;
  const { tree, refused } = await unpacked([
    ...types.map((type) => ({ name: type, type })),
    { name: "file", text: "1" },
  ]);
  deepStrictEqual(tree, { file: "1" });
  deepStrictEqual(refused, types.map((type) => `${type}: is a ${type}`));
});

Deno.test("Bits that give another's rights are taken off, the executable ones stay", async () => {
  const { at } = await unpacked([
    { name: "suid", mode: 0o6755, text: "x" },
    { name: "plain", mode: 0o640, text: "x" },
  ]);
  const mode = (name: string) => Deno.statSync(at(name)).mode! & 0o7777;
  deepStrictEqual([mode("suid"), mode("plain")], [0o755, 0o640]);
});

Deno.test("What the archive puts in one place twice in two ways is told, and the rest comes", async () => {
  const { tree, refused } = await unpacked([
    { name: "a/b", text: "1" },
    { name: "a", text: "bad" },
    { name: "a/b/c", text: "bad" },
    { name: "a/b/", type: "directory" },
    symlink("a", "b"),
    { name: "last", text: "2" },
  ]);
  deepStrictEqual(tree, { "a/b": "1", last: "2" });
  deepStrictEqual(refused.length, 4);
});

Deno.test("What is left out does not hold up what follows, however large it is and however it comes", async () => {
  const text = "x".repeat(20_000);
  const names = ["../out", "a", "b/c", "b", "n".repeat(300), "d", "e"];
  const { tree, refused } = await unpacked(
    names.map((name) => ({ name, text })),
    { chunk: 1000 },
  );
  deepStrictEqual(Object.keys(tree).sort(), ["a", "b/c", "d", "e"]);
  deepStrictEqual(refused.map((line) => line.replace(/^.*: /, "")), [
    "leads out of the directory",
    "conflicts with another entry",
    "has a name that is too long for this computer",
  ]);
});

Deno.test("An archive that is cut off anywhere is a failure that may pass", async () => {
  const whole = await bytesOf(
    archive([{ name: "a", text: "x".repeat(700) }, { name: "b", text: "y" }]),
  );
  const end = 4 * 512 + 2 * 512 + 1024 - 512;
  for (let length = 0; length < end; length += 128) {
    const result = await unpackTar(
      streamOf(whole.slice(0, length)),
      await nowhere(),
    );
    deepStrictEqual([result.ok, !result.ok && result.error.isRetryable], [
      false,
      true,
    ], `${length}`);
  }
});

Deno.test("What is no archive is a failure", async () => {
  const noise = new Uint8Array(4096).map((_, i) => (i * 7919) >> 3);
  const result = await unpackTar(
    streamOf(noise),
    await nowhere(),
  );
  strictEqual(result.ok, false);
});

Deno.test("Names as long as a path may be arrive as they are", async () => {
  const long = "n".repeat(200);
  const deep = Array.from({ length: 15 }, (_, i) => `${i}-${"d".repeat(20)}`)
    .join("/");
  const { tree } = await unpacked([
    { name: long, text: "1" },
    { name: `${deep}/${long}`, text: "2" },
    symlink("link", `${deep}/${long}`),
  ]);
  deepStrictEqual(tree, {
    [long]: "1",
    [`${deep}/${long}`]: "2",
    link: `-> ${deep}/${long}`,
  });
});

Deno.test("More bytes or files than are allowed end it, and say what to raise", async () => {
  const entries = [1, 2, 3].map((n) => ({
    name: `${n}`,
    text: "x".repeat(1000),
  }));
  for (
    const [most, field] of [
      [{ mostBytes: 2000 }, "machine.max_download_size"],
      [{ mostFiles: 2 }, "machine.max_download_files"],
    ] as const
  ) {
    const { result } = await unpacked(entries, { most });
    ok(!result.ok);
    strictEqual(result.error.isRetryable, false);
    match(result.error.hint!, new RegExp(`raise ${field}$`));
  }
  const { result } = await unpacked(entries, {
    most: { mostBytes: 3000, mostFiles: 3 },
  });
  strictEqual(result.ok, true);
});

Deno.test("What was not asked for leaves no trace, and is in nothing's way", async () => {
  const { tree, refused } = await unpacked([
    symlink("unasked", ".."),
    { name: "unasked/a", text: "1" },
    { name: "b", text: "2" },
  ]);
  deepStrictEqual(tree, { "unasked/a": "1", b: "2" });
  deepStrictEqual(refused, ["unasked: was not requested"]);
});
