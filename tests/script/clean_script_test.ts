import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { cleanScript } from "../../src/script/clean_script.ts";
import { farSide, namesIn, readOr } from "../helpers/remote_dir.ts";
import { until } from "../helpers/job_sandbox.ts";
import { CLOSE, RELEASE } from "../../src/script/lease_script.ts";

const OURS = cleanScript({ isRootOurs: false, background: false });

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== null;
  } catch {
    return false;
  }
}

for (const background of [false, true]) {
  const how = background ? "in the background" : "at once";

  Deno.test(`In the user's directory only our own files are removed, ${how}`, async () => {
    await using side = farSide();
    for (const name of ["script_1.py", "script_2.py", "mine"]) {
      await Deno.writeTextFile(`${side.root}/${name}`, "");
    }
    side.write("script_copies", "script_1.py\nscript_3.py\n");
    await side.ask(cleanScript({ isRootOurs: false, background }));
    await until(() => !exists(`${side.root}/.dpdisp`));
    deepStrictEqual(namesIn(side.root), ["mine", "script_2.py"]);
  });

  Deno.test(`A root of our own is removed completely, ${how}`, async () => {
    await using side = farSide();
    const top = side.root.slice(0, side.root.lastIndexOf("/"));
    await Deno.mkdir(`${side.root}/full`);
    await Deno.writeTextFile(`${side.root}/full/x`, "");
    await side.ask(cleanScript({ isRootOurs: true, background }));
    strictEqual(exists(side.root), false);
    await until(() => namesIn(top).length === 0);
  });
}

Deno.test("A root of our own is removed with directories that a task made read-only", async () => {
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
  await side.ask(rm + cleanScript({ isRootOurs: true, background: false }));
  deepStrictEqual(namesIn(top), []);
});

Deno.test("A script's copy stays until the last run that uses it is cleaned", async () => {
  await using side = farSide();
  const other = `${side.root}/.dpdisp/another`;
  await Deno.mkdir(other);
  await Deno.writeTextFile(`${side.root}/script_1.py`, "");
  side.write("script_copies", "script_1.py\n");
  await Deno.writeTextFile(
    `${other}/script_copies`,
    "script_2.py\nscript_1.py\n",
  );
  await side.ask(OURS);
  deepStrictEqual(namesIn(side.root), [".dpdisp", "script_1.py"]);
  deepStrictEqual(namesIn(`${side.root}/.dpdisp`), ["another"]);
  await Deno.rename(other, side.folder);
  await Deno.writeTextFile(`${side.folder}/lease`, "me\n");
  await side.ask(OURS);
  deepStrictEqual(namesIn(side.root), []);
});

Deno.test("A directory that cannot be renamed is a failure, and everything stays", async () => {
  await using side = farSide();
  const top = side.root.slice(0, side.root.lastIndexOf("/"));
  const name = side.root.slice(top.length + 1);
  await Deno.writeTextFile(`${top}/.removing.${name}.me`, "in the way");
  const whole = await side.tryAsk(
    cleanScript({ isRootOurs: true, background: false }),
  );
  strictEqual(whole.ok, false);
  strictEqual(side.read("run_id"), "run1\n");
  await Deno.writeTextFile(`${side.folder}.removing.me`, "in the way");
  strictEqual((await side.tryAsk(OURS)).ok, false);
  strictEqual(side.read("run_id"), "run1\n");
});

Deno.test("A repeated clean whose first reply was lost succeeds", async () => {
  for (const isRootOurs of [true, false]) {
    await using side = farSide();
    const top = side.root.slice(0, side.root.lastIndexOf("/"));
    const script = cleanScript({ isRootOurs, background: false });
    side.write("script_copies", "script_1.py\n");
    await Deno.writeTextFile(`${side.root}/script_1.py`, "");
    // The first clean ended just after the directory was renamed.
    await side.tryAsk(script.replace(/^fi$/m, "fi; exit"));
    await side.ask(script);
    await side.ask(script);
    deepStrictEqual(isRootOurs ? namesIn(top) : namesIn(side.root), []);
  }
});

Deno.test("A directory without a list of script copies is removed too", async () => {
  await using side = farSide();
  await side.ask(OURS);
  deepStrictEqual(namesIn(side.root), []);
});

Deno.test("Without the lease nothing is cleaned, closed or released", async () => {
  await using side = farSide();
  for (const isRootOurs of [true, false]) {
    const script = cleanScript({ isRootOurs, background: false });
    strictEqual((await side.tryAsk(script, "other")).ok, false);
  }
  strictEqual((await side.tryAsk(CLOSE, "other")).ok, false);
  await side.ask(RELEASE, "other");
  strictEqual(side.read("run_id"), "run1\n");
  strictEqual(readOr(`${side.folder}/closed`, null), null);
  strictEqual(exists(`${side.folder}/lease`), true);
});

Deno.test("A mark or a lease that cannot be written is a failure", async () => {
  await using side = farSide();
  await Deno.mkdir(`${side.folder}/closed`);
  strictEqual((await side.tryAsk(CLOSE)).ok, false);
  const stuck = `rm() { echo "rm: cannot remove" >&2; return 1; }${RELEASE}`;
  const released = await side.tryAsk(stuck);
  ok(!released.ok);
  strictEqual(released.error.detail, "rm: cannot remove");
});

Deno.test("A run is closed and its lease released", async () => {
  await using side = farSide();
  await side.ask(CLOSE);
  await side.ask(RELEASE);
  strictEqual(readOr(`${side.folder}/closed`, null), "");
  deepStrictEqual(
    namesIn(side.folder).filter((name) => name.startsWith("lease")),
    [],
  );
});
