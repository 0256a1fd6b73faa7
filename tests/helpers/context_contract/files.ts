/** Contract, second part: inputs go there, and what is asked for comes home. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { OpenContext } from "./mod.ts";
import { checker, openFixture, staged, treeOf } from "./fixture.ts";

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

export function checkFiles(
  name: string,
  open: OpenContext,
  many: number,
): void {
  const check = checker(name, open);

  check("files of any name go there and come home", async (fixture) => {
    for (const path of HOSTILE) fixture.put(path);
    await staged(fixture, HOSTILE);
    await fixture.there(
      'mkdir out; for f in [!.]* ; do case $f in out | script_1.py) ;; *) cp -RL "./$f" out/ ;; esac; done',
    );
    const { notCollected, results } = await fixture.collect(["out"]);
    deepStrictEqual(notCollected, []);
    deepStrictEqual(results[0]!.missing, []);
    const reply = treeOf(`${fixture.base}/out`);
    deepStrictEqual(
      HOSTILE.map((path) => reply[path]),
      HOSTILE.map((path) => `text of ${path}`),
    );
  });

  check(`${many} small files go there and come home`, async (fixture) => {
    const names = Array.from({ length: many }, (_, i) => `many/f${i}`);
    for (const path of names) fixture.put(path, path);
    await staged(
      fixture,
      fixture.context.staging === "link" ? names : ["many"],
    );
    await fixture.there("cp -RL many out");
    const { results } = await fixture.collect(["out/*"]);
    strictEqual(results[0]!.files.length, many);
    strictEqual(
      await Deno.readTextFile(`${fixture.base}/out/f${many - 1}`),
      `many/f${many - 1}`,
    );
  });

  check(
    "folders come home with what is in them, executable or not",
    async (fixture) => {
      fixture.put("tool/run.sh", "#!/bin/sh\n", 0o755);
      await staged(fixture, ["tool"]);
      await fixture.there(
        "test -x tool/run.sh; mkdir -p out/sub; echo 1 >out/sub/plain; cp tool/run.sh out/; chmod 4755 out/run.sh",
      );
      await fixture.collect(["out"]);
      const mode = (path: string) =>
        Deno.statSync(`${fixture.base}/${path}`).mode! & 0o111;
      deepStrictEqual([mode("out/run.sh"), mode("out/sub/plain")], [0o111, 0]);
      if (fixture.context.staging !== "in place") {
        strictEqual(
          (await Deno.stat(`${fixture.base}/out/run.sh`)).mode! & 0o7000,
          0,
        );
      }
    },
  );

  check(
    "inputs that were changed are there as they are now",
    async (fixture) => {
      fixture.put("a", "one");
      fixture.put("f/b", "one");
      await staged(fixture, ["a", "f"]);
      await fixture.there('test "$(cat a f/b)" = "oneone"');
      fixture.put("a", "two");
      fixture.put("f/b", "three");
      await staged(fixture, ["a", "f"]);
      strictEqual(await fixture.there("cat a f/b"), "twothree");
    },
  );

  check("only inputs that changed are sent again", async (fixture) => {
    if (fixture.context.staging !== "copy") return;
    const names = ["a", "f/b", "f/tool", "taken", "written", "f/old"];
    for (const path of names) fixture.put(path);
    const first = await fixture.stage(["a", "f", "taken", "written"]);
    await fixture.there("rm taken; echo other >written");
    // Of the same size, and within the same second.
    fixture.put("a", "TEXT of a");
    await Deno.chmod(`${fixture.base}/f/tool`, 0o755);
    await Deno.remove(`${fixture.base}/f/old`);
    const second = await fixture.stage(["a", "f", "taken", "written"]);
    const third = await fixture.stage(["a", "f", "taken", "written"]);
    const own = 2; // the script's copy and the runner
    deepStrictEqual(
      [first, second, third].map((sent) => sent.ok && sent.value.files - own),
      [6, 4, 0],
    );
    strictEqual(
      await fixture.there(
        "test -x f/tool; test ! -e f/old; cat a taken written",
      ),
      "TEXT of atext of takentext of written",
    );
  });

  check(
    "results in a folder of inputs stay when it is sent again",
    async (fixture) => {
      if (fixture.context.staging !== "copy") return;
      fixture.put("f/in");
      await staged(fixture, ["f"]);
      await fixture.there("echo result >f/out");
      fixture.put("f/in", "changed");
      await staged(fixture, ["f"]);
      strictEqual(await fixture.there("cat f/in f/out"), "changedresult\n");
    },
  );

  check(
    "an input takes the place of what is there, of whatever kind that is",
    async (fixture) => {
      const { base, context } = fixture;
      if (context.staging === "in place") return;
      const names = ["a file", "'folder'", "-rf", "made"];
      fixture.put("a file");
      for (const directory of ["'folder'", "-rf"]) {
        fixture.put(`${directory}/deep/in`);
      }
      await staged(fixture, names.slice(0, 3));
      await fixture.there("mkdir -p made/deep; echo 1 >made/deep/result");
      for (const name of names.slice(0, 3)) {
        await Deno.remove(`${base}/${name}`, { recursive: true });
      }
      fixture.put("a file/deep/in");
      for (const name of names.slice(1)) fixture.put(name);
      for (const _ of ["first", "again"]) {
        await staged(fixture, names);
        deepStrictEqual(
          (await fixture.there("cat 'a file/deep/in' \"'folder'\" ./-rf made"))
            .split("text of ").toSorted(),
          ["", "'folder'", "-rf", "a file/deep/in", "made"],
        );
      }
    },
  );

  check(
    "a folder behind a link there is not the one that makes way",
    async (fixture) => {
      if (fixture.context.staging !== "copy") return;
      fixture.put("f/in");
      await staged(fixture, ["f"]);
      await fixture.there(
        'mv f ../"moved $$"; ln -s ../"moved $$" f; rm f/in; mkdir f/in; echo 1 >f/in/kept',
      );
      await staged(fixture, ["f"]);
      strictEqual(
        await fixture.there("test ! -L f; cat f/in ../moved*/in/kept"),
        "text of f/in1\n",
      );
      await fixture.there('rm -rf ../"moved "*');
    },
  );

  check(
    "what lies behind a link there is sent all the same",
    async (fixture) => {
      if (fixture.context.staging !== "copy") return;
      fixture.put("f/in");
      await staged(fixture, ["f"]);
      await fixture.there('mv f ../"moved $$"; ln -s ../"moved $$" f');
      await staged(fixture, ["f"]);
      strictEqual(await fixture.there("test ! -L f; cat f/in"), "text of f/in");
      await fixture.there('rm -rf ../"moved "*');
    },
  );

  check(
    "a folder that may not be written is sent, and sent again",
    async (fixture) => {
      if (fixture.context.staging !== "copy") return;
      fixture.put("f/in");
      await Deno.chmod(`${fixture.base}/f`, 0o555);
      await staged(fixture, ["f"]);
      await Deno.chmod(`${fixture.base}/f`, 0o755);
      fixture.put("f/in", "changed");
      await Deno.chmod(`${fixture.base}/f`, 0o555);
      await staged(fixture, ["f"]);
      strictEqual(await fixture.there("test -w f; cat f/in"), "changed");
      await Deno.chmod(`${fixture.base}/f`, 0o755);
    },
  );

  check(
    "an input that went away since the plan is told, whatever the far side took for whole",
    async (fixture) => {
      fixture.put("a");
      fixture.put("z");
      const names = ["a", "gone", "z"];
      const result = await fixture.stage(names);
      if (fixture.context.staging !== "copy") return;
      ok(!result.ok);
      deepStrictEqual([result.error.kind, result.error.isRetryable], [
        "transfer",
        false,
      ]);
      ok(result.error.detail.includes("gone"), result.error.detail);
    },
  );

  check(
    "tasks that run in a folder of inputs do not write into the user's",
    async (fixture) => {
      fixture.put("work/t1/in", "in");
      fixture.put("work/shared", "shared");
      await staged(fixture, ["work", "work/t1/in"], ["work/t1"]);
      strictEqual(
        await fixture.there("cd work/t1; cat in ../shared; echo 1 >out"),
        "inshared",
      );
      if (fixture.context.staging === "in place") return;
      deepStrictEqual(treeOf(fixture.base), {
        "work/t1/in": "in",
        "work/shared": "shared",
      });
      await fixture.collect(["out"], { dir: "work/t1" });
      strictEqual(treeOf(fixture.base)["work/t1/out"], "1\n");
    },
  );

  Deno.test(`${name}: a base that is reached through a link works like any other`, async () => {
    const real = await Deno.makeTempDir();
    const link = `${await Deno.makeTempDir()}/link`;
    await Deno.symlink(real, link);
    await using fixture = await openFixture(open, link);
    fixture.put("in", "in");
    await staged(fixture, ["in"]);
    await fixture.there('cp -L in out; ln -s "$(pwd -P)/out" latest');
    const { notCollected, results } = await fixture.collect([
      "in",
      "out",
      "latest",
    ]);
    deepStrictEqual([notCollected, results[0]!.missing], [[], []]);
    strictEqual(await Deno.readTextFile(`${real}/latest`), "in");
    ok((await Deno.lstat(`${real}/in`)).isFile);
  });
}
