/** A script with a few tasks for a remote host over SSH, where each task records that it ran. */
import { DPDISP } from "../helpers/dpdisp.ts";
import { namesIn, readOr, run } from "../helpers/remote_dir.ts";
import type { SshBed } from "../helpers/sshd.ts";

export interface Work extends AsyncDisposable {
  /** The directory of everything; `near` in it is the work base, `far` a directory of the remote user, `state` has the journals. */
  readonly folder: string;
  readonly near: string;
  readonly far: string;
  readonly env: Readonly<Record<string, string>>;
  /** The sorted names of tasks that ran, one for each time. */
  ran(): readonly string[];
  /** Names in remote_root. */
  left(): readonly string[];
  /** True where all results of a task are as it wrote them. */
  isWhole(task: number): boolean;
  /** Starts dpdisp on the script, with pipes for its output. */
  start(verb?: string, ...args: readonly string[]): Deno.ChildProcess;
  /** Runs dpdisp to its end, with a timeout. */
  run(verb?: string, ...args: readonly string[]): Promise<Ran>;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Wishes {
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

export async function sshWork(bed: SshBed, wishes: Wishes): Promise<Work> {
  const { tasks = 6, code = CODE, remoteRoot, noise = 0 } = wishes;
  const folder = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "dpdisp-ssh-" }),
  );
  const [near, far] = [`${folder}/near`, `${folder}/far`];
  await Deno.chmod(folder, 0o755);
  for (const name of ["near", "far", "bin", "tmp"]) {
    await Deno.mkdir(`${folder}/${name}`);
  }
  for (let n = 0; n < tasks; n++) {
    await Deno.mkdir(`${near}/t${n}`);
    await Deno.writeTextFile(`${near}/t${n}/in`, `${n}\n`);
    if (noise > 0) await Deno.writeFile(`${near}/t${n}/noise`, noiseOf(noise));
  }
  const word = `FAR='${far}'; basename "$PWD" >>'${far}/ran'`;
  const fails = `[ "$(cat in)" != ${wishes.firstFails ?? "none"} ] || ` +
    `[ -e '${far}/again' ] || { : >'${far}/again'; exit 1; }`;
  const root = remoteRoot ?? `${far}/root`;
  const head = headOf(bed, { ...wishes, remoteRoot: root });
  await Deno.writeTextFile(
    `${near}/job.py`,
    `${head}${word}\n${fails}\n${code}\n${noise > 0 ? NOISE : ""}\n`,
  );
  await Deno.writeTextFile(`${folder}/config`, configOf(folder));
  const ssh = `#!/bin/sh\nexec /usr/bin/ssh -F '${folder}/config' "$@"\n`;
  await Deno.writeTextFile(`${folder}/bin/ssh`, ssh, { mode: 0o755 });
  await run(["chown", bed.users.plain, far]);
  const env = {
    PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
    XDG_STATE_HOME: `${folder}/state`,
    TMPDIR: `${folder}/tmp`,
    SSH_AUTH_SOCK: "",
    ...wishes.env,
  };
  const start = (verb = "run", ...args: readonly string[]) =>
    new Deno.Command(DPDISP[0]!, {
      args: [...DPDISP.slice(1), verb, "job.py", ...args],
      cwd: near,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  return {
    ...{ folder, near, far, env, start },
    ran: () => lines(readOr(`${far}/ran`, "")).toSorted(),
    left: () => namesIn(root),
    isWhole: (task) =>
      readOr(`${near}/t${task}/out`, "") === wholeResult(task) &&
      (noise === 0 ||
        isCopy(`${near}/t${task}/noise`, `${near}/t${task}/echo`)),
    run: (...words) => endOf(start(...words)),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** The end of a dpdisp process, which is killed after the timeout. */
export async function endOf(child: Deno.ChildProcess): Promise<Ran> {
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const ran = { code, out: text(stdout), err: text(stderr) };
  if (signal === "SIGKILL") throw new Error(`it did not end:\n${ran.err}`);
  return ran;
}

/** Rejects where the work takes too long; says what it was. */
export async function inTime<T>(
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
  { keys, users }: SshBed,
  { port, groupSize = 2, profile, machine = "", noise = 0, ...rest }: Wishes,
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
  const comments = lines(text.trim()).map((line) => `# ${line}\n`);
  return `# /// script\n${comments.join("")}# ///\n`;
}

const configOf = (folder: string) =>
  `Host *
  UserKnownHostsFile ${folder}/known_hosts
  GlobalKnownHostsFile none
  IdentityFile none
`;

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
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
function wholeResult(task: number): string {
  return Array.from({ length: RESULT_LINES }, (_, i) => `${task} ${i + 1}\n`)
    .join("");
}

export function upTo(tasks: number): readonly string[] {
  return Array.from({ length: tasks }, (_, n) => `t${n}`);
}
