import { deepStrictEqual } from "node:assert/strict";
import { is, visit } from "../../../helpers/doctor_fixture.ts";
import { toolTest } from "../../../helpers/tools.ts";

const tarIs = async (text: string, staging: "copy" | "in place" = "copy") =>
  (await visit({ programs: { tar: text }, staging })).named("tar");

toolTest(
  "busybox",
  "The tar of busybox is told before it loses anything",
  async () => {
    is(
      await tarIs('exec busybox tar "$@"'),
      "error",
      /busybox.*cannot unpack.*'P'/,
      /GNU tar/,
    );
  },
);

Deno.test("A tar that cannot do what is asked of it is told before it loses anything", async () => {
  const real = `exec /bin/tar "$@"`;
  const without = (option: string) =>
    `case " $* " in *" ${option} "*) echo "tar: unknown option ${option}" >&2; exit 64 ;; esac; ${real}`;
  is(await tarIs(real), "ok", /GNU tar/);
  is(await tarIs("exit 127"), "error", /not found|cannot/);
  is(
    await tarIs(without("--null")),
    "error",
    /cannot pack.*unknown option --null/,
    /GNU tar/,
  );
  // Nothing is fetched there.
  is(await tarIs(without("--null"), "in place"), "ok", /GNU tar/);
});

toolTest("busybox", "Programs that are not there are named", async () => {
  const folder = await Deno.makeTempDir();
  const link = (names: string) =>
    names.split(" ").map((name) =>
      Deno.symlink("/usr/bin/busybox", `${folder}/${name}`)
    );
  await Promise.all(link("cat mkdir mv ln rm readlink uname id date head df"));
  const { named } = await visit({ first: `PATH=${folder}`, compress: true });
  is(
    named("tools"),
    "error",
    /^not found on PATH: awk, chmod, .*\bsed\b.*\bxargs\b/,
    /[Ii]nstall/,
  );
  is(named("tar"), "error", /not found on PATH/, /GNU tar/);
  is(named("bash"), "error", /not found on PATH/, /bash/);
  is(named("compression"), "warn", /neither/, /uncompressed/);
  deepStrictEqual(named("command"), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("A bash that is too old for job scripts is bad", async () => {
  const old = (version: string) => ({
    programs: {
      bash: `[ "$1" = --version ] || exec /bin/bash "$@"
echo "GNU bash, version ${version}(1)-release (i686)"`,
    },
  });
  is((await visit(old("3.1.17"))).named("bash"), "error", /^3\.1\.17/, /3\.2/);
  is((await visit(old("2.05b"))).named("bash"), "error", /^2\.05b/);
  is((await visit(old("3.2.57"))).named("bash"), "ok", /^3\.2\.57/);
  is((await visit(old("10.0.1"))).named("bash"), "ok", /^10\.0/);
});
