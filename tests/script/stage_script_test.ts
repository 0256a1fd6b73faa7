import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { compress as compressStream } from "../../src/backends/files/compression.ts";
import { packTar } from "../../src/backends/files/pack_tar.ts";
import { RUN_DIRECTORY } from "../../src/script/remote_layout.ts";
import type { Compression } from "../../src/script/compression.ts";
import { acquireScript } from "../../src/script/lease_script.ts";
import { stageScript } from "../../src/script/stage_script.ts";
import {
  bytesOf,
  type FarSide,
  farSide,
  KEY,
  namesIn,
} from "../helpers/remote_dir.ts";
import { treeOf } from "../helpers/context_contract/fixture.ts";
import { toolTest } from "../helpers/tools.ts";

function stage(
  side: FarSide,
  {
    runId = "run1",
    closedRunIds = [],
    token = "me",
    compression = null,
    whole = true,
  }: {
    readonly runId?: string;
    readonly closedRunIds?: readonly string[];
    readonly token?: string;
    readonly compression?: Compression | null;
    /** False: the stream ends before its last file. */
    readonly whole?: boolean;
  } = {},
) {
  const packed = packTar([
    { to: "in put", text: "in" },
    ...whole ? [{ to: `${RUN_DIRECTORY}/${KEY}/complete`, text: "" }] : [],
  ]);
  const stream = compression === null
    ? packed
    : compressStream(packed, compression);
  return bytesOf(stream).then((tar) =>
    side.tryAsk(
      stageScript({
        ...{ runId, closedRunIds, compression },
        copy: "script_1.py",
      }),
      token,
      tar,
    )
  );
}

Deno.test("The directory is made, belongs to the user alone, and the lease is taken", async () => {
  await using side = farSide({ bare: true });
  ok((await stage(side)).ok);
  ok((await stage(side)).ok);
  strictEqual(treeOf(side.root)["in put"], "in");
  strictEqual(side.read("run_id"), "run1\n");
  strictEqual(side.read("script_copies"), "script_1.py\n");
  strictEqual(side.read("lease"), "me\nhere me\n");
  strictEqual((await Deno.stat(side.folder)).mode! & 0o777, 0o700);
});

Deno.test("The directory of another run is not changed", async () => {
  await using side = farSide();
  const staged = await stage(side, { runId: "new" });
  deepStrictEqual([staged.ok, !staged.ok && staged.error.kind], [
    false,
    "input",
  ]);
  strictEqual(side.read("run_id"), "run1\n");
  deepStrictEqual(treeOf(side.root), {});
});

Deno.test("A closed run is replaced, and its script copies are still known", async () => {
  await using side = farSide();
  side.write("script_copies", "script_0.py\n");
  side.write("submit_replies", "old");
  ok((await stage(side, { runId: "new", closedRunIds: ["older", "run1"] })).ok);
  strictEqual(side.read("run_id"), "new\n");
  strictEqual(side.read("submit_replies"), "");
  strictEqual(side.read("script_copies"), "script_0.py\nscript_1.py\n");
  deepStrictEqual(
    namesIn(`${side.root}/.dpdisp`),
    [side.site.key],
  );
});

Deno.test("A directory without a run id is used", async () => {
  await using side = farSide();
  side.write("run_id", "");
  ok((await stage(side, { runId: "new" })).ok);
  strictEqual(side.read("run_id"), "new\n");
});

Deno.test("Nothing is staged without the lease", async () => {
  await using side = farSide();
  const staged = await stage(side, { token: "other" });
  strictEqual(staged.ok, false);
  deepStrictEqual(treeOf(side.root), {});
  await side.ask(acquireScript("me"), "other");
  ok((await stage(side, { token: "other" })).ok);
});

Deno.test("A directory that cannot be made is a failure with the system's own message", async () => {
  await using side = farSide({ bare: true });
  const above = side.root.slice(0, side.root.lastIndexOf("/"));
  await Deno.remove(above);
  await Deno.writeTextFile(above, "a file");
  const staged = await stage(side);
  ok(!staged.ok);
  ok(/exists|not a directory/i.test(staged.error.detail), staged.error.detail);
});

for (const compression of [null, "gzip", "zstd"] as const) {
  toolTest(
    compression === "zstd" ? compression : [],
    `An archive (${
      compression ?? "plain"
    }) arrives whole, and one that is cut off anywhere is a failure`,
    async () => {
      const entries = [
        { to: "a", text: "x".repeat(2000) },
        { to: "b", text: "y" },
        { to: `${RUN_DIRECTORY}/${KEY}/complete`, text: "" },
      ];
      const packed = packTar(entries);
      const tar = await bytesOf(
        compression === null ? packed : compressStream(packed, compression),
      );
      const script = stageScript({
        ...{
          runId: "run1",
          closedRunIds: [],
          compression,
        },
        copy: "script_1.py",
      });
      const cuts = compression === null
        ? [0, 1500, 512 + 2048, 512 + 2048 + 1024]
        // Not near the end: when its last file is there, so are all before it.
        : [0, 10, tar.length >> 1];
      for (const cut of cuts) {
        await using side = farSide();
        const staged = await side.tryAsk(script, "me", tar.slice(0, cut));
        strictEqual(staged.ok, false, `cut at ${cut}`);
      }
      await using side = farSide();
      ok((await side.tryAsk(script, "me", tar)).ok);
      strictEqual(treeOf(side.root).b, "y");
      deepStrictEqual(namesIn(side.folder).includes("complete"), false);
    },
  );
}
