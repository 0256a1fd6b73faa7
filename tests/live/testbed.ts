/** A real batch system of scripts/testbeds, and dpdisp run against it. */
import { PERMISSIONS } from "../../scripts/permissions.ts";
import { copyProgram, denoDir } from "../helpers/program_copy.ts";

export const root = `${import.meta.dirname}/../../`;

export interface Testbed extends AsyncDisposable {
  /** What its programs need in their environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a testbed of its own state; stops it at the end. */
export async function startTestbed(
  name: "slurm" | "sge",
  ...args: readonly string[]
): Promise<Testbed> {
  const directory = await Deno.makeTempDir({ prefix: "dpdisp-bed-" });
  await Deno.chmod(directory, 0o755);
  const own = { DPDISP_TESTBED_DIR: directory };
  const command = (verb: string, ...rest: readonly string[]) =>
    new Deno.Command(`${root}scripts/testbeds/${name}.sh`, {
      args: [verb, ...rest],
      env: own,
    }).output();
  const started = await command("start", ...args);
  if (!started.success) throw new Error(textOf(started.stderr));
  const assignments = textOf(started.stdout).matchAll(
    /^export (\w+)='?([^'\n]*)'?$/gm,
  );
  return {
    env: {
      ...own,
      ...Object.fromEntries(
        [...assignments].map(([, key, value]) => [key!, value!]),
      ),
    },
    async [Symbol.asyncDispose]() {
      await command("stop");
      await Deno.remove(directory, { recursive: true }).catch(() => {});
    },
  };
}

/** A work directory with numbered task directories, each holding its number in `in`. */
export interface Work extends AsyncDisposable {
  readonly directory: string;
  /** Lines that tasks appended to `counts`, sorted as numbers. */
  counts(): readonly number[];
  /** Runs dpdisp to its end, or for 10 minutes. */
  run(...args: readonly string[]): Promise<DpdispOutput>;
  /** Starts dpdisp and leaves it to the caller. */
  start(...args: readonly string[]): Deno.ChildProcess;
  /** A command of the batch system. */
  ask(...command: readonly string[]): Promise<string>;
}

/** A run that does not end is a failure, with what it has printed. */
const MAX_RUN_MS = 600_000;

export interface DpdispOutput {
  readonly code: number;
  readonly output: string;
}

export interface Job {
  readonly batch: string;
  readonly tasks: number;
  readonly groupSize: number;
  /** sh: what a task does; `$n` is its number, `count` appends it to `counts`. */
  readonly task: string;
  readonly resources?: readonly string[];
  readonly machine?: readonly string[];
  readonly user?: string;
}

export async function work(testbed: Testbed, job: Job): Promise<Work> {
  const directory = await Deno.makeTempDir({ prefix: "dpdisp-live-" });
  await Deno.chmod(directory, 0o777);
  for (let n = 0; n < job.tasks; n++) {
    await Deno.mkdir(`${directory}/work/t${n}`, { recursive: true });
    await Deno.writeTextFile(`${directory}/work/t${n}/in`, `${n}\n`);
  }
  await Deno.mkdir(`${directory}/home`);
  await Deno.writeTextFile(`${directory}/script.py`, scriptOf(job, directory));
  if (job.user) await output(["chown", "-R", job.user, directory], testbed.env);
  const env = {
    ...testbed.env,
    HOME: `${directory}/home`,
    XDG_STATE_HOME: `${directory}/home/state`,
    DENO_DIR: testbed.env["DENO_DIR"] ?? denoDir(),
    NO_COLOR: "1",
  };
  const asUser = job.user ? ["runuser", "-u", job.user, "--"] : [];
  const dpdisp = (args: readonly string[], signal?: AbortSignal) => {
    const [verb = "run", ...rest] = args;
    const command = [
      ...asUser,
      testbed.env.DPDISP_DENO ?? Deno.execPath(),
      "run",
      ...PERMISSIONS,
      "--no-check",
      testbed.env.DPDISP_MAIN ?? `${root}main.ts`,
      verb,
      `${directory}/script.py`,
      ...rest,
    ];
    return new Deno.Command(command[0]!, {
      args: command.slice(1),
      cwd: directory,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(signal && { signal }),
    });
  };
  return {
    directory,
    counts: () => numbersIn(`${directory}/counts`),
    async run(...args) {
      const limit = AbortSignal.timeout(MAX_RUN_MS);
      const { code, stdout, stderr } = await dpdisp(args, limit).output();
      return { code, output: textOf(stdout) + textOf(stderr) };
    },
    start: (...args) => dpdisp(args).spawn(),
    ask: (...command) => output([...asUser, ...command], env),
    [Symbol.asyncDispose]: () =>
      Deno.remove(directory, { recursive: true }).catch(() => {}),
  };
}

/** For another user: a copy of this checkout that the user can read. */
export async function landFor(
  user: string,
  testbed: Testbed,
): Promise<Testbed> {
  const directory = await Deno.makeTempDir({ prefix: "dpdisp-land-" });
  const { deno, main, cache } = await copyProgram(directory, user);
  const own = { DENO_DIR: cache, DPDISP_DENO: deno, DPDISP_MAIN: main };
  return {
    env: { ...testbed.env, ...own },
    async [Symbol.asyncDispose]() {
      await testbed[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true }).catch(() => {});
    },
  };
}

function scriptOf(job: Job, directory: string): string {
  const lines = (lines: readonly string[] = []) =>
    lines.map((line) => `# ${line}\n`).join("");
  return `# /// script
# [tool.dpdispatcher]
# work_base = "work"
# [tool.dpdispatcher.machine]
# batch_type = "${job.batch}"
# context_type = "LocalContext"
# local_root = "${directory}"
# remote_root = "${directory}/far"
# retry_count = 1
${lines(job.machine)}# [tool.dpdispatcher.resources]
# group_size = ${job.groupSize}
${lines(job.resources)}# [[tool.dpdispatcher.task_list]]
# command = "sh"
# task_work_path = "t*"
# forward_files = ["in"]
# backward_files = ["out"]
# ///
n=$(cat in)
count() { echo "$n" >> ${directory}/counts; }
${job.task}
echo "$n" > out
`;
}

/** What a command says with the batch system's environment. */
export function ask(
  testbed: Pick<Testbed, "env">,
  ...command: readonly string[]
): Promise<string> {
  return output(command, testbed.env);
}

async function output(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(command[0]!, {
    args: command.slice(1),
    env: { ...env },
  }).output();
  return textOf(stdout) + textOf(stderr);
}

function numbersIn(path: string): readonly number[] {
  try {
    return Deno.readTextFileSync(path).trim().split("\n").map(Number).sort((
      a,
      b,
    ) => a - b);
  } catch {
    return [];
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Asks until it is so; fails after `within` seconds. */
export async function waitUntil(
  what: string,
  is: () => Promise<boolean> | boolean,
  { within = 120, every = 0.1 } = {},
): Promise<void> {
  const end = Date.now() + 1000 * within;
  while (!await is()) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await pause(every);
  }
}

/** In seconds. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

export function taskNames(count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => n);
}
