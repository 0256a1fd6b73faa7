import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { streamRemote } from "../../src/backends/shell/call_remote.ts";
import {
  type CollectItem,
  collectScript,
} from "../../src/script/collect_script.ts";
import {
  bytesOf,
  type FarSide,
  farSide,
  namesIn,
} from "../helpers/remote_dir.ts";

function pick(
  dir: string,
  patterns: readonly string[],
  maybe: readonly string[] = [],
): CollectItem {
  return { dir, required: patterns, optional: maybe };
}

/** What is told of each folder: names, and numbers of patterns that match nothing. */
async function listed(picks: readonly CollectItem[], files: readonly string[]) {
  await using side = farSide();
  for (const file of files) {
    const path = `${side.root}/${file}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, "");
  }
  const sections = await side.ask(collectScript(picks, false));
  const all = sections.filter(({ header }) =>
    !["end", "real", "content"].includes(header[0]!)
  );
  return all.map(({ header, text }) => [
    header.join(" "),
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

/** Behind the archive: tar's exit code, and what was said wrong. */
async function sentOf(
  side: FarSide,
  first: string,
  squeeze: "gzip" | null,
): Promise<readonly string[]> {
  const body = `${first}\n${collectScript([pick(".", ["*"])], true, squeeze)}`;
  for await (
    const part of streamRemote(side.far, { purpose: "try", body, hasRaw: true })
  ) {
    if (!part.ok) throw new Error(part.error.detail);
    if ("raw" in part.value) await bytesOf(part.value.raw);
    else if (part.value.section.header[0] === "sent") {
      return [part.value.section.header[1]!, part.value.section.text];
    }
  }
  throw new Error("nothing was sent");
}

Deno.test("Collecting writes nothing there: a full disk would refuse it", async () => {
  await using side = farSide();
  await Deno.writeTextFile(`${side.root}/x`, "x");
  const before = namesIn(side.folder);
  deepStrictEqual(await sentOf(side, "", null), ["0", ""]);
  deepStrictEqual(await sentOf(side, "", "gzip"), ["0", ""]);
  deepStrictEqual(
    namesIn(side.folder).filter((name) => name !== "beats"),
    before,
  );
});

Deno.test("What tar says is said in English, and how it ended is known behind a squeezer too", async () => {
  await using side = farSide();
  await Deno.writeTextFile(`${side.root}/x`, "x");
  const tar = 'tar() { echo "$LC_ALL" >&2; return 2; }';
  for (const squeeze of [null, "gzip"] as const) {
    deepStrictEqual(await sentOf(side, tar, squeeze), ["2", "C\n"]);
  }
});

Deno.test("What the squeezer says wrong is told", async () => {
  await using side = farSide();
  const [code, said] = await sentOf(
    side,
    "gzip() { cat >/dev/null; echo 'gzip: out of memory' >&2; return 1; }",
    "gzip",
  );
  strictEqual(code, "0");
  match(said!, /gzip: out of memory/);
});
