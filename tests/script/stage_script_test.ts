import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { packTar } from "../../src/backends/tar.ts";
import { stageScript } from "../../src/script/stage_script.ts";
import {
  bytesOf,
  type FarSide,
  farSide,
  namesIn,
} from "../helpers/far_side.ts";
import { treeOf } from "../helpers/lab.ts";

function stage(
  side: FarSide,
  { mark = "mark", replaces = [], heir = null, token = "me" }: {
    readonly mark?: string;
    readonly replaces?: readonly string[];
    readonly heir?: string | null;
    readonly token?: string;
  } = {},
) {
  return bytesOf(packTar([{ to: "in put", text: "in" }])).then((tar) =>
    side.tryAsk(
      stageScript({ mark, replaces, copy: "script_1.py", heir }),
      token,
      tar,
    )
  );
}

Deno.test("The folder is made, ours, closed to others, and the lease taken", async () => {
  await using side = farSide({ bare: true });
  ok((await stage(side)).ok);
  ok((await stage(side)).ok);
  strictEqual(treeOf(side.root)["in put"], "in");
  strictEqual(side.read("mark"), "mark\n");
  strictEqual(side.read("wrote"), "script_1.py\n");
  strictEqual(side.read("lease"), "me\nhere me\n");
  strictEqual((await Deno.stat(side.folder)).mode! & 0o777, 0o700);
});

Deno.test("A folder of another run is left as it is", async () => {
  await using side = farSide();
  const staged = await stage(side, { mark: "new" });
  deepStrictEqual([staged.ok, !staged.ok && staged.error.kind], [
    false,
    "input",
  ]);
  strictEqual(side.read("mark"), "mark\n");
  deepStrictEqual(treeOf(side.root), {});
});

Deno.test("A closed run makes way, and what it wrote is still known", async () => {
  await using side = farSide();
  side.write("wrote", "script_0.py\n");
  side.write("ids", "old");
  ok((await stage(side, { mark: "new", replaces: ["older", "mark"] })).ok);
  strictEqual(side.read("mark"), "new\n");
  strictEqual(side.read("ids"), "");
  strictEqual(side.read("wrote"), "script_0.py\nscript_1.py\n");
  deepStrictEqual(
    namesIn(`${side.root}/.dpdisp`),
    [side.site.key],
  );
});

Deno.test("A folder that was made and not yet marked is taken up", async () => {
  await using side = farSide();
  side.write("mark", "");
  ok((await stage(side, { mark: "new" })).ok);
  strictEqual(side.read("mark"), "new\n");
});

Deno.test("Nothing is put in place without the lease, but by its heir", async () => {
  await using side = farSide();
  const staged = await stage(side, { token: "other" });
  strictEqual(staged.ok, false);
  deepStrictEqual(treeOf(side.root), {});
  ok((await stage(side, { token: "other", heir: "me" })).ok);
});

Deno.test("A folder that cannot be made is a failure with the system's own words", async () => {
  await using side = farSide({ bare: true });
  await Deno.writeTextFile(side.root, "a file");
  const staged = await stage(side);
  ok(!staged.ok);
  ok(/exists|not a directory/i.test(staged.error.saw), staged.error.saw);
});

Deno.test("An archive that is cut off is a failure", async () => {
  await using side = farSide();
  const tar = await bytesOf(packTar([{ to: "a", text: "x".repeat(2000) }]));
  const script = stageScript({
    mark: "mark",
    replaces: [],
    copy: "script_1.py",
    heir: null,
  });
  const staged = await side.tryAsk(script, "me", tar.slice(0, 1500));
  strictEqual(staged.ok, false);
});
