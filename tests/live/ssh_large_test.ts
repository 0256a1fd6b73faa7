/** A large file over SSH, there and back: dpdisp does not hold it. */
import { ok, strictEqual } from "node:assert/strict";
import { readOr, run } from "../helpers/remote_dir.ts";
import { sshTest } from "../helpers/sshd.ts";
import { endOf, sshWork } from "../ssh_runs/work.ts";

/** In MB. More, sparse ones too, may be asked for by hand: DPDISP_LARGE=5000 DPDISP_SPARSE=1. */
const SIZE = Number(Deno.env.get("DPDISP_LARGE") ?? 300);
const SPARSE = Deno.env.has("DPDISP_SPARSE");

/** What dpdisp may hold in memory at most (MB): it is some 150 without any file. */
const MOST = 400;

/** The largest memory of a process so far, in MB; 0 when it is gone (proc(5)). */
function memoryOf(pid: number): number {
  const status = readOr(`/proc/${pid}/status`, "") as string;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1000;
}

for (const compress of [true, false]) {
  sshTest(
    `${SIZE} MB go there and come back, ${
      compress ? "squeezed" : "plain"
    }, in little memory`,
    async (testbed) => {
      await using work = await sshWork(testbed, {
        port: testbed.servers.keys.port,
        tasks: 1,
        code: "cp big back",
        rows: `forward_files = ["big"]\nbackward_files = ["back"]`,
        profile: [
          `key_filename = "${testbed.keys.ed25519}"`,
          "accept_new_host_key = true",
          `tar_compress = ${compress}`,
        ].join("\n"),
      });
      const dir = `${work.localDir}/t0`;
      const made = SPARSE
        ? ["truncate", "-s", `${SIZE}MB`, `${dir}/big`]
        : ["sh", "-c", `head -c ${SIZE}000000 /dev/urandom >'${dir}/big'`];
      strictEqual((await run(made)).code, 0);
      const child = work.start();
      const seen = { most: 0 };
      const watch = setInterval(() => {
        seen.most = Math.max(seen.most, memoryOf(child.pid));
      }, 50);
      const { code, err } = await endOf(child);
      clearInterval(watch);
      strictEqual(code, 0, err);
      strictEqual((await run(["cmp", `${dir}/big`, `${dir}/back`])).code, 0);
      ok(seen.most > 50 && seen.most < MOST, `${seen.most} MB`);
    },
  );
}
