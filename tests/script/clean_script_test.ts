import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { cleanScript } from "../../src/script/clean_script.ts";
import { farSide, namesIn, readOr } from "../helpers/remote_dir.ts";
import { until } from "../helpers/job_sandbox.ts";
import { CLOSE, RELEASE } from "../../src/script/lease_script.ts";

const OURS = cleanScript({ whole: false, background: false });

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== null;
  } catch {
    return false;
  }
}

for (const background of [false, true]) {
  const how = background ? "in the background" : "at once";

  Deno.test(`In the user's folder only what is ours goes, ${how}`, async () => {
    await using side = farSide();
    for (const name of ["script_1.py", "script_2.py", "mine"]) {
      await Deno.writeTextFile(`${side.root}/${name}`, "");
    }
    side.write("wrote", "script_1.py\nscript_3.py\n");
    await side.ask(cleanScript({ whole: false, background }));
    await until(() => !exists(`${side.root}/.dpdisp`));
    deepStrictEqual(namesIn(side.root), ["mine", "script_2.py"]);
  });

  Deno.test(`A root of our own goes as a whole, ${how}`, async () => {
    await using side = farSide();
    const top = side.root.slice(0, side.root.lastIndexOf("/"));
    await Deno.mkdir(`${side.root}/full`);
    await Deno.writeTextFile(`${side.root}/full/x`, "");
    await side.ask(cleanScript({ whole: true, background }));
    strictEqual(exists(side.root), false);
    await until(() => namesIn(top).length === 0);
  });
}

Deno.test("A root of our own goes with folders that a task closed", async () => {
  await using side = farSide();
  const top = side.root.slice(0, side.root.lastIndexOf("/"));
  await Deno.mkdir(`${side.root}/out/closed/in`, { recursive: true });
  for (const folder of ["out/closed/in", "out/closed", "out"]) {
    await Deno.writeTextFile(`${side.root}/${folder}/x`, "");
    await Deno.chmod(`${side.root}/${folder}`, 0o555);
  }
  // As for a plain user: root may do all.
  const rm =
    '\nrm() { shift; [ -z "$(find "$@" -type d ! -perm -700)" ] && command rm -rf "$@"; }\n';
  await side.ask(rm + cleanScript({ whole: true, background: false }));
  deepStrictEqual(namesIn(top), []);
});

Deno.test("A script's copy stays until the last submission that runs it is cleaned", async () => {
  await using side = farSide();
  const other = `${side.root}/.dpdisp/another`;
  await Deno.mkdir(other);
  await Deno.writeTextFile(`${side.root}/script_1.py`, "");
  side.write("wrote", "script_1.py\n");
  await Deno.writeTextFile(`${other}/wrote`, "script_2.py\nscript_1.py\n");
  await side.ask(OURS);
  deepStrictEqual(namesIn(side.root), [".dpdisp", "script_1.py"]);
  deepStrictEqual(namesIn(`${side.root}/.dpdisp`), ["another"]);
  await Deno.rename(other, side.folder);
  await Deno.writeTextFile(`${side.folder}/lease`, "me\n");
  await side.ask(OURS);
  deepStrictEqual(namesIn(side.root), []);
});

Deno.test("A folder that cannot be renamed is a failure, and all stays", async () => {
  await using side = farSide();
  const top = side.root.slice(0, side.root.lastIndexOf("/"));
  const name = side.root.slice(top.length + 1);
  await Deno.writeTextFile(`${top}/.gone.${name}.me`, "in the way");
  const whole = await side.tryAsk(
    cleanScript({ whole: true, background: false }),
  );
  strictEqual(whole.ok, false);
  strictEqual(side.read("mark"), "mark\n");
  await Deno.writeTextFile(`${side.folder}.gone.me`, "in the way");
  strictEqual((await side.tryAsk(OURS)).ok, false);
  strictEqual(side.read("mark"), "mark\n");
});

Deno.test("Who asks again, not having heard the answer, is told that all is gone", async () => {
  for (const whole of [true, false]) {
    await using side = farSide();
    const top = side.root.slice(0, side.root.lastIndexOf("/"));
    const script = cleanScript({ whole, background: false });
    side.write("wrote", "script_1.py\n");
    await Deno.writeTextFile(`${side.root}/script_1.py`, "");
    // The first time ended just after the folder was renamed.
    await side.tryAsk(script.replace(/^fi$/m, "fi; exit"));
    await side.ask(script);
    await side.ask(script);
    deepStrictEqual(whole ? namesIn(top) : namesIn(side.root), []);
  }
});

Deno.test("A folder without a list of what was written goes all the same", async () => {
  await using side = farSide();
  await side.ask(OURS);
  deepStrictEqual(namesIn(side.root), []);
});

Deno.test("Without the lease nothing is cleaned, closed or released", async () => {
  await using side = farSide();
  for (const whole of [true, false]) {
    const script = cleanScript({ whole, background: false });
    strictEqual((await side.tryAsk(script, "other")).ok, false);
  }
  await side.ask(CLOSE, "other");
  await side.ask(RELEASE, "other");
  strictEqual(side.read("mark"), "mark\n");
  strictEqual(readOr(`${side.folder}/closed`, null), null);
  strictEqual(exists(`${side.folder}/lease`), true);
});

Deno.test("A run is closed and its lease given back", async () => {
  await using side = farSide();
  await side.ask(CLOSE);
  await side.ask(RELEASE);
  strictEqual(readOr(`${side.folder}/closed`, null), "");
  deepStrictEqual(
    namesIn(side.folder).filter((name) => name.startsWith("lease")),
    [],
  );
});
