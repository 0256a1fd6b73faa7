/** Contract, second part: inputs go there and results come home. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { OpenGround } from "./contract.ts";
import { bannered, cutAfter } from "./far_side.ts";
import { type Lab, openLab, treeOf } from "./lab.ts";

const HOSTILE = [
  "a b",
  "new\nline",
  "'",
  '"',
  "$HOME",
  "-rf",
  "é✓",
  "back\\nslash",
  "*",
  "[a]",
  "tab\t",
  "~",
  "#",
  "x".repeat(200),
  Array.from({ length: 12 }, (_, i) => `deep ${i} ${"d".repeat(12)}`).join("/"),
];

export function checkFiles(name: string, open: OpenGround): void {
  const check = (sentence: string, body: (lab: Lab) => Promise<void>) =>
    Deno.test(`${name}: ${sentence}`, async () => {
      await using lab = await openLab(open);
      await body(lab);
    });

  check("files of any name go there and come home", async (lab) => {
    for (const path of HOSTILE) lab.put(path);
    await staged(lab, HOSTILE);
    await lab.there(
      'mkdir out; for f in [!.]* ; do case $f in out | script_1.py) ;; *) cp -RL "./$f" out/ ;; esac; done',
    );
    const { refused, results } = await lab.collect(["out"]);
    deepStrictEqual(refused, []);
    deepStrictEqual(results[0]!.missing, []);
    const home = treeOf(`${lab.base}/out`);
    deepStrictEqual(
      HOSTILE.map((path) => home[path]),
      HOSTILE.map((path) => `text of ${path}`),
    );
  });

  check(
    "a name that could be an option or a pattern is found by its own pattern",
    async (lab) => {
      await staged(lab, []);
      await lab.there(
        "for f in '-rf' 'a b' \"it's\" '[x]' 'new\nline' é; do echo 1 >\"./$f\"; done",
      );
      const patterns = ["-*", "a b", "it's", "[[]x]", "new\n*", "é*"];
      const { results } = await lab.collect(patterns);
      deepStrictEqual(results[0]!.missing, []);
      strictEqual(Object.keys(treeOf(lab.base)).length, 6);
    },
  );

  check("ten thousand small files go there and come home", async (lab) => {
    const names = Array.from({ length: 10_000 }, (_, i) => `many/f${i}`);
    for (const path of names) lab.put(path, path);
    await staged(lab, lab.ground.staging === "link" ? names : ["many"]);
    await lab.there("cp -RL many out");
    const { results } = await lab.collect(["out/*"]);
    strictEqual(results[0]!.files.length, 10_000);
    strictEqual(
      Deno.readTextFileSync(`${lab.base}/out/f9999`),
      "many/f9999",
    );
  });

  check(
    "a pattern that matches nothing is told, and the rest comes home",
    async (lab) => {
      await staged(lab, []);
      await lab.there("echo 1 >there");
      const { results } = await lab.collect(["none*", "there", "no/such"], {
        maybe: ["perhaps"],
      });
      deepStrictEqual(results[0]!.missing, ["none*", "no/such"]);
      deepStrictEqual(results[0]!.files.map(({ path }) => path), ["there"]);
      const gone = await lab.collect(["x"], { dir: "nowhere" });
      deepStrictEqual(gone.results[0]!.missing, ["x"]);
    },
  );

  check(
    "folders come home with what is in them, executable or not",
    async (lab) => {
      lab.put("tool/run.sh", "#!/bin/sh\n", 0o755);
      await staged(lab, ["tool"]);
      await lab.there(
        "test -x tool/run.sh; mkdir -p out/sub; echo 1 >out/sub/plain; cp tool/run.sh out/; chmod 4755 out/run.sh",
      );
      await lab.collect(["out"]);
      const mode = (path: string) =>
        Deno.statSync(`${lab.base}/${path}`).mode! & 0o111;
      deepStrictEqual([mode("out/run.sh"), mode("out/sub/plain")], [0o111, 0]);
      if (lab.ground.staging !== "in place") {
        strictEqual(Deno.statSync(`${lab.base}/out/run.sh`).mode! & 0o7000, 0);
      }
    },
  );

  check(
    "links come home where they stay inside, and are told where they do not",
    async (lab) => {
      await staged(lab, []);
      await lab.there(
        'mkdir out; echo 1 >out/file; ln -s file out/beside; ln -s "$PWD/out/file" out/inside; ln -s "$(pwd -P)/out/file" out/real; ln -s nowhere out/dangling; ln -s /etc/passwd out/away; ln -s ../../../../../etc/passwd out/up',
      );
      const { refused } = await lab.collect(["out"]);
      const { away, up, ...home } = treeOf(`${lab.base}/out`);
      if (lab.ground.staging === "in place") return;
      deepStrictEqual([away, up], [undefined, undefined]);
      deepStrictEqual(home, {
        file: "1\n",
        beside: "-> file",
        inside: "-> ../out/file",
        real: "-> ../out/file",
        dangling: "-> nowhere",
      });
      deepStrictEqual(refused.map((line) => line.replace(/:.*/, "")).sort(), [
        "./out/away",
        "./out/up",
      ]);
    },
  );

  check("an input that is also a result stays itself", async (lab) => {
    lab.put("data", "mine");
    lab.put("folder/data", "mine too");
    await staged(lab, ["data", "folder/data"]);
    const { results, refused } = await lab.collect(["data", "folder"]);
    deepStrictEqual(refused, []);
    deepStrictEqual(treeOf(lab.base), {
      data: "mine",
      "folder/data": "mine too",
    });
    ok(
      results[0]!.files.some(({ path, bytes }) =>
        path === "data" && bytes === 4
      ),
    );
  });

  check(
    "a file with two names and a file that two patterns match come home",
    async (lab) => {
      await staged(lab, []);
      await lab.there("echo 1 >one; ln one two; echo 3 >three");
      const { refused, results } = await lab.collect(["*", "t*", "one"]);
      deepStrictEqual(refused, []);
      deepStrictEqual(treeOf(lab.base), {
        one: "1\n",
        two: "1\n",
        three: "3\n",
      });
      deepStrictEqual(
        results[0]!.files.map(({ path }) => path).filter((path) =>
          path !== "script_1.py"
        ).sort(),
        ["one", "three", "two"],
      );
    },
  );

  check(
    "tasks that share a folder each get what they want of it",
    async (lab) => {
      await staged(lab, []);
      await lab.there("echo 1 >log; echo 2 >out");
      await lab.collect([]);
      const home = await lab.over(lab.ground.shell).collect([
        { dir: ".", patterns: ["log"], maybe: [] },
        { dir: ".", patterns: ["log", "out"], maybe: [] },
        { dir: ".", patterns: ["log"], maybe: [] },
      ]);
      ok(home.ok);
      deepStrictEqual(
        home.value.results.map(({ files }) => files.map(({ path }) => path)),
        [["log"], ["log", "out"], ["log"]],
      );
    },
  );

  check(
    "hidden results come home, our own folder and those above do not",
    async (lab) => {
      await staged(lab, []);
      await lab.there("echo 1 >.hidden");
      const { results, refused } = await lab.collect([".*"]);
      deepStrictEqual(refused, []);
      if (lab.ground.staging === "in place") return;
      deepStrictEqual(results[0]!.files.map(({ path }) => path), [".hidden"]);
      const { results: all } = await lab.collect(["."]);
      deepStrictEqual(all[0]!.files.map(({ path }) => path).sort(), [
        ".hidden",
        "script_1.py",
      ]);
    },
  );

  check(
    "results that were cut off leave the old ones as they were",
    async (lab) => {
      await staged(lab, []);
      lab.put("out/a", "old");
      await lab.there(
        "mkdir -p out; for f in a b c; do echo new >out/$f; done",
      );
      const before = treeOf(lab.base);
      for (const bytes of [0, 100, 700, 1100, 1400, 1900, 2500]) {
        const cut = lab.over(cutAfter(bytes, lab.ground.shell));
        const home = await cut.collect([
          { dir: ".", patterns: ["out"], maybe: [] },
        ]);
        deepStrictEqual([home.ok, !home.ok && home.error.again], [false, true]);
        deepStrictEqual(treeOf(lab.base), before);
      }
      if (lab.ground.staging === "in place") return;
      deepStrictEqual([...Deno.readDirSync(lab.base)].map(({ name }) => name), [
        "out",
      ]);
    },
  );

  check("a banner around the archive does no harm", async (lab) => {
    await staged(lab, []);
    await lab.there("echo 1 >out");
    const home = await lab.over(bannered(lab.ground.shell)).collect([
      { dir: ".", patterns: ["out"], maybe: [] },
    ]);
    ok(home.ok);
    deepStrictEqual(home.value.refused, []);
    strictEqual(treeOf(lab.base).out, "1\n");
  });

  check(
    "a folder comes home where a file was, but no file where a folder is",
    async (lab) => {
      await staged(lab, []);
      await lab.there("mkdir -p a/b; echo 1 >a/b/c; echo 2 >d");
      if (lab.ground.staging === "in place") return;
      lab.put("a", "a file");
      lab.put("d/e", "kept");
      const { refused } = await lab.collect(["a", "d"]);
      deepStrictEqual(refused, ["d: a folder is in its place"]);
      deepStrictEqual(treeOf(lab.base), { "a/b/c": "1\n", "d/e": "kept" });
    },
  );

  check("inputs that were changed are there as they are now", async (lab) => {
    lab.put("a", "one");
    lab.put("f/b", "one");
    await staged(lab, ["a", "f"]);
    await lab.there('test "$(cat a f/b)" = "oneone"');
    lab.put("a", "two");
    lab.put("f/b", "three");
    await staged(lab, ["a", "f"]);
    strictEqual(await lab.there("cat a f/b"), "twothree");
  });

  check(
    "an input that went away since the plan is told, whatever the far side took for whole",
    async (lab) => {
      lab.put("a");
      lab.put("z");
      const names = ["a", "gone", "z"];
      const result = await lab.stage(names);
      if (lab.ground.staging !== "copy") return;
      ok(!result.ok);
      deepStrictEqual([result.error.kind, result.error.again], [
        "transfer",
        false,
      ]);
      ok(result.error.saw.includes("gone"), result.error.saw);
    },
  );

  check(
    "tasks that run in a folder of inputs do not write into the user's",
    async (lab) => {
      lab.put("work/t1/in", "in");
      lab.put("work/shared", "shared");
      await staged(lab, ["work", "work/t1/in"], ["work/t1"]);
      strictEqual(
        await lab.there("cd work/t1; cat in ../shared; echo 1 >out"),
        "inshared",
      );
      if (lab.ground.staging === "in place") return;
      deepStrictEqual(treeOf(lab.base), {
        "work/t1/in": "in",
        "work/shared": "shared",
      });
      await lab.collect(["out"], { dir: "work/t1" });
      strictEqual(treeOf(lab.base)["work/t1/out"], "1\n");
    },
  );

  Deno.test(`${name}: a base that is reached through a link works as any`, async () => {
    const real = Deno.makeTempDirSync();
    const link = `${Deno.makeTempDirSync()}/link`;
    Deno.symlinkSync(real, link);
    await using lab = await openLab(open, link);
    lab.put("in", "in");
    await staged(lab, ["in"]);
    await lab.there('cp -L in out; ln -s "$(pwd -P)/out" latest');
    const { refused, results } = await lab.collect(["in", "out", "latest"]);
    deepStrictEqual([refused, results[0]!.missing], [[], []]);
    strictEqual(Deno.readTextFileSync(`${real}/latest`), "in");
    ok(Deno.lstatSync(`${real}/in`).isFile);
  });
}

async function staged(
  lab: Lab,
  names: readonly string[],
  dirs?: readonly string[],
): Promise<void> {
  const result = await lab.stage(names, dirs);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
}
