import { deepStrictEqual } from "node:assert/strict";
import { namesIn } from "../../../helpers/remote_dir.ts";
import { checkIs, runDoctor } from "../../../helpers/doctor_fixture.ts";

Deno.test("A root that cannot be used is an error that names the path in the way", async () => {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/file`, "");
  await Deno.symlink("nowhere", `${directory}/link`);
  const rootIs = async (root: string) =>
    (await runDoctor({ root })).named("remote root");
  checkIs(
    await rootIs(`${directory}/file/a/b`),
    "error",
    /file is not a directory/,
    /remote_root/,
  );
  checkIs(
    await rootIs(`${directory}/link/a`),
    "error",
    /link is a dangling symlink/,
  );
  // Nobody may make a directory there, root included.
  checkIs(
    await rootIs("/proc/a/b"),
    "error",
    /cannot write in \/proc: mkdir: /,
    /remote_root/,
  );
  checkIs(await rootIs(directory), "ok", new RegExp(`^${directory}$`));
  checkIs(
    await rootIs(`${directory}/a/b `),
    "ok",
    new RegExp(`^${directory}/a/b , will be created in ${directory}$`),
  );
  deepStrictEqual(namesIn(directory).length, 2);
  await Deno.remove(directory, { recursive: true });
  const inPlace = await runDoctor({ root: "/proc/a", staging: "in place" });
  checkIs(inPlace.named("work base"), "error", /cannot write/, /local_root/);
});

Deno.test("A file system that stores no data, or has no symlinks, is an error", async () => {
  const full = await runDoctor({
    programs: { mv: 'echo "mv: No space left on device" >&2; exit 1' },
  });
  checkIs(
    full.named("remote root"),
    "error",
    /No space left on device/,
    /[Ff]ree space/,
  );
  const fat = await runDoctor({
    programs: { ln: 'echo "ln: Operation not permitted" >&2; exit 1' },
  });
  checkIs(
    fat.named("remote root"),
    "error",
    /symlinks .*Operation not permitted/,
    /lock jobs/,
  );
});

Deno.test("Little free space is a warning: below 1 GiB or 1 %, in bytes or in files", async () => {
  const df = async (blocks: string, inodes: string) => {
    const { named } = await runDoctor({
      programs: {
        df: `case $1 in -Pi) last='${inodes}' ;; *) last='${blocks}' ;; esac
printf 'Filesystem 1 Used Available Capacity Mounted on\\n%s\\n' "$last"`,
      },
    });
    return [named("space"), named("files")] as const;
  };
  const [space, files] = await df(
    "/dev/a 2000000 1 1500000 1% /",
    "/dev/a 9 1 8 1% /",
  );
  checkIs(space, "ok", /^1\.4 GiB free of 1\.9$/);
  checkIs(files, "ok", /^8 inodes/);
  const [low, few] = await df(
    "map b c 2000000 1 1000000 1% /a b",
    "/dev/a 1000 991 9 100% /",
  );
  checkIs(low, "warn", /^1\.0 GiB free/, /[Ff]ree space/);
  checkIs(few, "warn", /^9 inodes/);
  const [share] = await df("h:/v 900000000 1 8999999 100% /", "- - - - - /");
  checkIs(share, "warn", /^8\.6 GiB free of 858/);
  const [none, uncounted] = await df("df: no such thing", "btrfs 0 0 0 - /");
  deepStrictEqual([none, uncounted], [[], []]);
  const [, zero] = await df("/dev/a 9 1 8 1% /", "btrfs 0 0 0 0% /");
  deepStrictEqual(zero, []);
});

Deno.test({
  name: "A run directory that another user owns, or can change, is reported",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    const top = await Deno.makeTempDir();
    const root = `${top}/key`;
    await Deno.mkdir(`${root}/.dpdisp`, { recursive: true });
    await Deno.chmod(root, 0o775);
    deepStrictEqual((await runDoctor({ root })).named("run directory"), []);
    deepStrictEqual((await Deno.stat(root)).mode! & 0o777, 0o775);
    await Deno.chown(`${root}/.dpdisp`, 12345, 12345);
    const theirs = await runDoctor({ root });
    checkIs(
      theirs.named("run directory"),
      "error",
      /\.dpdisp belongs to another user \(uid 12345\)/,
      /remote_root/,
    );
    checkIs(theirs.named("remote root"), "ok", /key$/);
    await Deno.chown(root, 12345, 12345);
    checkIs(
      (await runDoctor({ root })).named("run directory"),
      "error",
      /key belongs to another user/,
    );
    deepStrictEqual(namesIn(root), [".dpdisp"]);
    await Deno.chmod(top, 0o777);
    checkIs(
      (await runDoctor({ root })).named("sharing"),
      "warn",
      /sticky bit/,
      /\+t/,
    );
    await Deno.chmod(top, 0o1777);
    deepStrictEqual((await runDoctor({ root })).named("sharing"), []);
    await Deno.remove(top, { recursive: true });
  },
});
