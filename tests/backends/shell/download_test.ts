import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { download } from "../../../src/backends/shell/download.ts";
import { listArchiveEntries } from "../../../src/backends/files/archive_entries.ts";
import { packTar } from "../../../src/backends/files/pack_tar.ts";
import type { StagedEntry } from "../../../src/pipeline/stage.ts";
import { bytesOf, namesIn } from "../../helpers/remote_dir.ts";
import { treeOf } from "../../helpers/context_contract/fixture.ts";
import { homeOf } from "../../helpers/incoming_dir.ts";
import { saying } from "../../helpers/scripted_shell.ts";
import type { CollectRequest } from "../../../src/model/backend_messages.ts";

const want = (dir: string, ...patterns: string[]): CollectRequest => ({
  dir,
  required: patterns,
  optional: [],
});

/** A reply that lists names of the first pick, and sends these. */
async function reply(
  listed: readonly string[],
  puts: readonly StagedEntry[],
  { code = 0, said = "" } = {},
) {
  const encode = (text: string) => new TextEncoder().encode(text);
  const list = listed.map((name) => `${name}\0`).join("");
  const tar = await bytesOf(packTar(listArchiveEntries(puts)));
  return new Uint8Array([
    ...encode(`\n@@n real_root\n/real\n\n@@n matches 0\n${list}\n@@n raw\n`),
    ...tar,
    ...encode(`\n@@n tar_exit ${code}\n${said}\n@@n end\n`),
  ]);
}

Deno.test("What was not asked for stays out, whatever the far side lists", async () => {
  const base = await Deno.makeTempDir();
  await Deno.writeTextFile(`${base}/hello.py`, "mine");
  const names = [
    "hello.py",
    "t/other",
    "t/out",
    "out",
    ".dpdisp/x/submit_replies",
    "t/sub/out",
  ];
  const stdout = await reply(
    names.map((name) => `./${name}`),
    names.map((to) => ({ to, text: "far" })),
  );
  const home = await download(
    saying({ stdout }),
    [want("t", "o?t", ".dpdisp")],
    homeOf(base),
  );
  ok(home.ok);
  deepStrictEqual(treeOf(base), { "hello.py": "mine", "t/out": "far" });
  deepStrictEqual(namesIn(base).length, 2);
  deepStrictEqual(
    home.value.notCollected,
    names.filter((name) => name !== "t/out")
      .map((name) => `${name}: was not requested`),
  );
});

Deno.test("Our own folder is no result, though all was asked for", async () => {
  const base = await Deno.makeTempDir();
  const stdout = await reply(["././"], [
    { to: "./out", text: "1" },
    { to: "./.dpdisp/x/submit_replies", text: "bad" },
  ]);
  const home = await download(
    saying({ stdout }),
    [want(".", ".")],
    homeOf(base),
  );
  ok(home.ok);
  deepStrictEqual(home.value.notCollected, [
    ".dpdisp/x/submit_replies: was not requested",
  ]);
  deepStrictEqual(home.value.results[0]!.files.map(({ path }) => path), [
    "out",
  ]);
});

Deno.test("What tar could not read is told, and the rest comes home", async () => {
  const base = await Deno.makeTempDir();
  const said =
    "tar: ./t/closed: Cannot open: Permission denied\ntar: ./t/log: file changed as we read it\n";
  const stdout = await reply(["./t/a", "./t/closed"], [{
    to: "t/a",
    text: "1",
  }], {
    code: 2,
    said,
  });
  const home = await download(
    saying({ stdout }),
    [want("t", "*")],
    homeOf(base),
  );
  ok(home.ok);
  deepStrictEqual(home.value.notCollected, [
    "tar: ./t/closed: Cannot open: Permission denied",
  ]);
  deepStrictEqual(home.value.results[0]!.notDownloaded, ["t/closed"]);
  deepStrictEqual(treeOf(base), { "t/a": "1" });
});

Deno.test("Where what tar says names nothing that was asked for, all of it may be meant", async () => {
  const base = await Deno.makeTempDir();
  const stdout = await reply(["./t/a", "./t/b"], [{ to: "t/a", text: "1" }], {
    code: 2,
    said:
      "tar: ./t/\\303\\251: Cannot open: Permission denied\ntar: Exiting with failure status due to previous errors\n",
  });
  const home = await download(
    saying({ stdout }),
    [want("t", "*")],
    homeOf(base),
  );
  ok(home.ok);
  deepStrictEqual(home.value.results[0]!.notDownloaded, ["t/a", "t/b"]);
  strictEqual(home.value.notCollected.length, 1);
});

Deno.test("What tar says of a name in its own escapes is meant for that name", async () => {
  const base = await Deno.makeTempDir();
  const names = ["t/\u00e4 b", "t/new\nline", "t/back\\slash", "t/here"];
  const here = [{ to: "t/here", text: "1" }];
  const stdout = await reply(names.map((name) => `./${name}`), here, {
    code: 2,
    said: String.raw`tar: ./t/\303\244 b: Cannot open: Permission denied
tar: ./t/new\nline/x: Cannot open: Permission denied
tar: can't open './t/back\\slash': Permission denied`,
  });
  const home = await download(
    saying({ stdout }),
    [want("t", "*")],
    homeOf(base),
  );
  ok(home.ok);
  deepStrictEqual(home.value.results[0]!.notDownloaded, names.slice(0, 3));
});

Deno.test("A result that has no place here stays there, and does not count as here", async () => {
  const base = await Deno.makeTempDir();
  await Deno.mkdir(`${base}/t/d/e`, { recursive: true });
  const stdout = await reply(["./t/d", "./t/ok", `./t/long`], [
    { to: "t/d", text: "far" },
    { to: "t/ok", text: "far" },
    { to: `t/long/${"x".repeat(300)}`, text: "far" },
  ]);
  const home = await download(
    saying({ stdout }),
    [want("t", "*")],
    homeOf(base),
  );
  ok(home.ok);
  const { files, missing, notDownloaded } = home.value.results[0]!;
  deepStrictEqual(files.map(({ path }) => path), ["t/ok"]);
  deepStrictEqual([missing, notDownloaded], [[], [
    "t/d",
    `t/long/${"x".repeat(300)}`,
  ]]);
});

Deno.test("A tar that ends badly without a word is a failure, and all stays as it was", async () => {
  const base = await Deno.makeTempDir();
  const stdout = await reply(["./t/a"], [{ to: "t/a", text: "1" }], {
    code: 9,
  });
  const home = await download(
    saying({ stdout }),
    [want("t", "*")],
    homeOf(base),
  );
  deepStrictEqual([home.ok, !home.ok && home.error.isRetryable], [false, true]);
  deepStrictEqual(namesIn(base), []);
});

Deno.test("Results that are cut off with the connection are the connection's failure, not the archive's", async () => {
  const base = await Deno.makeTempDir();
  const whole = await reply(["./out"], [{ to: "./out", text: "far" }]);
  const far = saying({ stdout: whole.slice(0, 600), lost: true });
  const home = await download(far, [want(".", "out")], homeOf(base));
  ok(!home.ok);
  deepStrictEqual(home.error.summary, "Cannot hear the far side");
  deepStrictEqual(namesIn(base), []);
});

Deno.test("What a dpdisp that died left of results does not come home", async () => {
  const base = await Deno.makeTempDir();
  const landing = `${base}/.dpdisp/home-x-older`;
  await Deno.mkdir(landing, { recursive: true });
  await Deno.writeTextFile(`${landing}/f1`, "half");
  const stdout = await reply(["./t/b"], [{ to: "t/b", text: "1" }]);
  ok((await download(saying({ stdout }), [want("t", "*")], homeOf(base))).ok);
  deepStrictEqual(treeOf(base), { "t/b": "1" });
  deepStrictEqual(namesIn(base), ["t"]);
});

Deno.test("Folders that were asked for come though they are empty, no others", async () => {
  const base = await Deno.makeTempDir();
  await Deno.writeTextFile(`${base}/out`, "a file was here");
  const stdout = await reply(["./out"], [
    { to: "./out", directory: true },
    { to: "./out/hollow", directory: true },
    { to: "./other", directory: true },
  ]);
  const home = await download(
    saying({ stdout }),
    [want(".", "out")],
    homeOf(base),
  );
  ok(home.ok);
  deepStrictEqual(home.value.notCollected, []);
  deepStrictEqual([namesIn(base), namesIn(`${base}/out`)], [["out"], [
    "hollow",
  ]]);
});

Deno.test("What several tasks want alike is asked for once", async () => {
  const base = await Deno.makeTempDir();
  const stdout = await reply(["./t/a"], [{ to: "t/a", text: "1" }]);
  const far = saying({ stdout });
  const home = await download(
    far,
    [want("t", "a"), want("t", "a")],
    homeOf(base),
  );
  ok(home.ok);
  strictEqual(far.asked[0]!.match(/section matches/g)!.length, 1);
  deepStrictEqual(
    home.value.results.map(({ files }) => files.map(({ path }) => path)),
    [["t/a"], ["t/a"]],
  );
});

Deno.test("A link of the far root leads into the base, whichever name of the root it has", async () => {
  const base = await Deno.makeTempDir();
  const stdout = await reply(["./t"], [
    { to: "t/file", text: "1" },
    { to: "t/a", link: "/r/t/file" },
    { to: "t/b", link: "/real/t/file" },
    { to: "t/c", link: `${base}/t/file` },
    { to: "t/d", link: "/rr/t/file" },
  ]);
  const home = await download(
    saying({ stdout }),
    [want(".", "t")],
    homeOf(base),
  );
  ok(home.ok);
  const inside = "-> file";
  deepStrictEqual(treeOf(base), {
    "t/file": "1",
    "t/a": inside,
    "t/b": inside,
    "t/c": inside,
  });
  deepStrictEqual(home.value.notCollected, [
    "t/d: links to /rr/t/file, which was not received",
  ]);
});

Deno.test("A link to its own place replaces nothing, though nothing is there any more", async () => {
  const base = await Deno.makeTempDir();
  const stdout = await reply(["./a"], [{ to: "a", link: `${base}/a` }]);
  const home = await download(
    saying({ stdout }),
    [want(".", "a")],
    homeOf(base),
  );
  ok(home.ok);
  deepStrictEqual(treeOf(base), {});
});

/** Brings the named files, each holding its own name, from what stands in `base`. */
async function bringInto(
  base: string,
  names: readonly string[],
  pick: CollectRequest,
) {
  const stdout = await reply(
    [`./${names[0]!.split("/")[0]}`],
    names.map((to) => ({ to, text: to })),
  );
  const home = await download(saying({ stdout }), [pick], homeOf(base));
  ok(home.ok);
  return home.value;
}

Deno.test("A folder that is new comes as a whole; one that is there takes in what comes", async () => {
  const base = await Deno.makeTempDir();
  await Deno.mkdir(`${base}/out/old`, { recursive: true });
  await Deno.writeTextFile(`${base}/out/old/mine`, "mine");
  await Deno.writeTextFile(`${base}/out/old/a`, "older");
  const names = ["out/new/deep/a", "out/new/b", "out/old/a", "out/c"];
  const { notCollected, results } = await bringInto(
    base,
    names,
    want(".", "out"),
  );
  deepStrictEqual(notCollected, []);
  deepStrictEqual(results[0]!.files.map(({ path }) => path), names);
  deepStrictEqual(treeOf(base), {
    "out/new/deep/a": "out/new/deep/a",
    "out/new/b": "out/new/b",
    "out/old/a": "out/old/a",
    "out/old/mine": "mine",
    "out/c": "out/c",
  });
});

Deno.test("A file in the place of a folder makes way; through a link there nothing is written", async () => {
  const base = await Deno.makeTempDir();
  await Deno.writeTextFile(`${base}/out`, "was a file");
  await Deno.mkdir(`${base}/elsewhere`);
  await Deno.symlink("elsewhere", `${base}/linked`);
  await bringInto(base, ["out/a"], want(".", "out"));
  const { results, notCollected } = await bringInto(
    base,
    ["linked/a"],
    want(".", "linked"),
  );
  deepStrictEqual(treeOf(base), { "out/a": "out/a", linked: "-> elsewhere" });
  deepStrictEqual(results[0]!.notDownloaded, ["linked/a"]);
  match(
    notCollected.join(),
    /linked is a symlink on this computer, and dpdisp does not write through it/,
  );
});

Deno.test("Beside what was not asked for a new folder does not come as a whole", async () => {
  const base = await Deno.makeTempDir();
  const names = ["out/a", "out/not-asked"];
  const stdout = await reply(
    ["./out/a"],
    names.map((to) => ({ to, text: to })),
  );
  const home = await download(
    saying({ stdout }),
    [want(".", "out/a")],
    homeOf(base),
  );
  ok(home.ok);
  deepStrictEqual(treeOf(base), { "out/a": "out/a" });
  deepStrictEqual(home.value.notCollected, [
    "out/not-asked: was not requested",
  ]);
});

Deno.test("Results land in a new folder of ours alone, or nowhere", async () => {
  const top = await Deno.makeTempDir();
  const base = `${top}/base`;
  await Deno.mkdir(`${top}/outside`);
  await Deno.mkdir(base);
  await Deno.symlink("../outside", `${base}/.dpdisp`);
  const stdout = await reply(["./t/a"], [{ to: "t/a", text: "1" }]);
  const far = saying({ stdout });
  const home = await download(far, [want("t", "*")], homeOf(base));
  deepStrictEqual([home.ok, namesIn(`${top}/outside`)], [false, []]);
  deepStrictEqual(far.asked, []);
  await Deno.remove(`${base}/.dpdisp`);
  const seen: string[] = [];
  const watching = {
    ...homeOf(base),
    onTransfer: () => {
      const [name] = namesIn(`${base}/.dpdisp`);
      const { mode } = Deno.statSync(`${base}/.dpdisp/${name}`);
      seen.push(`${name} ${(mode! & 0o777).toString(8)}`);
    },
  };
  ok((await download(saying({ stdout }), [want("t", "*")], watching)).ok);
  match(seen[0]!, /^home-x-\w{6,} 700$/);
  deepStrictEqual(namesIn(base), ["t"]);
});

Deno.test("A folder of ours in which others may write is closed before anything lands in it", async () => {
  for (const open of [0o775, 0o777, 0o1777]) {
    const base = await Deno.makeTempDir();
    const folder = `${base}/.dpdisp`;
    await Deno.mkdir(`${folder}/another`, { recursive: true });
    await Deno.chmod(folder, open);
    const stdout = await reply(["./t/a"], [{ to: "t/a", text: "1" }]);
    ok((await download(saying({ stdout }), [want("t", "*")], homeOf(base))).ok);
    const { mode } = await Deno.stat(folder);
    strictEqual(mode! & 0o7777, 0o700);
  }
});

Deno.test("A socket is told once and counts as not here; what was removed meanwhile does not", async () => {
  const base = await Deno.makeTempDir();
  const stdout = await reply(["./t/a", "./t/s", "./t/gone"], [{
    to: "t/a",
    text: "1",
  }], {
    code: 1,
    said:
      "tar: ./t/s: socket ignored\ntar: ./t/gone: File removed before we read it\n",
  });
  const home = await download(
    saying({ stdout }),
    [want("t", "*")],
    homeOf(base),
  );
  ok(home.ok);
  deepStrictEqual(home.value.results[0]!.notDownloaded, ["t/s"]);
  strictEqual(
    home.value.notCollected.filter((line) => /t\/s/.test(line)).length,
    1,
  );
});

Deno.test("In place logs are known as they stand, and nobody is asked for them", async () => {
  const base = await Deno.makeTempDir();
  await Deno.mkdir(`${base}/t`);
  await Deno.writeTextFile(`${base}/t/log`, "four");
  const far = saying({ stdout: "" });
  const wanted = [{ dir: "t", required: [], optional: ["./log", "err"] }];
  const home = await download(far, wanted, {
    ...homeOf(base),
    isInPlace: true,
  });
  ok(home.ok);
  const { files, missing } = home.value.results[0]!;
  deepStrictEqual(files.map(({ path, bytes }) => [path, bytes]), [
    ["t/log", 4],
  ]);
  deepStrictEqual([missing, far.asked], [[], []]);
});
