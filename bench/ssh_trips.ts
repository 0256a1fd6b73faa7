/**
 * What does distance cost? One-task jobs of `true` through a line with a round
 * trip of 50 ms: seconds and round trips for 1, 10, 100 and 1000 jobs, and how
 * many scripts each phase takes.
 * `sudo deno run -A bench/ssh_trips.ts [RUNS]`; with $OLD, the `dpdisp` of
 * DPDispatcher, also that of 100 jobs.
 */
import type { Backend } from "../src/backends/backend.ts";
import { backendOpener } from "../src/backends/open.ts";
import { main } from "../src/cli/main.ts";
import { startRun } from "../src/engine/session/mod.ts";
import { realEnvironment } from "../src/environment/mod.ts";
import { sshTestbed } from "../tests/helpers/sshd.ts";
import { tcpProxy } from "../tests/helpers/network/tcp_proxy.ts";
import {
  dpdisp,
  inScratch,
  median,
  ownSsh,
  print,
  table,
  timed,
} from "./measure.ts";

const DELAY_MS = 25;
const old = Deno.env.get("OLD");
const bed = await sshTestbed();

function script(port: number): string {
  return `# /// script
# [tool.dpdispatcher]
# work_base = "work"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "SSHContext"
# local_root = "./"
# remote_root = "/home/${bed.users.plain}/bench"
# [tool.dpdispatcher.machine.remote_profile]
# hostname = "127.0.0.1"
# username = "${bed.users.plain}"
# port = ${port}
# key_filename = "${bed.keys.ed25519}"
# accept_new_host_key = true
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "true"
# task_work_path = "t*"
# ///
`;
}

interface Run {
  readonly seconds: number;
  readonly trips: number;
}

function measure(command: readonly string[], jobs: number): Promise<Run> {
  return inScratch(async (directory) => {
    for (let i = 0; i < jobs; i++) {
      await Deno.mkdir(`${directory}/work/t${i}`, { recursive: true });
    }
    const { host: hostname, port } = bed.servers.keys;
    await using proxy = await tcpProxy({
      to: { hostname, port },
      delay_ms: DELAY_MS,
    });
    await Deno.writeTextFile(`${directory}/script.py`, script(proxy.port));
    const env = { PATH: await ownSsh(directory) };
    const seconds = await timed([...command, "script.py"], directory, env);
    return { seconds, trips: proxy.trips() };
  });
}

const PHASES = [
  "lease",
  "inspect",
  "stage",
  "submit",
  "poll",
  "collect",
  "clean",
] as const;

/** How often each phase asked the remote host, in a run within this process. */
async function phases(jobs: number): Promise<readonly number[]> {
  const counts = new Map<string, number>(PHASES.map((phase) => [phase, 0]));
  const counted = (backend: Backend): Backend =>
    new Proxy(backend, {
      get(target, name: keyof Backend) {
        const asked = counts.get(String(name));
        if (asked !== undefined) counts.set(String(name), asked + 1);
        return target[name];
      },
    });
  await inScratch(async (directory) => {
    for (let i = 0; i < jobs; i++) {
      await Deno.mkdir(`${directory}/work/t${i}`, { recursive: true });
    }
    const { host: hostname, port } = bed.servers.keys;
    await using proxy = await tcpProxy({
      to: { hostname, port },
      delay_ms: DELAY_MS,
    });
    await Deno.writeTextFile(`${directory}/script.py`, script(proxy.port));
    Deno.env.set("XDG_STATE_HOME", `${directory}/state`);
    const path = Deno.env.get("PATH")!;
    Deno.env.set("PATH", await ownSsh(directory));
    const environment = { ...realEnvironment(), cwd: directory };
    const code = await main(
      ["run", "--quiet", `${directory}/script.py`],
      environment,
      (plan, options, environment, interrupt) => {
        const open = backendOpener(environment);
        return startRun(plan, options, environment, async (...to) => {
          const backend = await open(...to);
          return backend.ok
            ? { ok: true, value: counted(backend.value) }
            : backend;
        }, interrupt);
      },
    );
    Deno.env.set("PATH", path);
    if (code !== 0) throw new Error(`exit code ${code}`);
  });
  return PHASES.map((phase) => counts.get(phase)!);
}

const runs = Number(Deno.args[0] ?? 3);
const sizes = [1, 10, 100, 1000];
const rows: (readonly (string | number)[])[] = [];
const ask = async (name: string, command: readonly string[], jobs: number) => {
  const seen: Run[] = [];
  for (let i = 0; i < runs; i++) seen.push(await measure(command, jobs));
  rows.push([
    name,
    jobs,
    median(seen.map(({ seconds }) => seconds)).toFixed(2),
    median(seen.map(({ trips }) => trips)),
  ]);
};
for (const jobs of sizes) {
  await ask("dpdisp", dpdisp("run", "--quiet"), jobs);
}
if (old) await ask("DPDispatcher", [old, "run"], 100);
print(table(["", "jobs", "seconds", "round trips"], rows));
const asked: (readonly (string | number)[])[] = [];
for (const jobs of sizes) {
  asked.push([jobs, ...await phases(jobs)]);
}
print(table(["jobs", ...PHASES], asked));
Deno.exit();
