/**
 * How fast do files travel? 10,000 small files up and 20,000 down against
 * `tar | ssh tar`; 500 MB up and down against `scp`. Interleaved pairs, with
 * the same key on the same server: `sudo deno run -A bench/ssh_files.ts
 * [PAIRS] [small|large] [memory]`; `memory`: both ends in /dev/shm.
 */
import { sshTestbed } from "../tests/helpers/sshd.ts";
import {
  dpdisp,
  inScratch,
  median,
  ownSsh,
  print,
  table,
  timed,
} from "./measure.ts";

const pairs = Number(Deno.args[0] ?? 5);
const only = Deno.args[1];
const inMemory = Deno.args[2] === "memory";
const bed = await sshTestbed();
const { host, port } = bed.servers.keys;
const user = bed.users.plain;
// A disk may take five times as long for the same small files a second time; memory does not.
if (inMemory) Deno.env.set("TMPDIR", "/dev/shm");
const far = await Deno.makeTempDir();
await Deno.chmod(far, 0o777);
const options = [
  ...["-o", `UserKnownHostsFile=${bed.knownHosts}`],
  ...["-i", bed.keys.ed25519],
  ...["-o", "IdentitiesOnly=yes"],
];
const ssh = `ssh -p ${port} ${options.join(" ")} ${user}@${host}`;

interface Load {
  readonly name: string;
  readonly up: number;
  /** Entries of its directory. */
  readonly down: number;
  readonly bytes: number;
  /** What the remote host does to make the results. */
  readonly command: string;
}

const small: Load = {
  name: "10,000 files up, 20,000 down",
  up: 10_000,
  down: 10_001,
  bytes: 300,
  command: "cp -r in out && cp -r in out/b; true",
};
const large: Load = {
  name: "500 MB up and down",
  up: 1,
  down: 1,
  bytes: 500_000_000,
  command: "mkdir out; mv in/* out/; true",
};

function script(load: Load, transport: string, compress: boolean): string {
  return `# /// script
# [tool.dpdispatcher]
# work_base = "work"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "SSHContext"
# local_root = "./"
# remote_root = "${far}/bench"
# [tool.dpdispatcher.machine.remote_profile]
# hostname = "${host}"
# username = "${user}"
# port = ${port}
# key_filename = "${bed.keys.ed25519}"
# accept_new_host_key = true
# transport = "${transport}"
# tar_compress = ${compress}
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = '''${load.command}; #'''
# task_work_path = "t"
# forward_files = ["in"]
# backward_files = ["out"]
# ///
`;
}

async function fill(directory: string, { up, bytes }: Load): Promise<void> {
  await Deno.mkdir(`${directory}/work/t/in`, { recursive: true });
  const content = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) {
    crypto.getRandomValues(content.subarray(at, at + 65_536));
  }
  for (let i = 0; i < up; i++) {
    await Deno.writeFile(`${directory}/work/t/in/f${i}`, content);
  }
  const old = new Date(1_700_000_000_000);
  for (let i = 0; i < up; i++) {
    await Deno.utime(`${directory}/work/t/in/f${i}`, old, old);
  }
}

/** The same by hand: what goes up, the command, what comes back. */
function byHand(load: Load): readonly string[] {
  const there = `${far}/by-hand`;
  const work = `cd ${there} && ${load.command}`;
  const script = load === small
    ? `tar -C work/t -cf - in | ${ssh} 'mkdir -p ${there} && tar -C ${there} -xf -' &&
       ${ssh} '${work}' && ${ssh} 'tar -C ${there} -cf - out' | tar -C work/t -xf - &&
       ${ssh} 'rm -rf ${there}'`
    : `${ssh} 'mkdir -p ${there}/in' && scp -q -P ${port} ${
      options.join(" ")
    } work/t/in/f0 ${user}@${host}:${there}/in/ && ${ssh} '${work}' &&
       mkdir work/t/out && scp -q -P ${port} ${
      options.join(" ")
    } ${user}@${host}:${there}/out/f0 work/t/out/ && ${ssh} 'rm -rf ${there}'`;
  return ["sh", "-c", script];
}

function measure(
  load: Load,
  command: readonly string[],
  text: string,
): Promise<number> {
  return inScratch(async (directory) => {
    await fill(directory, load);
    await Deno.writeTextFile(`${directory}/script.py`, text);
    const env = { PATH: await ownSsh(directory) };
    const seconds = await timed(command, directory, env);
    const got = (await Array.fromAsync(Deno.readDir(`${directory}/work/t/out`)))
      .length;
    if (got !== load.down) throw new Error(`${got} files came back`);
    return seconds;
  });
}

const rows: (readonly (string | number)[])[] = [];
for (const load of [small, large]) {
  if (only && !(only === "small") !== (load === large)) continue;
  const ways = [
    { name: "ssh2", text: script(load, "ssh2", false) },
    { name: "openssh", text: script(load, "openssh", false) },
    { name: "ssh2, tar_compress", text: script(load, "ssh2", true) },
  ];
  const hand: number[] = [];
  const ours = ways.map(() => [] as number[]);
  for (let i = 0; i < pairs; i++) {
    hand.push(await measure(load, byHand(load), ""));
    for (const [at, { text }] of ways.entries()) {
      const run = dpdisp("run", "--quiet", "script.py");
      ours[at]!.push(await measure(load, run, text));
    }
  }
  const name = load === small ? "tar | ssh tar" : "scp";
  rows.push([load.name, name, median(hand).toFixed(2), ""]);
  for (const [at, way] of ways.entries()) {
    const ratios = ours[at]!.map((seconds, i) => seconds / hand[i]!);
    rows.push([
      load.name,
      `dpdisp, ${way.name}`,
      median(ours[at]!).toFixed(2),
      median(ratios).toFixed(2),
    ]);
  }
}
print(table(["", "", "seconds", "ratio, median of pairs"], rows));
await Deno.remove(far, { recursive: true });
Deno.exit();
