/** Runs job scripts under the real bash, in a remote directory of their own. */
import type { Resources } from "../../src/model/config.ts";
import type { Job } from "../../src/model/job.ts";
import { jobScript, type JobSite } from "../../src/script/job_script.ts";
import {
  RUN_SUBDIRECTORIES,
  runDirectory,
} from "../../src/script/remote_layout.ts";
import { parseRecords } from "../../src/script/parse_records.ts";
import { RUNNER, RUNNER_NAME } from "../../src/script/runner/mod.ts";
import { configOf } from "./config.ts";
import type { Plan, Task } from "../../src/model/plan.ts";
import type { JobRecord } from "../../src/model/job_record.ts";

export interface JobSpec {
  /** Each a task in the root, unless more is given; keys are t0, t1, … */
  readonly tasks: readonly (string | Partial<Task>)[];
  readonly resources?: Partial<Resources>;
  readonly name?: string;
  readonly supersedes?: readonly string[];
  /** The content of the command's argument: shell text, for commands like `sh`. */
  readonly script?: string;
  readonly array?: JobSite["array"];
  readonly directives?: readonly string[];
}

export interface TextOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running script in a process group of its own. `kill` signals it alone, `killAll` its child processes too. */
export interface RunningScript {
  readonly pid: number;
  readonly output: Promise<TextOutput>;
  kill(signal: Deno.Signal): void;
  killAll(signal: Deno.Signal): void;
}

export interface JobSandbox extends AsyncDisposable {
  readonly root: string;
  /** The run directory. */
  readonly runDir: string;
  /** Writes the job's script and returns its path. */
  write(spec: JobSpec): string;
  start(
    spec: JobSpec,
    env?: { readonly [name: string]: string },
  ): RunningScript;
  run(
    spec: JobSpec,
    env?: { readonly [name: string]: string },
  ): Promise<TextOutput>;
  /** The records of a file, without times. */
  records(name: string): readonly string[];
  /** A file below the root, or "". */
  read(path: string): string;
  /** Names in a directory below the root. */
  list(runDir: string): readonly string[];
}

const KEY = "0123abcd-4567cdef";

export function openJobSandbox(): JobSandbox {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "far side " }));
  const home = Deno.makeTempDirSync();
  const groups: number[] = [];
  const runDir = runDirectory(root, KEY);
  for (const name of RUN_SUBDIRECTORIES) {
    Deno.mkdirSync(`${runDir}/${name}`, { recursive: true });
  }
  Deno.writeTextFileSync(`${runDir}/${RUNNER_NAME}`, RUNNER);
  const read = (path: string) => {
    try {
      return Deno.readTextFileSync(`${root}/${path}`);
    } catch {
      return "";
    }
  };
  const write = (spec: JobSpec) => {
    const plan = planOf(spec, root);
    Deno.writeTextFileSync(`${root}/${plan.script.name}`, plan.script.text);
    const path = `${runDir}/jobs/${spec.name ?? "j1"}.sh`;
    // A bash may be reading the same script.
    const text = scriptOf(spec, root);
    if (read(path.slice(root.length + 1)) !== text) {
      Deno.writeTextFileSync(path, text);
    }
    return path;
  };
  const start: JobSandbox["start"] = (spec, env = {}) => {
    const child = new Deno.Command("bash", {
      args: [write(spec)],
      cwd: home,
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH")!,
        HOME: home,
        TMPDIR: home,
        LC_ALL: "C.UTF-8",
        JOB_ID: "7",
        ...env,
      },
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    groups.push(child.pid);
    return {
      pid: child.pid,
      output: child.output().then(textOf),
      kill: (signal) => child.kill(signal),
      killAll: (signal) => Deno.kill(-child.pid, signal),
    };
  };
  return {
    root,
    runDir,
    write,
    start,
    run: (spec, env) => start(spec, env).output,
    records: (name) =>
      parseRecords(Deno.readFileSync(`${runDir}/records/${name}`)).records
        .map(line),
    read,
    list: (path) =>
      Array.from(Deno.readDirSync(`${root}/${path}`), ({ name }) => name),
    async [Symbol.asyncDispose]() {
      groups.forEach(endGroup);
      await Deno.remove(root, { recursive: true });
      await Deno.remove(home, { recursive: true });
    },
  };
}

/** A test that failed leaves nothing running. */
function endGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch {
    // It has ended, as it should.
  }
}

/** The script of a spec, as it would be in `root`. */
export function scriptOf(spec: JobSpec, root: string): string {
  const plan = planOf(spec, root);
  const job: Job = {
    name: spec.name ?? "j1",
    tasks: plan.tasks.map(({ key }) => key),
    supersedes: spec.supersedes ?? [],
  };
  return jobScript(job, plan, {
    root,
    directives: spec.directives ?? [],
    shell: "bash -l",
    self: "${JOB_ID}",
    array: spec.array ?? null,
  });
}

function planOf(
  { tasks, resources = {}, script }: JobSpec,
  root: string,
): Plan {
  return {
    runKey: KEY,
    config: configOf({ resources }),
    localDir: root,
    remoteDir: root,
    script: { name: "script_1.py", text: script ?? "" },
    tasks: tasks.map((task, at) => ({
      key: `t${at}`,
      command: "true",
      dir: ".",
      inputs: [],
      outputs: [],
      stdoutFile: "log",
      stderrFile: "err",
      ...typeof task === "string" ? { command: task } : task,
    })),
    commonInputs: [],
    commonOutputs: [],
    header: null,
  };
}

function textOf({ code, stdout, stderr }: Deno.CommandOutput): TextOutput {
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** The record's words without times, host and lengths: `taskExited t0 1`. */
function line(record: JobRecord): string {
  const { job: _job, element: _element, ...words } = record;
  return Object.entries(words)
    .flatMap(([name, word]) => UNSTABLE.includes(name) ? [] : [word])
    .join(" ");
}

const UNSTABLE = ["time", "host", "stdoutBytes", "stderrBytes"];

/** Waits for something that a running script does. */
export async function waitUntil(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!done()) {
    if (Date.now() > deadline) throw new Error("It never happened");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
