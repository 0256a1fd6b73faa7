import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { listArchiveEntries } from "../../../src/backends/files/archive_entries.ts";
import { packTar } from "../../../src/backends/files/pack_tar.ts";
import type { StagedEntry } from "../../../src/pipeline/stage.ts";
import { bytesOf, namesIn, run } from "../../helpers/remote_dir.ts";
import { treeOf } from "../../helpers/context_contract/fixture.ts";
import { toolTest } from "../../helpers/tools.ts";

/** What the system's tar makes of it. */
async function unpacked(puts: readonly StagedEntry[], program = ["tar"]) {
  const folder = await Deno.makeTempDir();
  const { code, stderr } = await run(
    [...program, "-xf", "-", "-C", folder],
    { stdin: await bytesOf(packTar(listArchiveEntries(puts))) },
  );
  deepStrictEqual([code, stderr], [0, ""]);
  return folder;
}

for (const program of [["tar"], ["busybox", "tar"]]) {
  toolTest(
    program[0] === "busybox" ? "busybox" : [],
    `Files of every size, folders and links are read by ${program.join(" ")}`,
    async () => {
      const from = await Deno.makeTempDir();
      const big = "x".repeat((1 << 20) + 1);
      await Deno.mkdir(`${from}/f/.dpdisp`, { recursive: true });
      await Deno.writeTextFile(`${from}/f/.dpdisp/ours`, "");
      await Deno.writeTextFile(`${from}/f/big`, big);
      await Deno.writeTextFile(`${from}/f/edge`, big.slice(1));
      await Deno.writeTextFile(`${from}/f/empty`, "");
      await Deno.writeTextFile(`${from}/run`, "#!", { mode: 0o755 });
      await Deno.symlink("../run", `${from}/f/link`);
      const folder = await unpacked([
        { to: "t/u", directory: true },
        { to: "text", text: "é\n" },
        { to: "t/link", link: "/a b" },
        { to: "t/run", from: `${from}/run`, tree: false },
        { to: "t/f", from: `${from}/f`, tree: true },
      ], program);
      deepStrictEqual(treeOf(folder), {
        text: "é\n",
        "t/link": "-> /a b",
        "t/run": "#!",
        "t/f/big": big,
        "t/f/edge": big.slice(1),
        "t/f/empty": "",
        "t/f/link": "#!",
      });
      strictEqual((await Deno.stat(`${folder}/t/run`)).mode! & 0o777, 0o755);
      strictEqual((await Deno.stat(`${folder}/t/u`)).isDirectory, true);
      strictEqual(namesIn(`${folder}/t/f`).length, 4);
    },
  );
}

const file = (from: string, bytes: number) => ({
  ...{ to: "b", from, bytes, mode: 0o644, modified: 1_000_000_000_000 },
});

Deno.test("A file that cannot be read breaks the stream and names itself", async () => {
  const entries = [{ to: "a", text: "a" }, file("/no/such/file", 3)];
  await rejects(bytesOf(packTar(entries)), /\/no\/such\/file/);
});

Deno.test("A large file that is cut off while it is read breaks the stream", async () => {
  const path = `${await Deno.makeTempDir()}/large`;
  await Deno.writeFile(path, new Uint8Array(3 << 20));
  const reader = packTar([file(path, 3 << 20)]).getReader();
  await reader.read();
  await Deno.truncate(path, 1 << 20);
  const rest = async () => {
    for (let end = false; !end;) end = (await reader.read()).done;
  };
  await rejects(rest(), /large became shorter while it was read/);
});

Deno.test("Of a file that grows while it is read comes what it was", async () => {
  const path = `${await Deno.makeTempDir()}/large`;
  await Deno.writeFile(path, new Uint8Array(3 << 20));
  const reader = packTar([file(path, 3 << 20)]).getReader();
  const seen = { bytes: (await reader.read()).value!.length };
  await Deno.writeFile(path, new Uint8Array(1 << 20), { append: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    seen.bytes += value.length;
  }
  // Header, content, and the archive's end.
  strictEqual(seen.bytes, 512 + (3 << 20) + 1024);
});
