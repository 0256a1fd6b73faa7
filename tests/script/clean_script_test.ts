import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { cleanScript } from "../../src/script/clean_script.ts";
import { namesIn, openRemoteHost, readOr } from "../helpers/remote_dir.ts";
import { waitUntil } from "../helpers/job_sandbox.ts";
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
    await using host = openRemoteHost();
    for (const name of ["script_1.py", "script_2.py", "mine"]) {
      await Deno.writeTextFile(`${host.root}/${name}`, "");
    }
    host.write("script_copies", "script_1.py\nscript_3.py\n");
    await host.ask(cleanScript({ isRootOurs: false, background }));
    await waitUntil(() => !exists(`${host.root}/.dpdisp`));
    deepStrictEqual(namesIn(host.root), ["mine", "script_2.py"]);
  });

  Deno.test(`A root of our own is removed completely, ${how}`, async () => {
    await using host = openRemoteHost();
    const top = host.root.slice(0, host.root.lastIndexOf("/"));
    await Deno.mkdir(`${host.root}/full`);
    await Deno.writeTextFile(`${host.root}/full/x`, "");
    await host.ask(cleanScript({ isRootOurs: true, background }));
    strictEqual(exists(host.root), false);
    await waitUntil(() => namesIn(top).length === 0);
  });
}

Deno.test("A root of our own is removed with directories that a task made read-only", async () => {
  await using host = openRemoteHost();
  const top = host.root.slice(0, host.root.lastIndexOf("/"));
  await Deno.mkdir(`${host.root}/out/closed/in`, { recursive: true });
  for (const directory of ["out/closed/in", "out/closed", "out"]) {
    await Deno.writeTextFile(`${host.root}/${directory}/x`, "");
    await Deno.chmod(`${host.root}/${directory}`, 0o555);
  }
  // As for a plain user: root may do all.
  const rm =
    '\nrm() { shift; [ -z "$(find "$@" -type d ! -perm -700)" ] && command rm -rf "$@"; }\n';
  await host.ask(rm + cleanScript({ isRootOurs: true, background: false }));
  deepStrictEqual(namesIn(top), []);
});

Deno.test("A script's copy stays until the last run that uses it is cleaned", async () => {
  await using host = openRemoteHost();
  const other = `${host.root}/.dpdisp/another`;
  await Deno.mkdir(other);
  await Deno.writeTextFile(`${host.root}/script_1.py`, "");
  host.write("script_copies", "script_1.py\n");
  await Deno.writeTextFile(
    `${other}/script_copies`,
    "script_2.py\nscript_1.py\n",
  );
  await host.ask(OURS);
  deepStrictEqual(namesIn(host.root), [".dpdisp", "script_1.py"]);
  deepStrictEqual(namesIn(`${host.root}/.dpdisp`), ["another"]);
  await Deno.rename(other, host.runDir);
  await Deno.writeTextFile(`${host.runDir}/lease`, "me\n");
  await host.ask(OURS);
  deepStrictEqual(namesIn(host.root), []);
});

Deno.test("A directory that cannot be renamed is a failure, and everything stays", async () => {
  await using host = openRemoteHost();
  const top = host.root.slice(0, host.root.lastIndexOf("/"));
  const name = host.root.slice(top.length + 1);
  await Deno.writeTextFile(`${top}/.removing.${name}.me`, "in the way");
  const whole = await host.tryAsk(
    cleanScript({ isRootOurs: true, background: false }),
  );
  strictEqual(whole.ok, false);
  strictEqual(host.read("run_id"), "run1\n");
  await Deno.writeTextFile(`${host.runDir}.removing.me`, "in the way");
  strictEqual((await host.tryAsk(OURS)).ok, false);
  strictEqual(host.read("run_id"), "run1\n");
});

Deno.test("A repeated clean whose first reply was lost succeeds", async () => {
  for (const isRootOurs of [true, false]) {
    await using host = openRemoteHost();
    const top = host.root.slice(0, host.root.lastIndexOf("/"));
    const script = cleanScript({ isRootOurs, background: false });
    host.write("script_copies", "script_1.py\n");
    await Deno.writeTextFile(`${host.root}/script_1.py`, "");
    // The first clean ended just after the directory was renamed.
    await host.tryAsk(script.replace(/^fi$/m, "fi; exit"));
    await host.ask(script);
    await host.ask(script);
    deepStrictEqual(isRootOurs ? namesIn(top) : namesIn(host.root), []);
  }
});

Deno.test("A directory without a list of script copies is removed too", async () => {
  await using host = openRemoteHost();
  await host.ask(OURS);
  deepStrictEqual(namesIn(host.root), []);
});

Deno.test("Without the lease nothing is cleaned, closed or released", async () => {
  await using host = openRemoteHost();
  for (const isRootOurs of [true, false]) {
    const script = cleanScript({ isRootOurs, background: false });
    strictEqual((await host.tryAsk(script, "other")).ok, false);
  }
  strictEqual((await host.tryAsk(CLOSE, "other")).ok, false);
  await host.ask(RELEASE, "other");
  strictEqual(host.read("run_id"), "run1\n");
  strictEqual(readOr(`${host.runDir}/closed`, null), null);
  strictEqual(exists(`${host.runDir}/lease`), true);
});

Deno.test("A mark or a lease that cannot be written is a failure", async () => {
  await using host = openRemoteHost();
  await Deno.mkdir(`${host.runDir}/closed`);
  strictEqual((await host.tryAsk(CLOSE)).ok, false);
  const stuck = `rm() { echo "rm: cannot remove" >&2; return 1; }${RELEASE}`;
  const released = await host.tryAsk(stuck);
  ok(!released.ok);
  strictEqual(released.error.detail, "rm: cannot remove");
});

Deno.test("A run is closed and its lease released", async () => {
  await using host = openRemoteHost();
  await host.ask(CLOSE);
  await host.ask(RELEASE);
  strictEqual(readOr(`${host.runDir}/closed`, null), "");
  deepStrictEqual(
    namesIn(host.runDir).filter((name) => name.startsWith("lease")),
    [],
  );
});
