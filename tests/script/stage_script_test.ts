import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { compress as compressStream } from "../../src/backends/files/compression.ts";
import { packTar } from "../../src/backends/files/pack_tar.ts";
import { RUN_DIRECTORY } from "../../src/script/remote_layout.ts";
import type { Compression } from "../../src/script/compression.ts";
import { acquireScript } from "../../src/script/lease_script.ts";
import { stageScript } from "../../src/script/stage_script.ts";
import {
  bytesOf,
  KEY,
  namesIn,
  openRemoteHost,
  type RemoteHost,
} from "../helpers/remote_dir.ts";
import { treeOf } from "../helpers/context_contract/fixture.ts";
import { toolTest } from "../helpers/tools.ts";

function stage(
  host: RemoteHost,
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
    host.tryAsk(
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
  await using host = openRemoteHost({ bare: true });
  ok((await stage(host)).ok);
  ok((await stage(host)).ok);
  strictEqual(treeOf(host.root)["in put"], "in");
  strictEqual(host.read("run_id"), "run1\n");
  strictEqual(host.read("script_copies"), "script_1.py\n");
  strictEqual(host.read("lease"), "me\nhere me\n");
  strictEqual((await Deno.stat(host.runDir)).mode! & 0o777, 0o700);
});

Deno.test("The directory of another run is not changed", async () => {
  await using host = openRemoteHost();
  const staged = await stage(host, { runId: "new" });
  deepStrictEqual([staged.ok, !staged.ok && staged.error.kind], [
    false,
    "input",
  ]);
  strictEqual(host.read("run_id"), "run1\n");
  deepStrictEqual(treeOf(host.root), {});
});

Deno.test("A closed run is replaced, and its script copies are still known", async () => {
  await using host = openRemoteHost();
  host.write("script_copies", "script_0.py\n");
  host.write("submit_replies", "old");
  ok((await stage(host, { runId: "new", closedRunIds: ["older", "run1"] })).ok);
  strictEqual(host.read("run_id"), "new\n");
  strictEqual(host.read("submit_replies"), "");
  strictEqual(host.read("script_copies"), "script_0.py\nscript_1.py\n");
  deepStrictEqual(
    namesIn(`${host.root}/.dpdisp`),
    [host.site.key],
  );
});

Deno.test("A directory without a run id is used", async () => {
  await using host = openRemoteHost();
  host.write("run_id", "");
  ok((await stage(host, { runId: "new" })).ok);
  strictEqual(host.read("run_id"), "new\n");
});

Deno.test("Nothing is staged without the lease", async () => {
  await using host = openRemoteHost();
  const staged = await stage(host, { token: "other" });
  strictEqual(staged.ok, false);
  deepStrictEqual(treeOf(host.root), {});
  await host.ask(acquireScript("me"), "other");
  ok((await stage(host, { token: "other" })).ok);
});

Deno.test("A directory that cannot be made is a failure with the system's own message", async () => {
  await using host = openRemoteHost({ bare: true });
  const above = host.root.slice(0, host.root.lastIndexOf("/"));
  await Deno.remove(above);
  await Deno.writeTextFile(above, "a file");
  const staged = await stage(host);
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
        await using host = openRemoteHost();
        const staged = await host.tryAsk(script, "me", tar.slice(0, cut));
        strictEqual(staged.ok, false, `cut at ${cut}`);
      }
      await using host = openRemoteHost();
      ok((await host.tryAsk(script, "me", tar)).ok);
      strictEqual(treeOf(host.root).b, "y");
      deepStrictEqual(namesIn(host.runDir).includes("complete"), false);
    },
  );
}
