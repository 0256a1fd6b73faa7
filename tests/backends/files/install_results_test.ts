/** What is at home in the end, by what was announced; whose files stay; names that are bytes. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import {
  download,
  type DownloadTarget,
} from "../../../src/backends/shell/download.ts";
import { groundOf, placeLink } from "../../../src/backends/files/install.ts";
import { ownFiles } from "../../../src/backends/files/own_files.ts";
import type { Event } from "../../../src/model/event.ts";
import { decodeName, encodeName } from "../../../src/text/bytes_name.ts";
import { fakeJournals } from "../../helpers/fake_journals.ts";
import { bytesOf, run } from "../../helpers/remote_dir.ts";
import { treeOf } from "../../helpers/context_contract/fixture.ts";
import { downloadTarget } from "../../helpers/incoming_dir.ts";
import { scriptedRemote } from "../../helpers/scripted_shell.ts";
import type { CollectRequest } from "../../../src/model/backend_messages.ts";

/** One header and its text; names may be bytes. */
function member(name: string, text: string, type = "0", linkname = "") {
  const block = new Uint8Array(512 + (text.length + 511 >> 9 << 9));
  const octal = (n: number, length: number) =>
    n.toString(8).padStart(length, "0");
  block.set(encodeName(name), 0);
  block.set(encodeName(linkname), 157);
  const fields: readonly (readonly [number, string])[] = [
    ...[[100, "0000644"], [124, octal(text.length, 11)], [156, type]] as const,
    ...[[136, octal(1_700_000_000, 11)], [148, " ".repeat(8)], [257, "ustar"], [
      512,
      text,
    ]] as const,
  ];
  for (const [at, field] of fields) block.set(encodeName(field), at);
  const sum = block.subarray(0, 512).reduce((sum, byte) => sum + byte, 0);
  block.set(encodeName(`${octal(sum, 6)}\0 `), 148);
  return block;
}

/** What bash says there, which can name any file. */
async function inBase(base: string, script: string): Promise<string> {
  const words = ["bash", "-c", `cd "$0" && LC_ALL=C && ${script}`, base];
  return (await run(words)).stdout;
}

interface Said {
  readonly listed: readonly string[];
  readonly content?: readonly string[];
  readonly members: readonly Uint8Array<ArrayBuffer>[];
}

async function replyOf({ listed, content = [], members }: Said) {
  const names = (names: readonly string[]) =>
    encodeName(names.map((name) => `./${name}\0`).join(""));
  return await bytesOf(
    new Blob([
      ...["\n@@n real_root\n/real\n\n@@n matches 0\n", names(listed)],
      ...[
        "\n@@n directory_entries\n",
        names(content),
        "\n@@n raw\n",
        ...members,
      ],
      ...[new Uint8Array(1024), "\n@@n tar_exit 0\n\n@@n end\n"],
    ]).stream(),
  );
}

async function brought(
  base: string,
  said: Said,
  want: Partial<CollectRequest>,
  target?: DownloadTarget,
) {
  const stdout = await replyOf(said);
  const wanted = [{ dir: "t", required: [], optional: [], ...want }];
  const result = await download(
    scriptedRemote({ stdout }),
    wanted,
    target ?? downloadTarget(base),
  );
  ok(result.ok, JSON.stringify(result));
  return { ...result.value.results[0]!, refused: result.value.notCollected };
}

for (
  const [what, members, kept] of [
    ["an empty archive", [], ["t/out", "t/out/a", "t/out/b"]],
    ["part of it", [member("t/out/a", "1")], ["t/out/b"]],
    ["something else", [member("t/out/c", "1")], ["t/out/a", "t/out/b"]],
  ] as const
) {
  Deno.test(`Where ${what} follows a full list, the other files count as not downloaded`, async () => {
    const base = await Deno.makeTempDir();
    const result = await brought(base, {
      listed: ["t/out"],
      content: ["t/out", "t/out/a", "t/out/b"],
      members,
    }, { required: ["out"] });
    deepStrictEqual(result.notDownloaded, kept);
    strictEqual(result.refused.length, kept.length);
    ok(result.refused.every((line) => line.endsWith("was not received")));
  });
}

Deno.test("A log replaces what an earlier run of ours installed, and nothing else", async () => {
  const base = await Deno.makeTempDir();
  await Deno.mkdir(`${base}/t`);
  await Deno.writeTextFile(`${base}/t/log`, "mine");
  const target = downloadTarget(base);
  const log = (text: string) => ({
    listed: ["t/log"],
    members: [member("t/log", text)],
  });
  const first = await brought(base, log("one"), { optional: ["log"] }, target);
  deepStrictEqual(first.renamedLogs, [{
    path: "t/log",
    savedAs: "t/log.dpdisp",
  }]);
  deepStrictEqual([first.notDownloaded, first.refused], [undefined, []]);
  await brought(base, log("second"), { optional: ["log"] }, target);
  deepStrictEqual(treeOf(base), { "t/log": "mine", "t/log.dpdisp": "second" });
  // Changed since it came, it is the user's too.
  await Deno.writeTextFile(`${base}/t/log.dpdisp`, "notes of mine");
  const third = await brought(
    base,
    log("third"),
    { optional: ["log"] },
    target,
  );
  deepStrictEqual(third.renamedLogs, [{
    path: "t/log",
    savedAs: "t/log.dpdisp-2",
  }]);
  // Who asks for it by name gets it.
  const named = await brought(base, log("4"), { required: ["l*"] }, target);
  deepStrictEqual([named.renamedLogs, treeOf(base)["t/log"]], [undefined, "4"]);
});

Deno.test("What a run of another script installed is ours, in the same work base only", async () => {
  const log = { listed: ["t/log"], members: [member("t/log", "new")] };
  for (
    const [where, expected] of [["same", "new"], ["other", "old"]] as const
  ) {
    const base = await Deno.makeTempDir();
    await Deno.mkdir(`${base}/t`);
    await Deno.writeTextFile(`${base}/t/log`, "old");
    const { mtime } = await Deno.stat(`${base}/t/log`);
    const file = { path: "t/log", bytes: 3, modified: mtime!.getTime() };
    const journals = fakeJournals();
    journals.put(
      "another",
      1,
      [
        {
          type: "runStarted",
          workBase: where === "same" ? base : "/elsewhere",
          time: 0,
        },
        {
          type: "collected",
          results: [{ task: "k", files: [file], missing: [] }],
          time: 0,
        },
      ] as unknown as readonly Event[],
    );
    const target = {
      ...downloadTarget(base),
      own: ownFiles(base, "x", journals),
    };
    await brought(base, log, { optional: ["log"] }, target);
    strictEqual(await Deno.readTextFile(`${base}/t/log`), expected);
  }
});

Deno.test("For what this run installed itself no other run's journal is read", () => {
  const log = { path: "t/log", bytes: 3, modified: 1 };
  const results = [{ task: "k", files: [log], missing: [] }];
  const collected: Event = { type: "collected", results, time: 0 };
  const journals = fakeJournals();
  journals.put("x", 1, [collected]);
  journals.put("another", 1, [collected]);
  const read: string[] = [];
  const { isOwn } = ownFiles("/base", "x", {
    ...journals,
    read: (key, ...rest) => (read.push(key), journals.read(key, ...rest)),
  });
  ok(isOwn(log));
  deepStrictEqual(read, ["x"]);
  strictEqual(isOwn({ ...log, bytes: 4 }), false);
  strictEqual(isOwn({ ...log, modified: 2 }), false);
  deepStrictEqual(read, ["x", "another"]);
});

Deno.test(
  "What cannot be moved from another file system leaves no file beside its destination",
  { ignore: Deno.build.os !== "linux" },
  async () => {
    const base = await Deno.makeTempDir();
    const away = await Deno.makeTempDir({ dir: "/dev/shm" });
    await Deno.mkdir(`${away}/out`);
    await Deno.symlink(away, `${base}/t`);
    const { refused, files } = await brought(
      base,
      {
        listed: ["t/out", "t/ok"],
        members: [member("t/out", "1"), member("t/ok", "2")],
      },
      { required: ["o*"] },
      downloadTarget(base, ["t"]),
    );
    deepStrictEqual(refused, [
      "t/out: a directory with this name exists on this computer",
    ]);
    deepStrictEqual(files.map(({ path }) => path), ["t/ok"]);
    deepStrictEqual(await inBase(away, "ls -A"), "ok\nout\n");
    await Deno.remove(away, { recursive: true });
  },
);

Deno.test("A file of the user's that was not requested is not replaced by a directory", async () => {
  const base = await Deno.makeTempDir();
  await Deno.mkdir(`${base}/t`);
  await Deno.writeTextFile(`${base}/t/sub`, "mine");
  const { notDownloaded, refused } = await brought(base, {
    listed: ["t/sub/a"],
    members: [member("t/sub/a", "1")],
  }, { required: ["sub/a"] });
  deepStrictEqual([treeOf(base), notDownloaded], [{ "t/sub": "mine" }, [
    "t/sub/a",
  ]]);
  match(
    refused[0]!,
    /t\/sub is a file on this computer that no backward_files pattern matches/,
  );
});

Deno.test("A link is checked as a link: a file of the user's at its path is kept", async () => {
  const base = await Deno.makeTempDir();
  await Deno.mkdir(`${base}/t`);
  await Deno.mkdir(`${base}/elsewhere`);
  await Deno.symlink("../elsewhere", `${base}/t/d`);
  const { notDownloaded, refused } = await brought(base, {
    listed: ["t/d", "t/l"],
    members: [
      member("t/d/", "", "5"),
      member("t/d/x", "1"),
      member("t/l", "", "2", "d/x"),
    ],
  }, { required: ["*"] });
  deepStrictEqual(treeOf(base), { "t/d": "-> ../elsewhere" });
  deepStrictEqual(notDownloaded, ["t/d/x", "t/d", "t/l"]);
  match(refused.join("\n"), /t\/l: would lead elsewhere on this computer/);
});

Deno.test("A task directory that the user made a link is entered, other links in it are not", async () => {
  const top = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${top}/base`);
  await Deno.mkdir(`${top}/scratch`);
  await Deno.mkdir(`${top}/away`);
  await Deno.symlink("../scratch", `${top}/base/t`);
  await Deno.symlink("../away", `${top}/scratch/sub`);
  const base = `${top}/base`;
  const ground = groundOf(base, ["t"]);
  const { notDownloaded } = await brought(
    base,
    {
      listed: ["t/a", "t/sub/b"],
      members: [member("t/a", "1"), member("t/sub/b", "2")],
    },
    { required: ["a", "sub/b"] },
    { ...downloadTarget(base), ground: () => ground },
  );
  deepStrictEqual(treeOf(`${top}/scratch`), { a: "1", sub: "-> ../away" });
  deepStrictEqual([treeOf(`${top}/away`), notDownloaded], [{}, ["t/sub/b"]]);
});

Deno.test("Names that are not UTF-8 are downloaded unchanged, with the same checks", async () => {
  const base = await Deno.realPath(await Deno.makeTempDir());
  const name = (...bytes: number[]) => decodeName(Uint8Array.from(bytes));
  const [e, f] = [name(0x72, 0xe9), name(0x72, 0xe8)];
  await Deno.mkdir(`${base}/away`);
  const target = downloadTarget(base);
  await inBase(
    base,
    String.raw`mkdir t; ln -s ../away $'t/l\xff'; echo mine >$'t/\xfelog'`,
  );
  const log = name(0xfe, 0x6c, 0x6f, 0x67);
  const said = {
    listed: [
      `t/${e}`,
      `t/${f}`,
      `t/d${e}`,
      `t/${name(0x6c, 0xff)}`,
      `t/s${e}`,
      `t/${log}`,
    ],
    content: [`t/d${e}`, `t/d${e}/it's`],
    members: [
      ...[member(`t/${e}`, "1"), member(`t/${f}`, "2")],
      ...[member(`t/d${e}/`, "", "5"), member(`t/d${e}/it's`, "3")],
      ...[member(`t/${name(0x6c, 0xff)}/x`, "bad"), member(`t/${log}`, "4")],
      member(`t/s${e}`, "", "2", `d${e}/it's`),
    ],
  };
  const { notDownloaded, renamedLogs, files } = await brought(base, said, {
    required: ["r?", "d*", "l*", "s*"],
    optional: [log],
  }, target);
  const seen = await inBase(
    base,
    `shopt -s globstar; for f in **; do [ -f "$f" ] && printf '%q=%s;' "$f" "$(cat "$f")"; done; ls away`,
  );
  deepStrictEqual(seen.split(";"), [
    String.raw`$'t/dr\351/it\'s'=3`,
    String.raw`$'t/r\350'=2`,
    String.raw`$'t/r\351'=1`,
    String.raw`$'t/sr\351'=3`,
    String.raw`$'t/\376log'=mine`,
    String.raw`$'t/\376log.dpdisp'=4`,
    "",
  ]);
  deepStrictEqual(notDownloaded, [`t/${name(0x6c, 0xff)}/x`]);
  deepStrictEqual(renamedLogs, [{
    path: `t/${log}`,
    savedAs: `t/${log}.dpdisp`,
  }]);
  deepStrictEqual(
    files.map(({ path, bytes, modified }) => [path, bytes, modified])[0],
    [`t/${e}`, 1, 1_700_000_000_000],
  );
});

Deno.test("A broken link that would lead through a link of the user's is not made", async () => {
  const base = await Deno.makeTempDir();
  await Deno.mkdir(`${base}/t`);
  await Deno.symlink("/etc", `${base}/t/mine`);
  const placing = {
    ground: groundOf(base, []),
    incomingDir: base,
    isAsked: () => true,
  };
  const place = (text: string) =>
    placeLink(placing, "t/new", { text, goal: null });
  strictEqual(
    place("mine/none"),
    "would lead elsewhere on this computer (mine/none)",
  );
  strictEqual(place("none/none"), null);
  deepStrictEqual(treeOf(base), {
    "t/mine": "-> /etc",
    "t/new": "-> none/none",
  });
});
