/** A remote host, or the local one, that cannot store what it is sent: the messages, and that the same command resumes. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { readOr, run } from "../helpers/remote_dir.ts";
import { NO_SSHD, sshTest, type SshTestbed } from "../helpers/sshd.ts";
import { sshWork, taskNames, type Work, type WorkOptions } from "./work.ts";

/** The whole script runs to its end. */
async function resumes(work: Work, ran = taskNames(6)): Promise<void> {
  const { code, err } = await work.run();
  strictEqual(code, 0, err);
  const broken = taskNames(6).filter((_, n) => !work.isComplete(n));
  deepStrictEqual([broken, work.ran()], [[], ran], err);
}

/** Fails with exit code 3 and these messages. */
async function refuses(work: Work, ...words: readonly RegExp[]): Promise<void> {
  const { code, err } = await work.run();
  strictEqual(code, 3, err);
  for (const word of words) match(err, word);
}

async function withWork(
  testbed: SshTestbed,
  options: Partial<WorkOptions>,
  body: (work: Work) => Promise<void>,
): Promise<void> {
  const { port } = testbed.servers.keys;
  await using work = await sshWork(testbed, { port, ...options });
  await body(work);
}

sshTest(
  "StrictHostKeyChecking yes overrides accept_new_host_key, with either transport",
  async (testbed) => {
    for (const transport of ["ssh2", "openssh"]) {
      const profile = `transport = "${transport}"
accept_new_host_key = true
key_filename = "${testbed.keys.ed25519}"`;
      await withWork(testbed, { profile }, async (work) => {
        const config = `${work.directory}/config`;
        const usual = await Deno.readTextFile(config);
        await Deno.writeTextFile(
          config,
          `Host *\nStrictHostKeyChecking yes\n${usual}`,
        );
        await refuses(work, /Host key verification failed/);
        strictEqual(readOr(`${work.directory}/known_hosts`, null), null);
        await Deno.writeTextFile(config, usual);
        await resumes(work);
      });
    }
  },
);

sshTest(
  "A remote_root that is not writable is reported with its path",
  (testbed) =>
    withWork(testbed, {}, async (work) => {
      const root = `${work.remoteDir}/root`;
      await Deno.mkdir(root, { mode: 0o555 });
      await refuses(
        work,
        new RegExp(`Cannot stage the inputs: .*${root}.*: Permission denied`),
      );
      await run(["chown", testbed.users.plain, root]);
      await Deno.chmod(root, 0o755);
      await resumes(work);
    }),
);

sshTest(
  "A file in the place of remote_root is reported with its path",
  (testbed) =>
    withWork(testbed, {}, async (work) => {
      const root = `${work.remoteDir}/root`;
      await Deno.writeTextFile(root, "mine");
      await refuses(
        work,
        new RegExp(`Cannot stage the inputs: .*${root}.*: File exists`),
      );
      strictEqual(await Deno.readTextFile(root), "mine");
      await Deno.remove(root);
      await resumes(work);
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

/** Mounting needs more than root: a container may forbid it. */
const NO_MOUNT = NO_SSHD ?? (await mayMount() ? null : "mounts nothing here");

async function mayMount(): Promise<boolean> {
  const directory = await Deno.makeTempDir();
  const disk = await smallDisk(directory, "64k", "root").catch(() => null);
  await disk?.[Symbol.asyncDispose]();
  await Deno.remove(directory);
  return disk !== null;
}

/** With a small disk as remote_root. */
function onSmallDisk(
  name: string,
  size: string,
  options: Partial<WorkOptions>,
  body: (work: Work, disk: Disk) => Promise<void>,
): void {
  if (NO_MOUNT) return Deno.test({ name, ignore: true, fn() {} });
  sshTest(name, (testbed) =>
    withWork(testbed, options, async (work) => {
      const path = `${work.remoteDir}/root`;
      await using disk = await smallDisk(path, size, testbed.users.plain);
      await body(work, disk);
    }));
}

onSmallDisk(
  "A remote disk that becomes full during the upload is reported, and uploaded files are not sent again",
  "1m",
  { noise: 300_000 },
  async (work, disk) => {
    await refuses(
      work,
      /Cannot stage the inputs:\n.*tar: .*No space left on device/s,
      new RegExp(
        `Fix this in ${work.remoteDir}/root/\\S+ on the remote host, then run`,
      ),
    );
    deepStrictEqual(work.ran(), []);
    await disk.change("size=40m");
    await resumes(work);
  },
);

onSmallDisk(
  "A remote disk that was full or read-only before is not reported as a lease of another process",
  "400k",
  {},
  async (work, disk) => {
    strictEqual((await work.run("run", "--dry-run")).code, 0);
    const filler = `${work.remoteDir}/root/filler`;
    await run(["dd", "if=/dev/zero", `of=${filler}`, "bs=1k"]);
    await refuses(
      work,
      /Cannot inspect the run's remote directory: .*No space left on dev/,
    );
    await disk.change("ro");
    await refuses(
      work,
      /Cannot inspect the run's remote directory: .*Read-only file system/,
    );
    await disk.change("rw");
    await Deno.remove(filler);
    await resumes(work);
  },
);

onSmallDisk(
  "Tasks that fill the remote disk fail; after space is freed they are retried",
  "400k",
  {
    code: `[ -e "$FAR/room" ] || cat /dev/zero >filler || { rm -f "$FAR/no"; ` +
      `exit 1; }; seq 3000 | sed "s/^/$(cat in) /" >out`,
  },
  async (work, disk) => {
    const { code, err } = await work.run();
    strictEqual(code === 1 || code === 3, true, `${code}: ${err}`);
    const there = await run(["find", `${work.remoteDir}/root`, "-ls"]);
    match(err, /No space left on device/, `${err}\n${there.stdout}`);
    strictEqual(work.isComplete(0), false);
    await disk.change("size=40m");
    await Deno.writeTextFile(`${work.remoteDir}/room`, "");
    const again = await work.run();
    strictEqual(again.code, 0, again.err);
    deepStrictEqual(taskNames(6).filter((_, n) => !work.isComplete(n)), []);
  },
);

sshTest(
  "A local disk that is full during the download is reported; old results stay until the new ones are complete",
  (testbed) =>
    withWork(testbed, {}, async (work) => {
      if (NO_MOUNT) return;
      const { localDir, directory } = work;
      await run(["cp", "-a", localDir, `${directory}/copy`]);
      await using disk = await smallDisk(localDir, "100k", "root");
      await run(["cp", "-a", `${directory}/copy/.`, localDir]);
      await Deno.writeTextFile(`${localDir}/t0/out`, "old");
      await refuses(
        work,
        new RegExp(
          `Cannot unpack the results in ${localDir}/\\S+: No space left`,
        ),
      );
      const halves = taskNames(6).filter((dir, n) =>
        !["", "old"].includes(readOr(`${localDir}/${dir}/out`, "")) &&
        !work.isComplete(n)
      );
      deepStrictEqual(halves, []);
      await disk.change("size=40m");
      await resumes(work);
    }),
);
