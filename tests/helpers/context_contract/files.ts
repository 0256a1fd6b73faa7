/** Contract, second part: inputs go there, and what is asked for comes home. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { OpenGround } from "./mod.ts";
import { checker, openLab, staged, treeOf } from "./fixture.ts";

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
  open: OpenGround,
  many: number,
): void {
  const check = checker(name, open);

  check("files of any name go there and come home", async (lab) => {
    for (const path of HOSTILE) lab.put(path);
    await staged(lab, HOSTILE);
    await lab.there(
      'mkdir out; for f in [!.]* ; do case $f in out | script_1.py) ;; *) cp -RL "./$f" out/ ;; esac; done',
    );
    const { notCollected, results } = await lab.collect(["out"]);
    deepStrictEqual(notCollected, []);
    deepStrictEqual(results[0]!.missing, []);
    const home = treeOf(`${lab.base}/out`);
    deepStrictEqual(
      HOSTILE.map((path) => home[path]),
      HOSTILE.map((path) => `text of ${path}`),
    );
  });

  check(`${many} small files go there and come home`, async (lab) => {
    const names = Array.from({ length: many }, (_, i) => `many/f${i}`);
    for (const path of names) lab.put(path, path);
    await staged(lab, lab.ground.staging === "link" ? names : ["many"]);
    await lab.there("cp -RL many out");
    const { results } = await lab.collect(["out/*"]);
    strictEqual(results[0]!.files.length, many);
    strictEqual(
      await Deno.readTextFile(`${lab.base}/out/f${many - 1}`),
      `many/f${many - 1}`,
    );
  });

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
        strictEqual(
          (await Deno.stat(`${lab.base}/out/run.sh`)).mode! & 0o7000,
          0,
        );
      }
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

  check("only inputs that changed are sent again", async (lab) => {
    if (lab.ground.staging !== "copy") return;
    const names = ["a", "f/b", "f/tool", "taken", "written", "f/old"];
    for (const path of names) lab.put(path);
    const first = await lab.stage(["a", "f", "taken", "written"]);
    await lab.there("rm taken; echo other >written");
    // Of the same size, and within the same second.
    lab.put("a", "TEXT of a");
    await Deno.chmod(`${lab.base}/f/tool`, 0o755);
    await Deno.remove(`${lab.base}/f/old`);
    const second = await lab.stage(["a", "f", "taken", "written"]);
    const third = await lab.stage(["a", "f", "taken", "written"]);
    const own = 2; // the script's copy and the runner
    deepStrictEqual(
      [first, second, third].map((sent) => sent.ok && sent.value.files - own),
      [6, 4, 0],
    );
    strictEqual(
      await lab.there("test -x f/tool; test ! -e f/old; cat a taken written"),
      "TEXT of atext of takentext of written",
    );
  });

  check(
    "results in a folder of inputs stay when it is sent again",
    async (lab) => {
      if (lab.ground.staging !== "copy") return;
      lab.put("f/in");
      await staged(lab, ["f"]);
      await lab.there("echo result >f/out");
      lab.put("f/in", "changed");
      await staged(lab, ["f"]);
      strictEqual(await lab.there("cat f/in f/out"), "changedresult\n");
    },
  );

  check(
    "an input takes the place of what is there, of whatever kind that is",
    async (lab) => {
      const { base, ground } = lab;
      if (ground.staging === "in place") return;
      const names = ["a file", "'folder'", "-rf", "made"];
      lab.put("a file");
      for (const folder of ["'folder'", "-rf"]) lab.put(`${folder}/deep/in`);
      await staged(lab, names.slice(0, 3));
      await lab.there("mkdir -p made/deep; echo 1 >made/deep/result");
      for (const name of names.slice(0, 3)) {
        await Deno.remove(`${base}/${name}`, { recursive: true });
      }
      lab.put("a file/deep/in");
      for (const name of names.slice(1)) lab.put(name);
      for (const _ of ["first", "again"]) {
        await staged(lab, names);
        deepStrictEqual(
          (await lab.there("cat 'a file/deep/in' \"'folder'\" ./-rf made"))
            .split("text of ").toSorted(),
          ["", "'folder'", "-rf", "a file/deep/in", "made"],
        );
      }
    },
  );

  check(
    "a folder behind a link there is not the one that makes way",
    async (lab) => {
      if (lab.ground.staging !== "copy") return;
      lab.put("f/in");
      await staged(lab, ["f"]);
      await lab.there(
        'mv f ../"moved $$"; ln -s ../"moved $$" f; rm f/in; mkdir f/in; echo 1 >f/in/kept',
      );
      await staged(lab, ["f"]);
      strictEqual(
        await lab.there("test ! -L f; cat f/in ../moved*/in/kept"),
        "text of f/in1\n",
      );
      await lab.there('rm -rf ../"moved "*');
    },
  );

  check("what lies behind a link there is sent all the same", async (lab) => {
    if (lab.ground.staging !== "copy") return;
    lab.put("f/in");
    await staged(lab, ["f"]);
    await lab.there('mv f ../"moved $$"; ln -s ../"moved $$" f');
    await staged(lab, ["f"]);
    strictEqual(await lab.there("test ! -L f; cat f/in"), "text of f/in");
    await lab.there('rm -rf ../"moved "*');
  });

  check(
    "a folder that may not be written is sent, and sent again",
    async (lab) => {
      if (lab.ground.staging !== "copy") return;
      lab.put("f/in");
      await Deno.chmod(`${lab.base}/f`, 0o555);
      await staged(lab, ["f"]);
      await Deno.chmod(`${lab.base}/f`, 0o755);
      lab.put("f/in", "changed");
      await Deno.chmod(`${lab.base}/f`, 0o555);
      await staged(lab, ["f"]);
      strictEqual(await lab.there("test -w f; cat f/in"), "changed");
      await Deno.chmod(`${lab.base}/f`, 0o755);
    },
  );

  check(
    "an input that went away since the plan is told, whatever the far side took for whole",
    async (lab) => {
      lab.put("a");
      lab.put("z");
      const names = ["a", "gone", "z"];
      const result = await lab.stage(names);
      if (lab.ground.staging !== "copy") return;
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
    const real = await Deno.makeTempDir();
    const link = `${await Deno.makeTempDir()}/link`;
    await Deno.symlink(real, link);
    await using lab = await openLab(open, link);
    lab.put("in", "in");
    await staged(lab, ["in"]);
    await lab.there('cp -L in out; ln -s "$(pwd -P)/out" latest');
    const { notCollected, results } = await lab.collect([
      "in",
      "out",
      "latest",
    ]);
    deepStrictEqual([notCollected, results[0]!.missing], [[], []]);
    strictEqual(await Deno.readTextFile(`${real}/latest`), "in");
    ok((await Deno.lstat(`${real}/in`)).isFile);
  });
}
