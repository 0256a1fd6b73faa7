import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { streamRemote } from "../../src/backends/shell/call_remote.ts";
import {
  type CollectItem,
  collectScript,
} from "../../src/script/collect_script.ts";
import {
  bytesOf,
  namesIn,
  openRemoteHost,
  type RemoteHost,
} from "../helpers/remote_dir.ts";

function pick(
  dir: string,
  patterns: readonly string[],
  maybe: readonly string[] = [],
): CollectItem {
  return { dir, required: patterns, optional: maybe };
}

/** What is listed for each directory: names, and the indexes of patterns that match nothing. */
async function listed(
  matches: readonly CollectItem[],
  files: readonly string[],
) {
  await using host = openRemoteHost();
  for (const file of files) {
    const path = `${host.root}/${file}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, "");
  }
  const sections = await host.ask(collectScript(matches, false));
  const all = sections.filter(({ header }) =>
    !["end", "real_root", "directory_entries"].includes(header[0]!)
  );
  return all.map(({ header, text }) => [
    header.join(" "),
    ...text.split("\0").slice(0, -1).sort(),
  ]);
}

Deno.test("For each directory the matches of its patterns are listed, and the patterns without a match", async () => {
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
      ["matches 0", "./a b/1.x", "./a b/it's.x"],
      ["missing 1", "./a b/log", "./a b/y"],
      ["matches 1"],
      ["missing 0"],
      ["missing 1"],
      ["matches 2", "././-z"],
    ],
  );
});

Deno.test("A pattern for hidden names matches neither the directory itself nor its parent", async () => {
  deepStrictEqual(
    await listed([pick("t", [".*", "sub/.*"])], ["t/.a", "t/sub/b"]),
    [
      ["matches 0", "./t/.a"],
      ["missing 1"],
    ],
  );
  deepStrictEqual(await listed([pick("t", ["."])], ["t/a"]), [[
    "matches 0",
    "./t/./",
  ]]);
});

Deno.test("A root that does not exist is a failure, not an absence of results", async () => {
  await using host = openRemoteHost({ bare: true });
  strictEqual(
    (await host.tryAsk(collectScript([pick(".", ["x"])], true))).ok,
    false,
  );
});

/** After the archive: tar's exit code, and the error messages. */
async function sentOf(
  host: RemoteHost,
  first: string,
  compression: "gzip" | null,
): Promise<readonly string[]> {
  const body = `${first}\n${
    collectScript([pick(".", ["*"])], true, compression)
  }`;
  for await (
    const part of streamRemote(host.remote, {
      purpose: "try",
      body,
      hasRaw: true,
    })
  ) {
    if (!part.ok) throw new Error(part.error.detail);
    if ("raw" in part.value) await bytesOf(part.value.raw);
    else if (part.value.section.header[0] === "tar_exit") {
      return [part.value.section.header[1]!, part.value.section.text];
    }
  }
  throw new Error("nothing was sent");
}

Deno.test("Collecting writes nothing on the remote host, because its disk may be full", async () => {
  await using host = openRemoteHost();
  await Deno.writeTextFile(`${host.root}/x`, "x");
  const before = namesIn(host.runDir);
  deepStrictEqual(await sentOf(host, "", null), ["0", ""]);
  deepStrictEqual(await sentOf(host, "", "gzip"), ["0", ""]);
  deepStrictEqual(
    namesIn(host.runDir).filter((name) => name !== "heartbeat"),
    before,
  );
});

Deno.test("tar's messages are English, and its exit code is known behind a compressor too", async () => {
  await using host = openRemoteHost();
  await Deno.writeTextFile(`${host.root}/x`, "x");
  const tar = 'tar() { echo "$LC_ALL" >&2; return 2; }';
  for (const compression of [null, "gzip"] as const) {
    deepStrictEqual(await sentOf(host, tar, compression), ["2", "C\n"]);
  }
});

Deno.test("Errors of the compressor are reported", async () => {
  await using host = openRemoteHost();
  const [code, output] = await sentOf(
    host,
    "gzip() { cat >/dev/null; echo 'gzip: out of memory' >&2; return 1; }",
    "gzip",
  );
  strictEqual(code, "0");
  match(output!, /gzip: out of memory/);
});
