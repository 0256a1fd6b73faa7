import { deepStrictEqual } from "node:assert/strict";
import { checkIs, runDoctor } from "../../../helpers/doctor_fixture.ts";
import { toolTest } from "../../../helpers/tools.ts";

const tarIs = async (text: string, staging: "copy" | "in place" = "copy") =>
  (await runDoctor({ programs: { tar: text }, staging })).named("tar");

toolTest(
  "busybox",
  "The tar of busybox is reported before it loses a file",
  async () => {
    checkIs(
      await tarIs('exec busybox tar "$@"'),
      "error",
      /busybox.*cannot unpack.*'P'/,
      /GNU tar/,
    );
  },
);

Deno.test("A tar without the required options is reported before it loses a file", async () => {
  const real = `exec /bin/tar "$@"`;
  const without = (option: string) =>
    `case " $* " in *" ${option} "*) echo "tar: unknown option ${option}" >&2; exit 64 ;; esac; ${real}`;
  checkIs(await tarIs(real), "ok", /GNU tar/);
  checkIs(await tarIs("exit 127"), "error", /not found|cannot/);
  checkIs(
    await tarIs(without("--null")),
    "error",
    /cannot pack.*unknown option --null/,
    /GNU tar/,
  );
  // Nothing is fetched there.
  checkIs(await tarIs(without("--null"), "in place"), "ok", /GNU tar/);
});

toolTest("busybox", "Missing programs are named", async () => {
  const directory = await Deno.makeTempDir();
  const link = (names: string) =>
    names.split(" ").map((name) =>
      Deno.symlink("/usr/bin/busybox", `${directory}/${name}`)
    );
  await Promise.all(link("cat mkdir mv ln rm readlink uname id date head df"));
  const { named } = await runDoctor({
    first: `PATH=${directory}`,
    compress: true,
  });
  checkIs(
    named("tools"),
    "error",
    /^not found on PATH: awk, chmod, .*\bsed\b.*\bxargs\b/,
    /[Ii]nstall/,
  );
  checkIs(named("tar"), "error", /not found on PATH/, /GNU tar/);
  checkIs(named("bash"), "error", /not found on PATH/, /bash/);
  checkIs(named("compression"), "warn", /neither/, /uncompressed/);
  deepStrictEqual(named("command"), []);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("A bash that is too old for job scripts is an error", async () => {
  const old = (version: string) => ({
    programs: {
      bash: `[ "$1" = --version ] || exec /bin/bash "$@"
echo "GNU bash, version ${version}(1)-release (i686)"`,
    },
  });
  checkIs(
    (await runDoctor(old("3.1.17"))).named("bash"),
    "error",
    /^3\.1\.17/,
    /3\.2/,
  );
  checkIs((await runDoctor(old("2.05b"))).named("bash"), "error", /^2\.05b/);
  checkIs((await runDoctor(old("3.2.57"))).named("bash"), "ok", /^3\.2\.57/);
  checkIs((await runDoctor(old("10.0.1"))).named("bash"), "ok", /^10\.0/);
});
