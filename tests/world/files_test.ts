import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { decodeName } from "../../src/text/bytes_name.ts";
import { localFiles } from "../../src/world/files.ts";

/** Makes, in a new folder, what a shell is told with names as bytes. */
async function made(script: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  const { success } = await new Deno.Command("bash", {
    args: ["-c", `cd "$1" && ${script}`, "bash", folder],
  }).output();
  strictEqual(success, true);
  return folder;
}

Deno.test("a listing tells names that are no UTF-8 as they are, beside one that really has U+FFFD", async () => {
  const folder = await made(
    `touch $'f\\xe8' $'f\\xe9' $'f\\xef\\xbf\\xbd' .$'h\\xff' ..$'h\\xff' plain && mkdir $'d\\xff' && ln -s nowhere $'l\\xff' && mkfifo $'p\\xff'`,
  );
  const entries = localFiles.list(folder)!.map(({ name, kind }) =>
    `${kind} ${JSON.stringify(name)}`
  );
  deepStrictEqual(entries.sort(), [
    'file "..h\\udcff"',
    'file ".h\\udcff"',
    'file "f\\udce8"',
    'file "f\\udce9"',
    'file "f\ufffd"',
    'file "plain"',
    'folder "d\\udcff"',
    'link "l\\udcff"',
    'other "p\\udcff"',
  ]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("nothing is asked of a name that is no UTF-8: another may stand where Deno would look", async () => {
  const folder = await made(`echo x >$'f\\xef\\xbf\\xbd'`);
  const path = `${folder}/${decodeName(new Uint8Array([0x66, 0xe8]))}`;
  deepStrictEqual(
    [localFiles.read(path), localFiles.stat(path), localFiles.list(path)],
    [null, null, null],
  );
  strictEqual(localFiles.stat(`${folder}/f\ufffd`)?.bytes, 2);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a path without links is told with its bytes", async () => {
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
