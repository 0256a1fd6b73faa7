import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { collectScript, type Pick } from "../../src/script/collect_script.ts";
import { farSide } from "../helpers/far_side.ts";

function pick(
  dir: string,
  patterns: readonly string[],
  maybe: readonly string[] = [],
): Pick {
  return { dir, patterns, maybe };
}

/** What is told of each folder: names, and numbers of patterns that match nothing. */
async function listed(picks: readonly Pick[], files: readonly string[]) {
  await using side = farSide();
  for (const file of files) {
    const path = `${side.root}/${file}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, "");
  }
  const sections = await side.ask(collectScript(picks, false));
  strictEqual(side.read("list.me"), "");
  const all = sections.filter(({ words }) =>
    words[0] !== "end" && words[0] !== "real"
  );
  return all.map(({ words, text }) => [
    words.join(" "),
    ...text.split("\0").slice(0, -1).sort(),
  ]);
}

Deno.test("Each folder tells what its patterns match, and which match nothing", async () => {
  deepStrictEqual(
    await listed(
      [
        pick("a b", ["*.x", "none", "y"], ["log", "err"]),
        pick("gone", ["p", "q"], ["log"]),
        pick(".", ["-z"]),
      ],
      ["a b/1.x", "a b/it's.x", "a b/log", "a b/y", "-z"],
    ),
    [
      ["pick 0", "./a b/1.x", "./a b/it's.x"],
      ["missing 1", "./a b/log", "./a b/y"],
      ["pick 1"],
      ["missing 0"],
      ["missing 1"],
      ["pick 2", "././-z"],
    ],
  );
});

Deno.test("A pattern for hidden names meets neither the folder itself nor the one above", async () => {
  deepStrictEqual(
    await listed([pick("t", [".*", "sub/.*"])], ["t/.a", "t/sub/b"]),
    [
      ["pick 0", "./t/.a"],
      ["missing 1"],
    ],
  );
  deepStrictEqual(await listed([pick("t", ["."])], ["t/a"]), [[
    "pick 0",
    "./t/./",
  ]]);
});

Deno.test("A root that is gone is a failure, not an absence of results", async () => {
  await using side = farSide({ bare: true });
  strictEqual(
    (await side.tryAsk(collectScript([pick(".", ["x"])], true))).ok,
    false,
  );
});

Deno.test("A list that cannot be written is told as what it is", async () => {
  await using side = farSide();
  await Deno.mkdir(`${side.folder}/list.me`);
  const asked = await side.tryAsk(collectScript([pick(".", ["x"])], true));
  deepStrictEqual([asked.ok, !asked.ok && asked.error.kind], [
    false,
    "transfer",
  ]);
});
