/** Runs of dpdisp as a process, of which several tests look at the outcome. */
import { DPDISP, withDirectory } from "./dpdisp.ts";

export interface Ran {
  /** The work base. */
  readonly local: string;
  readonly code: number;
  readonly output: string;
}

/** In the order of their starts. */
interface PlainRan extends Omit<Ran, "local"> {
  readonly outputs: readonly string[];
  /** The environment of the command, and that of its task. */
  readonly given: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Names in the work base after the last run. */
  readonly left: readonly string[];
}

async function start(
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly output: string }> {
  const { code, stdout, stderr } = await new Deno.Command(DPDISP[0]!, {
    args: [...DPDISP.slice(1), "run", "s.py"],
    ...{ cwd, env: { ...env }, clearEnv: true, stdin: "null" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, output: text(stdout) + text(stderr) };
}

function script(
  context: string,
  resources: string,
  task: string,
  body: string,
): string {
  const lines = `[tool.dpdispatcher]
[tool.dpdispatcher.machine]
batch_type = "Shell"
context_type = "${context}"
local_root = "./"
remote_root = "../remote"
retry_count = 0
[tool.dpdispatcher.resources]
group_size = 1
${resources}
[[tool.dpdispatcher.task_list]]
${task}`;
  const block = lines.split("\n").map((line) => `# ${line}`.trimEnd());
  return `# /// script\n${block.join("\n")}\n# ///\n${body}`;
}

/** One task in place, so many times; it writes its environment to a file. */
export async function plainRun(
  env: Readonly<Record<string, string>>,
  resources = "",
  times = 1,
  task = "",
): Promise<PlainRan> {
  const ran: { done: PlainRan | null } = { done: null };
  await withDirectory(async (directory, own) => {
    const local = `${directory}/work`;
    await Deno.mkdir(local);
    const text = script(
      "LazyLocalContext",
      resources,
      `command = "env -0 >variables; :"\ntask_work_path = "./"\n${task}`,
      "",
    );
    await Deno.writeTextFile(`${local}/s.py`, text);
    const inherited = Object.entries(Deno.env.toObject()).filter(([name]) =>
      !/^(BASH_FUNC|DPDISP|MODULESHOME|LMOD)/.test(name)
    );
    const given = { ...Object.fromEntries(inherited), ...own, ...env };
    const outcomes = [];
    for (let n = 0; n < times; n++) outcomes.push(await start(local, given));
    const names = (await Array.fromAsync(Deno.readDir(local))).map(({ name }) =>
      name
    );
    ran.done = {
      ...outcomes.at(-1)!,
      outputs: outcomes.map(({ output }) => output),
      given,
      variables: names.includes("variables")
        ? variablesIn(await Deno.readTextFile(`${local}/variables`))
        : {},
      left: names.toSorted(),
    };
  });
  return ran.done!;
}

/** From the output of `env -0`. */
function variablesIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split("\0").slice(0, -1).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** The time of a file that the tests give it, in seconds since 1970. */
const OLD = 981173106;

const BODY = `import os, shutil, sys
name = os.path.basename(os.getcwd())
print("hi", flush=True)
if name == "t1":
    sys.exit(3)
with open("out", "w") as out:
    print("in", int(os.stat("in").st_mtime), file=out)
    for top, dirs, files in os.walk("data"):
        print(top, file=out)
shutil.copy2("in", "old")
os.mkdir("ckpts")
open("ckpts/step100", "w").write("weights")
os.symlink("ckpts/step100", "latest")
if name == "t2":
    os.symlink("loop", "loop")
`;

const shared: { run?: Promise<Ran> } = {};

/** Three tasks through LocalContext: the second fails, the third leaves a symlink to itself. One run for all tests. */
export function stagedRun(): Promise<Ran> {
  return shared.run ??= runStaged();
}

async function runStaged(): Promise<Ran> {
  const directory = await Deno.makeTempDir({ prefix: "dpdisp-migration-" });
  globalThis.addEventListener(
    "unload",
    () => Deno.removeSync(directory, { recursive: true }),
  );
  const local = `${directory}/work`;
  for (const task of ["t0", "t1", "t2"]) {
    await Deno.mkdir(`${local}/${task}/data/empty`, { recursive: true });
    await Deno.writeTextFile(`${local}/${task}/in`, "x");
    await Deno.utime(`${local}/${task}/in`, OLD, OLD);
  }
  await Deno.writeTextFile(`${local}/t0/log`, "my own\n");
  const text = script(
    "LocalContext",
    "",
    `command = "python3"
task_work_path = "t*"
forward_files = ["in", "data"]
backward_files = ["out", "old", "latest", "loo*"]`,
    BODY,
  );
  await Deno.writeTextFile(`${local}/s.py`, text);
  const env = { ...Deno.env.toObject(), XDG_STATE_HOME: `${directory}/state` };
  return { local, ...await start(local, env) };
}
