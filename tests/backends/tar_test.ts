import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { packTar } from "../../src/backends/tar.ts";
import type { Put } from "../../src/stage.ts";
import { bytesOf, namesIn, run } from "../helpers/far_side.ts";
import { treeOf } from "../helpers/lab.ts";

/** What the system's tar makes of it. */
async function unpacked(puts: readonly Put[], program = ["tar"]) {
  const folder = await Deno.makeTempDir();
  const { code, stderr } = await run(
    [...program, "-xf", "-", "-C", folder],
    { stdin: await bytesOf(packTar(puts)) },
  );
  deepStrictEqual([code, stderr], [0, ""]);
  return folder;
}

for (const program of [["tar"], ["busybox", "tar"]]) {
  Deno.test(`Files of every size, folders and links are read by ${program.join(" ")}`, async () => {
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
      { to: "t/u", folder: true },
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
  });
}

Deno.test("A file that cannot be read breaks the stream and names itself", async () => {
  const puts: Put[] = [
    { to: "a", text: "a" },
    { to: "b", from: "/no/such/file", tree: false },
  ];
  await rejects(bytesOf(packTar(puts)), /\/no\/such\/file/);
});
