import { deepStrictEqual } from "node:assert/strict";
import { namesIn } from "../../../helpers/remote_dir.ts";
import { is, visit } from "../../../helpers/doctor_fixture.ts";

Deno.test("A root that cannot be had is bad, and which part of it stands in the way is told", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "");
  await Deno.symlink("nowhere", `${folder}/link`);
  const rootIs = async (root: string) =>
    (await visit({ root })).named("remote root");
  is(
    await rootIs(`${folder}/file/a/b`),
    "error",
    /file is not a directory/,
    /remote_root/,
  );
  is(
    await rootIs(`${folder}/link/a`),
    "error",
    /link is a dangling symlink/,
  );
  // Nobody may make a folder there, root included.
  is(
    await rootIs("/proc/a/b"),
    "error",
    /cannot write in \/proc: mkdir: /,
    /remote_root/,
  );
  is(await rootIs(folder), "ok", new RegExp(`^${folder}$`));
  is(
    await rootIs(`${folder}/a/b `),
    "ok",
    new RegExp(`^${folder}/a/b , will be created in ${folder}$`),
  );
  deepStrictEqual(namesIn(folder).length, 2);
  await Deno.remove(folder, { recursive: true });
  const inPlace = await visit({ root: "/proc/a", staging: "in place" });
  is(inPlace.named("work base"), "error", /cannot write/, /local_root/);
});

Deno.test("A file system that takes no data, or has no symlinks, is bad", async () => {
  const full = await visit({
    programs: { mv: 'echo "mv: No space left on device" >&2; exit 1' },
  });
  is(
    full.named("remote root"),
    "error",
    /No space left on device/,
    /[Ff]ree space/,
  );
  const fat = await visit({
    programs: { ln: 'echo "ln: Operation not permitted" >&2; exit 1' },
  });
  is(
    fat.named("remote root"),
    "error",
    /symlinks .*Operation not permitted/,
    /lock jobs/,
  );
});

Deno.test("Little room is a warning: below 1 GiB or 1 %, in bytes or in files", async () => {
  const df = async (blocks: string, inodes: string) => {
    const { named } = await visit({
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
  is(space, "ok", /^1\.4 GiB free of 1\.9$/);
  is(files, "ok", /^8 inodes/);
  const [low, few] = await df(
    "map b c 2000000 1 1000000 1% /a b",
    "/dev/a 1000 991 9 100% /",
  );
  is(low, "warn", /^1\.0 GiB free/, /[Ff]ree space/);
  is(few, "warn", /^9 inodes/);
  const [share] = await df("h:/v 900000000 1 8999999 100% /", "- - - - - /");
  is(share, "warn", /^8\.6 GiB free of 858/);
  const [none, uncounted] = await df("df: no such thing", "btrfs 0 0 0 - /");
  deepStrictEqual([none, uncounted], [[], []]);
  const [, zero] = await df("/dev/a 9 1 8 1% /", "btrfs 0 0 0 0% /");
  deepStrictEqual(zero, []);
});

Deno.test({
  name: "A run's directory that another user made, or can change, is told",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    const top = await Deno.makeTempDir();
    const root = `${top}/key`;
    await Deno.mkdir(`${root}/.dpdisp`, { recursive: true });
    await Deno.chmod(root, 0o775);
    deepStrictEqual((await visit({ root })).named("run directory"), []);
    deepStrictEqual((await Deno.stat(root)).mode! & 0o777, 0o775);
    await Deno.chown(`${root}/.dpdisp`, 12345, 12345);
    const theirs = await visit({ root });
    is(
      theirs.named("run directory"),
      "error",
      /\.dpdisp belongs to another user \(uid 12345\)/,
      /remote_root/,
    );
    is(theirs.named("remote root"), "ok", /key$/);
    await Deno.chown(root, 12345, 12345);
    is(
      (await visit({ root })).named("run directory"),
      "error",
      /key belongs to another user/,
    );
    deepStrictEqual(namesIn(root), [".dpdisp"]);
    await Deno.chmod(top, 0o777);
    is((await visit({ root })).named("sharing"), "warn", /sticky bit/, /\+t/);
    await Deno.chmod(top, 0o1777);
    deepStrictEqual((await visit({ root })).named("sharing"), []);
    await Deno.remove(top, { recursive: true });
  },
});
