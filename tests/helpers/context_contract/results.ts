/** Contract, third part: results come home whole, and nothing else is touched. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { OpenContext } from "./mod.ts";
import { cutAfter, namesIn, withBanner } from "../remote_dir.ts";
import { checker, inspected, staged, treeOf } from "./fixture.ts";

export function checkResults(name: string, open: OpenContext): void {
  const check = checker(name, open);

  check(
    "a name that could be an option or a pattern is found by its own pattern",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there(
        "for f in '-rf' 'a b' \"it's\" '[x]' 'new\nline' é; do echo 1 >\"./$f\"; done",
      );
      const patterns = ["-*", "a b", "it's", "[[]x]", "new\n*", "é*"];
      const { results } = await fixture.collect(patterns);
      deepStrictEqual(results[0]!.missing, []);
      strictEqual(Object.keys(treeOf(fixture.base)).length, 6);
    },
  );

  check(
    "a pattern that matches nothing is told, and the rest comes home",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there("echo 1 >there");
      const { results } = await fixture.collect(["none*", "there", "no/such"], {
        optional: ["perhaps"],
      });
      deepStrictEqual(results[0]!.missing, ["none*", "no/such"]);
      deepStrictEqual(results[0]!.files.map(({ path }) => path), ["there"]);
      const gone = await fixture.collect(["x"], { dir: "nowhere" });
      deepStrictEqual(gone.results[0]!.missing, ["x"]);
    },
  );

  check(
    "links to what comes home stay links; what others lead to comes in their place",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there(
        `mkdir -p out/sub beside/deep scratch; echo 1 >out/file; echo 2 >other; echo 3 >beside/deep/f
ln -s f beside/deep/l; ln -s "$PWD/other" beside/deep/o; ln -s ../../scratch beside/deep/s; echo 4 >scratch/g
cd out; ln -s file beside; ln -s "$PWD/file" inside; ln -s "$(pwd -P)/file" real; ln -s nowhere dangling
ln -s ../other away; ln -s ../out/sub/../file round; ln -s ../beside/deep folder; ln -s away through`,
      );
      const { notCollected, results } = await fixture.collect(["out"]);
      if (fixture.context.staging === "in place") return;
      deepStrictEqual(treeOf(`${fixture.base}/out`), {
        file: "1\n",
        beside: "-> file",
        inside: "-> file",
        real: "-> file",
        dangling: "-> nowhere",
        away: "2\n",
        through: "-> away",
        round: "-> ../out/sub/../file",
        "folder/f": "3\n",
        "folder/l": "-> f",
        "folder/o": "2\n",
        "folder/s/g": "4\n",
      });
      deepStrictEqual([notCollected, results[0]!.notDownloaded], [
        [],
        undefined,
      ]);
    },
  );

  check(
    "what a link leads to and cannot come is told, and counts as not here",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there(
        `mkdir out; cd out; ln -s . self; ln -s .. above; ln -s b a; ln -s a b; ln -s /dev/null null
ln -s /no/such gone; mkfifo pipe; ln -s ../pipe2 piped; mkfifo ../pipe2; echo 1 >file`,
      );
      const { notCollected, results } = await fixture.collect(["out/*"]);
      if (fixture.context.staging === "in place") return;
      deepStrictEqual(treeOf(`${fixture.base}/out`), { file: "1\n" });
      const names = [
        "a",
        "above",
        "b",
        "gone",
        "null",
        "pipe",
        "piped",
        "self",
      ];
      deepStrictEqual(
        results[0]!.notDownloaded?.toSorted(),
        names.map((name) => `out/${name}`),
      );
      deepStrictEqual(
        notCollected.map((line) =>
          line.replace(/^(\.\/)?out\//, "").replace(/:.*/, "")
        )
          .sort(),
        names,
      );
    },
  );

  check(
    "every file of a folder that is a result is told",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there(
        "mkdir -p out/deep; echo 1 >out/a; echo 2 >out/deep/b",
      );
      const { results } = await fixture.collect(["out"]);
      const paths = results[0]!.files.map(({ path }) => path);
      deepStrictEqual(
        paths.filter((path) => path !== "out").toSorted(),
        ["out/a", "out/deep/b"],
      );
    },
  );

  check(
    "a link to an input that is a result too comes home, and leads to the input's content",
    async (fixture) => {
      fixture.put("data", "mine");
      fixture.put("folder/data", "mine too");
      await staged(fixture, ["data", "folder"]);
      await fixture.there(
        `mkdir out; ln -s data latest; ln -s ../folder/data out/in; ln -s ../latest out/through; ln -s "$PWD/data" full`,
      );
      const { results, notCollected } = await fixture.collect([
        ...["data", "folder", "latest", "full", "out"],
      ]);
      deepStrictEqual([notCollected, results[0]!.notDownloaded], [
        [],
        undefined,
      ]);
      for (const path of ["latest", "full", "out/through", "data"]) {
        strictEqual(await Deno.readTextFile(`${fixture.base}/${path}`), "mine");
      }
      strictEqual(
        await Deno.readTextFile(`${fixture.base}/out/in`),
        "mine too",
      );
      ok((await Deno.lstat(`${fixture.base}/data`)).isFile);
    },
  );

  check(
    "links of a task whose folder is a link here are whole where that leads",
    async (fixture) => {
      await staged(fixture, []);
      if (fixture.context.staging === "in place") return;
      fixture.put("elsewhere/deep/a folder/.keep");
      await Deno.symlink("elsewhere/deep/a folder", `${fixture.base}/one`);
      await fixture.there(
        `mkdir -p one/out two; echo 1 >one/out/file; echo 2 >two/file; echo 3 >common
cd one; ln -s "$PWD/out/file" full; ln -s out/file plain; ln -s ../one/out/file round
ln -s ../two/file other; ln -s "$(cd ../two; pwd)/file" full_other; ln -s ../../common out/up
cd ../two; ln -s ../one/out/file other`,
      );
      const reply = await fixture.backendOver(fixture.context.shell, [
        "one",
        "two",
      ]).collect([
        { dir: "one", required: ["*"], optional: [] },
        { dir: "two", required: ["*"], optional: [] },
        { dir: ".", required: ["common"], optional: [] },
      ], await inspected(fixture));
      ok(reply.ok);
      deepStrictEqual(reply.value.notCollected, []);
      deepStrictEqual(treeOf(`${fixture.base}/elsewhere/deep/a folder`), {
        ...{ ".keep": "text of elsewhere/deep/a folder/.keep" },
        ...{ "out/file": "1\n", full: "-> out/file", plain: "-> out/file" },
        ...{ round: "1\n", other: "2\n", full_other: "2\n", "out/up": "3\n" },
      });
      strictEqual(await Deno.readTextFile(`${fixture.base}/two/other`), "1\n");
    },
  );

  check("an input that is also a result stays itself", async (fixture) => {
    fixture.put("data", "mine");
    fixture.put("folder/data", "mine too");
    await staged(fixture, ["data", "folder/data"]);
    const { results, notCollected } = await fixture.collect(["data", "folder"]);
    deepStrictEqual(notCollected, []);
    deepStrictEqual(treeOf(fixture.base), {
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
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there("echo 1 >one; ln one two; echo 3 >three");
      const { notCollected, results } = await fixture.collect([
        "*",
        "t*",
        "one",
      ]);
      deepStrictEqual(notCollected, []);
      deepStrictEqual(treeOf(fixture.base), {
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
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there("echo 1 >log; echo 2 >out");
      await fixture.collect([]);
      const reply = await fixture.backendOver(fixture.context.shell).collect([
        { dir: ".", required: ["log"], optional: [] },
        { dir: ".", required: ["log", "out"], optional: [] },
        { dir: ".", required: ["log"], optional: [] },
      ], await inspected(fixture));
      ok(reply.ok);
      deepStrictEqual(
        reply.value.results.map(({ files }) => files.map(({ path }) => path)),
        [["log"], ["log", "out"], ["log"]],
      );
    },
  );

  check(
    "hidden results come home, our own folder and those above do not",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there("echo 1 >.hidden");
      const { results, notCollected } = await fixture.collect([".*"]);
      deepStrictEqual(notCollected, []);
      if (fixture.context.staging === "in place") return;
      deepStrictEqual(results[0]!.files.map(({ path }) => path), [".hidden"]);
      const { results: all } = await fixture.collect(["."]);
      deepStrictEqual(all[0]!.files.map(({ path }) => path).sort(), [
        ".hidden",
        "script_1.py",
      ]);
    },
  );

  check(
    "results that were cut off leave the old ones as they were",
    async (fixture) => {
      await staged(fixture, []);
      fixture.put("out/a", "old");
      await fixture.there(
        "mkdir -p out; for f in a b c; do echo new >out/$f; done",
      );
      const before = treeOf(fixture.base);
      for (const bytes of [0, 100, 700, 1100, 1400, 1900, 2500]) {
        const cut = fixture.backendOver(cutAfter(bytes, fixture.context.shell));
        const reply = await cut.collect([
          { dir: ".", required: ["out"], optional: [] },
        ], await inspected(fixture));
        deepStrictEqual([reply.ok, !reply.ok && reply.error.isRetryable], [
          false,
          true,
        ]);
        deepStrictEqual(treeOf(fixture.base), before);
      }
      if (fixture.context.staging === "in place") return;
      deepStrictEqual(namesIn(fixture.base), [
        "out",
      ]);
    },
  );

  check("a banner around the archive does no harm", async (fixture) => {
    await staged(fixture, []);
    await fixture.there("echo 1 >out");
    const reply = await fixture.backendOver(withBanner(fixture.context.shell))
      .collect([
        { dir: ".", required: ["out"], optional: [] },
      ], await inspected(fixture));
    ok(reply.ok);
    deepStrictEqual(reply.value.notCollected, []);
    strictEqual(treeOf(fixture.base).out, "1\n");
  });

  check(
    "a folder comes home where a file was, but no file where a folder is",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there("mkdir -p a/b; echo 1 >a/b/c; echo 2 >d");
      if (fixture.context.staging === "in place") return;
      fixture.put("a", "a file");
      fixture.put("d/e", "kept");
      const { notCollected } = await fixture.collect(["a", "d"]);
      deepStrictEqual(notCollected, [
        "d: a directory with this name exists on this computer",
      ]);
      deepStrictEqual(treeOf(fixture.base), { "a/b/c": "1\n", "d/e": "kept" });
    },
  );
}
