/** A script with a few tasks for a remote host over SSH, where each task records that it ran. */
import { DPDISP } from "../helpers/dpdisp.ts";
import { namesIn, readOr, run } from "../helpers/remote_dir.ts";
import type { SshTestbed } from "../helpers/sshd.ts";

export interface Work extends AsyncDisposable {
  /** The directory of everything; `near` in it is the work base, `far` a directory of the remote user, `state` has the journals. */
  readonly directory: string;
  readonly localDir: string;
  readonly remoteDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** The sorted names of tasks that ran, one for each time. */
  ran(): readonly string[];
  /** Names in remote_root. */
  left(): readonly string[];
  /** True where all results of a task are as it wrote them. */
  isComplete(task: number): boolean;
  /** Starts dpdisp on the script, with pipes for its output. */
  start(verb?: string, ...args: readonly string[]): Deno.ChildProcess;
  /** Runs dpdisp to its end, with a timeout. */
  run(verb?: string, ...args: readonly string[]): Promise<ProcessOutput>;
}

export interface ProcessOutput {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface WorkOptions {
  readonly port: number;
  readonly tasks?: number;
  readonly groupSize?: number;
  /** The size of an incompressible file that is an input of each task, and becomes a result. */
  readonly noise?: number;
  /** Lines of `task_list`, without the command and the directory. */
  readonly rows?: string;
  /** Lines of `remote_profile`, in place of a valid key. */
  readonly profile?: string;
  /** Lines of `machine`. */
  readonly machine?: string;
  /** This task fails the first time. */
  readonly firstFails?: number;
  /** What each task does, in sh, after it has recorded that it ran. */
  readonly code?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly remoteRoot?: string;
}

/** The number of lines of a result: enough for a connection to be cut in the middle. */
export const RESULT_LINES = 3_000;
const CODE = `seq ${RESULT_LINES} | sed "s/^/$(cat in) /" >out`;
const NOISE = "cat noise >echo";

/** The timeout of a run, in ms. */
const TIMEOUT_MS = 300_000;

export async function sshWork(
  testbed: SshTestbed,
  options: WorkOptions,
): Promise<Work> {
  const { tasks = 6, code = CODE, remoteRoot, noise = 0 } = options;
  const directory = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "dpdisp-ssh-" }),
  );
  const [localDir, remoteDir] = [`${directory}/near`, `${directory}/far`];
  await Deno.chmod(directory, 0o755);
  for (const name of ["near", "far", "bin", "tmp"]) {
    await Deno.mkdir(`${directory}/${name}`);
  }
  for (let n = 0; n < tasks; n++) {
    await Deno.mkdir(`${localDir}/t${n}`);
    await Deno.writeTextFile(`${localDir}/t${n}/in`, `${n}\n`);
    if (noise > 0) {
      await Deno.writeFile(`${localDir}/t${n}/noise`, noiseOf(noise));
    }
  }
  const word = `FAR='${remoteDir}'; basename "$PWD" >>'${remoteDir}/ran'`;
  const fails = `[ "$(cat in)" != ${options.firstFails ?? "none"} ] || ` +
    `[ -e '${remoteDir}/again' ] || { : >'${remoteDir}/again'; exit 1; }`;
  const root = remoteRoot ?? `${remoteDir}/root`;
  const head = headOf(testbed, { ...options, remoteRoot: root });
  await Deno.writeTextFile(
    `${localDir}/job.py`,
    `${head}${word}\n${fails}\n${code}\n${noise > 0 ? NOISE : ""}\n`,
  );
  await Deno.writeTextFile(`${directory}/config`, configOf(directory));
  const ssh = `#!/bin/sh\nexec /usr/bin/ssh -F '${directory}/config' "$@"\n`;
  await Deno.writeTextFile(`${directory}/bin/ssh`, ssh, { mode: 0o755 });
  await run(["chown", testbed.users.plain, remoteDir]);
  const env = {
    PATH: `${directory}/bin:${Deno.env.get("PATH")}`,
    XDG_STATE_HOME: `${directory}/state`,
    TMPDIR: `${directory}/tmp`,
    SSH_AUTH_SOCK: "",
    ...options.env,
  };
  const start = (verb = "run", ...args: readonly string[]) =>
    new Deno.Command(DPDISP[0]!, {
      args: [...DPDISP.slice(1), verb, "job.py", ...args],
      cwd: localDir,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  return {
    ...{ directory, localDir, remoteDir, env, start },
    ran: () => lines(readOr(`${remoteDir}/ran`, "")).toSorted(),
    left: () => namesIn(root),
    isComplete: (task) =>
      readOr(`${localDir}/t${task}/out`, "") === completeResult(task) &&
      (noise === 0 ||
        isCopy(`${localDir}/t${task}/noise`, `${localDir}/t${task}/echo`)),
    run: (...words) => endOf(start(...words)),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** The end of a dpdisp process, which is killed after the timeout. */
export async function endOf(child: Deno.ChildProcess): Promise<ProcessOutput> {
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const ran = { code, out: text(stdout), err: text(stderr) };
  if (signal === "SIGKILL") throw new Error(`it did not end:\n${ran.err}`);
  return ran;
}

/** Rejects where the work takes too long; says what it was. */
export async function withTimeout<T>(
  what: string,
  work: Promise<T>,
  ms = TIMEOUT_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`waited in vain: ${what}`)),
    ms,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function headOf(
  { keys, users }: SshTestbed,
  { port, groupSize = 2, profile, machine = "", noise = 0, ...rest }:
    WorkOptions,
): string {
  const [inputs, outputs] = noise > 0
    ? [["in", "noise"], ["out", "echo"]]
    : [["in"], ["out"]];
  const rows = rest.rows ??
    `forward_files = ${JSON.stringify(inputs)}
backward_files = ${JSON.stringify(outputs)}`;
  const text = `
[tool.dpdispatcher]
work_base = "./"
[tool.dpdispatcher.machine]
batch_type = "Shell"
context_type = "SSHContext"
local_root = "./"
remote_root = ${JSON.stringify(rest.remoteRoot)}
${machine}
[tool.dpdispatcher.machine.remote_profile]
hostname = "127.0.0.1"
port = ${port}
username = "${users.plain}"
timeout = 60
${
    profile ??
      `key_filename = "${keys.ed25519}"\naccept_new_host_key = true`
  }
[tool.dpdispatcher.resources]
group_size = ${groupSize}
[[tool.dpdispatcher.task_list]]
command = "sh"
task_work_path = "t*"
${rows}
`;
  const comments = lines(text.trim()).map((proxied) => `# ${proxied}\n`);
  return `# /// script\n${comments.join("")}# ///\n`;
}

const configOf = (directory: string) =>
  `Host *
  UserKnownHostsFile ${directory}/known_hosts
  GlobalKnownHostsFile none
  IdentityFile none
`;

function lines(text: string): readonly string[] {
  return text.split("\n").filter((proxied) => proxied !== "");
}

function noiseOf(bytes: number): Uint8Array {
  const part = crypto.getRandomValues(new Uint8Array(1 << 16));
  return new Uint8Array(bytes).map((_, i) =>
    part[i % part.length]! ^ (i >> 16)
  );
}

function isCopy(one: string, other: string): boolean {
  const { success } = new Deno.Command("cmp", { args: ["-s", one, other] })
    .outputSync();
  return success;
}

/** The complete result of a task. */
function completeResult(task: number): string {
  return Array.from({ length: RESULT_LINES }, (_, i) => `${task} ${i + 1}\n`)
    .join("");
}

export function taskNames(tasks: number): readonly string[] {
  return Array.from({ length: tasks }, (_, n) => `t${n}`);
}
