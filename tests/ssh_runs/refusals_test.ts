/** A machine behind SSH, and this one, that cannot take what they are sent: what is told, and that the same command goes on. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { readOr, run } from "../helpers/remote_dir.ts";
import { NO_SSHD, type SshBed, sshTest } from "../helpers/sshd.ts";
import { sshWork, upTo, type Wishes, type Work } from "./work.ts";

/** Runs as the whole script was meant to. */
async function goesOn(work: Work, ran = upTo(6)): Promise<void> {
  const { code, err } = await work.run();
  strictEqual(code, 0, err);
  const broken = upTo(6).filter((_, n) => !work.isWhole(n));
  deepStrictEqual([broken, work.ran()], [[], ran], err);
}

/** Fails with exit code 3, and says this. */
async function refuses(work: Work, ...words: readonly RegExp[]): Promise<void> {
  const { code, err } = await work.run();
  strictEqual(code, 3, err);
  for (const word of words) match(err, word);
}

async function withWork(
  bed: SshBed,
  wishes: Partial<Wishes>,
  body: (work: Work) => Promise<void>,
): Promise<void> {
  const { port } = bed.servers.keys;
  await using work = await sshWork(bed, { port, ...wishes });
  await body(work);
}

sshTest(
  "StrictHostKeyChecking yes wins over accept_new_host_key, whatever speaks SSH",
  async (bed) => {
    for (const transport of ["ssh2", "openssh"]) {
      const profile = `transport = "${transport}"
accept_new_host_key = true
key_filename = "${bed.keys.ed25519}"`;
      await withWork(bed, { profile }, async (work) => {
        const config = `${work.folder}/config`;
        const usual = await Deno.readTextFile(config);
        await Deno.writeTextFile(
          config,
          `Host *\nStrictHostKeyChecking yes\n${usual}`,
        );
        await refuses(work, /Host key verification failed/);
        strictEqual(readOr(`${work.folder}/known_hosts`, null), null);
        await Deno.writeTextFile(config, usual);
        await goesOn(work);
      });
    }
  },
);

sshTest(
  "A remote_root that may not be written is told with its path",
  (bed) =>
    withWork(bed, {}, async (work) => {
      const root = `${work.far}/root`;
      await Deno.mkdir(root, { mode: 0o555 });
      await refuses(
        work,
        new RegExp(`Cannot stage the inputs: .*${root}.*: Permission denied`),
      );
      await run(["chown", bed.users.plain, root]);
      await Deno.chmod(root, 0o755);
      await goesOn(work);
    }),
);

sshTest(
  "A file in the place of remote_root is told with its path",
  (bed) =>
    withWork(bed, {}, async (work) => {
      const root = `${work.far}/root`;
      await Deno.writeTextFile(root, "mine");
      await refuses(
        work,
        new RegExp(`Cannot stage the inputs: .*${root}.*: File exists`),
      );
      strictEqual(await Deno.readTextFile(root), "mine");
      await Deno.remove(root);
      await goesOn(work);
    }),
);

/** A file system of its own: tmpfs(5). */
interface Disk extends AsyncDisposable {
  /** Another size, or `ro`. */
  change(options: string): Promise<void>;
}

async function smallDisk(
  path: string,
  size: string,
  owner: string,
): Promise<Disk> {
  const mount = async (...options: readonly string[]) => {
    const { code, stderr } = await run(["mount", ...options, path]);
    if (code !== 0) throw new Error(stderr);
  };
  await Deno.mkdir(path, { recursive: true });
  await mount("-t", "tmpfs", "-o", `size=${size},mode=755`, "tmpfs");
  await run(["chown", owner, path]);
  return {
    change: (options) => mount("-o", `remount,${options}`),
    async [Symbol.asyncDispose]() {
      await run(["umount", "--lazy", path]);
    },
  };
}

/** Mounting takes more than being root: a container may not let anybody. */
const NO_MOUNT = NO_SSHD ?? (await mayMount() ? null : "mounts nothing here");

async function mayMount(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  const disk = await smallDisk(folder, "64k", "root").catch(() => null);
  await disk?.[Symbol.asyncDispose]();
  await Deno.remove(folder);
  return disk !== null;
}

/** With a small disk as the far side's remote_root. */
function onSmallDisk(
  name: string,
  size: string,
  wishes: Partial<Wishes>,
  body: (work: Work, disk: Disk) => Promise<void>,
): void {
  if (NO_MOUNT) return Deno.test({ name, ignore: true, fn() {} });
  sshTest(name, (bed) =>
    withWork(bed, wishes, async (work) => {
      const path = `${work.far}/root`;
      await using disk = await smallDisk(path, size, bed.users.plain);
      await body(work, disk);
    }));
}

onSmallDisk(
  "A far disk that is full while inputs come is told, and what is there already is not sent again",
  "1m",
  { noise: 300_000 },
  async (work, disk) => {
    await refuses(
      work,
      /Cannot stage the inputs:\n.*tar: .*No space left on device/s,
      new RegExp(`See to it in ${work.far}/root/\\S+ on its machine, and run`),
    );
    deepStrictEqual(work.ran(), []);
    await disk.change("size=40m");
    await goesOn(work);
  },
);

onSmallDisk(
  "A far disk that was full or read-only before is no other's lease",
  "400k",
  {},
  async (work, disk) => {
    strictEqual((await work.run("run", "--dry-run")).code, 0);
    const filler = `${work.far}/root/filler`;
    await run(["dd", "if=/dev/zero", `of=${filler}`, "bs=1k"]);
    await refuses(
      work,
      /Cannot look at the folder of the run: .*No space left on dev/,
    );
    await disk.change("ro");
    await refuses(
      work,
      /Cannot look at the folder of the run: .*Read-only file system/,
    );
    await disk.change("rw");
    await Deno.remove(filler);
    await goesOn(work);
  },
);

onSmallDisk(
  "A far disk that tasks fill is theirs to fail by; with room again they are tried again",
  "400k",
  {
    code: `[ -e "$FAR/room" ] || cat /dev/zero >filler || { rm -f "$FAR/no"; ` +
      `exit 1; }; seq 3000 | sed "s/^/$(cat in) /" >out`,
  },
  async (work, disk) => {
    const { code, err } = await work.run();
    strictEqual(code === 1 || code === 3, true, `${code}: ${err}`);
    const there = await run(["find", `${work.far}/root`, "-ls"]);
    match(err, /No space left on device/, `${err}\n${there.stdout}`);
    strictEqual(work.isWhole(0), false);
    await disk.change("size=40m");
    await Deno.writeTextFile(`${work.far}/room`, "");
    const again = await work.run();
    strictEqual(again.code, 0, again.err);
    deepStrictEqual(upTo(6).filter((_, n) => !work.isWhole(n)), []);
  },
);

sshTest(
  "A disk here that is full when results come is told; the old ones stay until the new are whole",
  (bed) =>
    withWork(bed, {}, async (work) => {
      if (NO_MOUNT) return;
      const { near, folder } = work;
      await run(["cp", "-a", near, `${folder}/copy`]);
      await using disk = await smallDisk(near, "100k", "root");
      await run(["cp", "-a", `${folder}/copy/.`, near]);
      await Deno.writeTextFile(`${near}/t0/out`, "old");
      await refuses(
        work,
        new RegExp(`Cannot unpack the results in ${near}/\\S+: No space left`),
      );
      const halves = upTo(6).filter((dir, n) =>
        !["", "old"].includes(readOr(`${near}/${dir}/out`, "")) &&
        !work.isWhole(n)
      );
      deepStrictEqual(halves, []);
      await disk.change("size=40m");
      await goesOn(work);
    }),
);
