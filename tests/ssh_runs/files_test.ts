/** Upload and download of every kind of file, over SSH. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { run } from "../helpers/remote_dir.ts";
import { sshTest } from "../helpers/sshd.ts";
import { sshWork } from "./work.ts";

const SOCKET = (path: string) =>
  `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("${path}")'`;

/** The inputs of a task; links are followed. */
const TREE = `mkdir tree tree/hollow tree/deep; cd tree
echo p >plain; : >zero; echo x >exec; chmod 755 exec; echo s >secret; chmod 600 secret
ln -s plain link; ln -s /etc/hostname abroad; echo d >deep/d; ln -s deep folder
printf n >'new
line'; printf d >-dash; printf q >"quo'te \\"\\$x"; printf u >ünï; truncate -s 300000 sparse`;

/** The results that the task makes from them. */
const CODE = `cp -a tree back; cd back; mkdir new nothing
echo 1 >new/file; chmod 600 new/file; ln new/file second; cp /bin/true suid; chmod 4755 suid
ln -s new/file near; ln -s ../tree/plain inside; ln -s nowhere broken
ln -s /etc/passwd out; ln -s ../../../../etc/passwd climbs
mkfifo fifo; ${SOCKET("sock")}`;

/** A line for each entry: kind, mode of files, bytes of files, name, target of a link. */
async function listed(directory: string): Promise<readonly string[]> {
  const { stdout } = await run([
    ...["find", directory, "-mindepth", "1"],
    ...["(", "-type", "f", "-printf", "%y %m %s %P\\0", ")"],
    ...["-o", "-printf", "%y %P %l\\0"],
  ]);
  return stdout.split("\0").filter(Boolean).sort();
}

sshTest(
  "Files of every kind are uploaded and downloaded unchanged, or are reported",
  async (testbed) => {
    await using work = await sshWork(testbed, {
      ...{ port: testbed.servers.keys.port, tasks: 1, code: CODE },
      rows: `forward_files = ["tree"]\nbackward_files = ["back"]`,
    });
    const dir = `${work.localDir}/t0`;
    await run(["sh", "-c", `cd ${dir}; ${TREE}`]);
    const { code, err } = await work.run();
    // What neither is a file nor leads to one cannot come.
    strictEqual(code, 1, err);
    const { size } = await Deno.stat("/bin/true");
    const passwd = (await Deno.stat("/etc/passwd")).size;
    const abroad = (await Deno.stat("/etc/hostname")).size;
    const mode = (await run(["stat", "-Lc", "%a", "/etc/hostname"])).stdout;
    deepStrictEqual(
      await listed(`${dir}/back`),
      [
        ...["d deep ", "d folder ", "d hollow ", "d new ", "d nothing "],
        ...["f 644 2 deep/d", "f 644 2 folder/d", "f 644 2 link"],
        ...["f 644 2 plain", "f 644 0 zero", "f 755 2 exec"],
        ...["f 600 2 secret", `f ${mode.trim()} ${abroad} abroad`],
        ...["f 644 1 -dash", "f 644 1 new\nline", "f 644 1 quo'te \"$x"],
        ...["f 644 1 ünï", "f 644 300000 sparse"],
        // Neither setuid nor apart: a second name stays one.
        ...["f 600 2 new/file", "f 600 2 second", `f 755 ${size} suid`],
        ...["l broken nowhere", "l near new/file"],
        // What did not come by itself comes in the place of links to it.
        ...["f 644 2 inside", `f 644 ${passwd} out`],
      ].sort(),
      err,
    );
    const warnings = err.match(/^warning: Cannot download a result: .*$/gm)
      ?.sort();
    deepStrictEqual(
      warnings?.map((proxied) => proxied.split("back/")[1]).sort(),
      [
        "climbs: links to ../../../../etc/passwd",
        "fifo: is a fifo",
        "sock: socket ignored",
      ],
    );
  },
);

const REFUSED: Readonly<Record<string, RegExp>> = {
  "mkfifo tree/x": /neither a file nor a directory/,
  [SOCKET("tree/x")]: /neither a file nor a directory/,
  "ln -s nowhere tree/x": /a broken symbolic link/,
  "ln -s x tree/x": /a broken symbolic link/,
  "ln -s . tree/x": /does one of them point to a directory above it\?/,
};

sshTest(
  "An input that cannot be uploaded is an error before any upload",
  async (testbed) => {
    for (const [make, warnings] of Object.entries(REFUSED)) {
      await using work = await sshWork(testbed, {
        ...{ port: testbed.servers.keys.port, tasks: 1 },
        rows: `forward_files = ["tree"]\nbackward_files = ["back"]`,
      });
      await run(["sh", "-c", `cd ${work.localDir}/t0; mkdir tree; ${make}`]);
      const { code, err } = await work.run();
      strictEqual(code, 2, err);
      match(err, warnings);
      match(err, /forward_files "tree" cannot be staged: .*\/tree\/x/);
    }
  },
);
