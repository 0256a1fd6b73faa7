/** A remote host whose `tar` tries to write outside the results. tests/backends/files/hostile_archives_test.ts has each trick by itself. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createTarPacker, type TarHeader } from "modern-tar";
import { bytesOf, type ByteStream, run } from "../helpers/remote_dir.ts";
import { sshTest, type SshTestbed } from "../helpers/sshd.ts";
import { sshWork, taskNames, type Work } from "./work.ts";

/** An account whose programs are the test's: sshd's bash reads .bashrc. */
async function withUser(
  testbed: SshTestbed,
  body: (testbed: SshTestbed, bin: string) => Promise<void>,
): Promise<void> {
  const name = `dpdisp-evil-${Deno.pid}`;
  const made = await run(["useradd", "-m", "-s", "/bin/bash", name]);
  strictEqual(made.code, 0, made.stderr);
  try {
    await run(["usermod", "-p", "*", name]);
    const bin = `/home/${name}/bin`;
    await Deno.mkdir(bin);
    await Deno.writeTextFile(`/home/${name}/.bashrc`, `PATH=${bin}:$PATH\n`);
    await body({ ...testbed, users: { ...testbed.users, plain: name } }, bin);
  } finally {
    await run(["userdel", "-rf", name]);
  }
}

/** The entries of the archive beside the requested ones. */
function tricks(
  work: Work,
): readonly (TarHeader & { readonly text?: string })[] {
  const file = (name: string, more: Partial<TarHeader> = {}) => ({
    ...{ name, size: 3, text: "bad", mode: 0o644 },
    ...more,
  });
  const other = (
    type: NonNullable<TarHeader["type"]>,
    name: string,
    linkname = "",
  ) => ({ name, size: 0, type, linkname, mode: 0o777 });
  const outside = `${work.directory}/victim`;
  return [
    file(`${work.directory}/absolute`),
    file("../victim"),
    file("./t0/../../victim"),
    file("../../../../../../../../tmp/dpdisp-hostile"),
    // A link out, and a file through it.
    other("symlink", "./t0/out", work.directory),
    file("./t0/out/victim"),
    other("symlink", "./t1/out", "../../victim"),
    file("./t1/out"),
    other("symlink", "./t2", ".."),
    file("./t2/victim"),
    // A second name of what is outside; writing to it would change that.
    other("link", "./t3/out", outside),
    file("./t3/out"),
    other("link", "./t3/in", "../victim"),
    other("character-device", "./t4/out"),
    other("block-device", "./t4/log"),
    other("fifo", "./t4/err"),
    // Never asked for: the script, an input, our own directory, one for a shell to read.
    file("./job.py"),
    file("./t4/in"),
    file("./.dpdisp/x/submit_replies"),
    file("./t5/.bashrc"),
    file(`./t5/${"n".repeat(300)}`),
    file(`./t5/${"deep/".repeat(900)}x`),
    file("./t5/out", { mode: 0o6777 }),
    file("./t5/\x1b]0;moves the screen\x07\x1b[2J"),
  ];
}

async function archiveOf(work: Work): Promise<Uint8Array> {
  const { readable, controller } = createTarPacker();
  const fill = async () => {
    for (const { text = "", ...header } of tricks(work)) {
      const writer = controller.add(header).getWriter();
      if (text !== "") await writer.write(new TextEncoder().encode(text));
      await writer.close();
    }
    controller.finalize();
  };
  const [bytes] = await Promise.all([bytesOf(readable as ByteStream), fill()]);
  // Without the two empty blocks at its end: what tar itself packs follows.
  return bytes.subarray(0, bytes.length - 1024);
}

/** Sends a truncated archive first, then all tricks before the requested files; otherwise it runs the real tar. */
const shim = (bin: string) =>
  `#!/bin/sh
case $1 in
  -cf)
    [ -e ${bin}/cut ] || { : >${bin}/cut; head -c 700 ${bin}/tricks; exit 0; }
    cat ${bin}/tricks ;;
esac
exec /bin/tar "$@"
`;

/** The files around the results, with their attributes. */
async function surroundings({ directory }: Work): Promise<string> {
  const find = [
    "find",
    directory,
    "-regextype",
    "posix-extended",
    "(",
    "-regex",
  ];
  const { stdout } = await run([
    ...find,
    `${directory}/(far|state|tmp|known_hosts|near/t[0-9]+/(out|log|err))`,
    ...[")", "-prune", "-o", "!", "-type", "d"],
    ...["-printf", "%P %y %m %n %s %T@ %l\\n"],
  ]);
  return stdout.split("\n").sort().join("\n");
}

sshTest(
  "A hostile archive writes nothing outside the work base and nothing that was not requested, and is reported",
  (known) =>
    withUser(known, async (testbed, bin) => {
      const { port } = testbed.servers.keys;
      await using work = await sshWork(testbed, { port, groupSize: 6 });
      await Deno.writeTextFile(`${work.directory}/victim`, "whole");
      await Deno.writeFile(`${bin}/tricks`, await archiveOf(work));
      await Deno.writeTextFile(`${bin}/tar`, shim(bin), { mode: 0o755 });
      await run(["chown", "-R", testbed.users.plain, bin]);
      const before = await surroundings(work);
      const { code, err } = await work.run();
      strictEqual(await surroundings(work), before, err);
      const odd = await run([
        ...["find", work.localDir, "-perm", "/7000", "-o", "-type", "l"],
        ...["-o", "-type", "b", "-o", "-type", "c", "-o", "-type", "p"],
      ]);
      strictEqual(odd.stdout, "", err);
      const broken = taskNames(6).filter((_, n) => !work.isComplete(n));
      deepStrictEqual({ code, broken, ran: work.ran() }, {
        // All that is real comes; what else claims to be a result of t0 cannot.
        code: 1,
        broken: [],
        ran: taskNames(6),
      }, err);
      for (
        const warning of [
          /truncated/,
          /leads out/,
          /was not requested/,
          /are still on the remote host: "t0/,
        ]
      ) {
        match(err, warning);
      }
      ok(!err.includes("\x1b") && err.length < 5_000, err);
      ok(!(await run(["ls", "/tmp/dpdisp-hostile"])).stdout);
    }),
);
