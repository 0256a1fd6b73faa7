/** A submission whose inputs and results travel between a local directory and an opened context. */
import type { Backend } from "../../../src/backends/backend.ts";
import { shellBackend } from "../../../src/backends/shell/mod.ts";
import type { Shell } from "../../../src/contexts/shell.ts";
import type { Result } from "../../../src/text/result.ts";
import { shell as shellScheduler } from "../../../src/schedulers/shell.ts";
import { quote } from "../../../src/script/quote.ts";
import { configOf, stagingMachines } from "../config.ts";
import type { ContractContext, OpenContext } from "./mod.ts";
import { KEY } from "../remote_dir.ts";
import { leaseHolder } from "../submission.ts";
import { runScript, textOf } from "../run_script.ts";
import { fakeEnvironment } from "../environment.ts";
import type { Input, Plan } from "../../../src/model/plan.ts";
import type {
  CollectReply,
  CollectRequest,
  RemoteState,
  StageReply,
} from "../../../src/model/backend_messages.ts";

export interface ContractFixture extends AsyncDisposable {
  readonly base: string;
  readonly context: ContractContext;
  /** A local file; its directories are made. */
  put(path: string, text?: string, mode?: number): void;
  /** Puts local paths of these names on the remote host, for tasks in `dirs`. */
  stage(
    names: readonly string[],
    dirs?: readonly string[],
  ): Promise<Result<StageReply>>;
  /** What a script says that runs in the far root; throws where it fails. */
  there(script: string): Promise<string>;
  collect(
    patterns: readonly string[],
    more?: Partial<CollectRequest>,
  ): Promise<CollectReply>;
  /** The same submission over another shell; `dirs`: its tasks' directories. */
  backendOver(shell: Shell, dirs?: readonly string[]): Backend;
}

export async function openFixture(
  open: OpenContext,
  base = newBase(),
): Promise<ContractFixture> {
  const context = await open(base);
  const backendOf = (shell: Shell, plan: Plan) =>
    shellBackend({
      plan,
      session: leaseHolder(),
      shell,
      scheduler: shellScheduler,
      canCompress: context.compress ?? false,
      environment: fakeEnvironment({
        random: () => crypto.randomUUID().slice(0, 8),
      }),
    });
  const backend = backendOf(context.shell, planOf(base, context, [], ["."]));
  return {
    base,
    context,
    put: (path, text = `text of ${path}`, mode = 0o644) =>
      putFile(`${base}/${path}`, text, mode),
    async stage(names, dirs = ["."]) {
      const plan = planOf(base, context, names, dirs);
      const backend = backendOf(context.shell, plan);
      const found = await backend.lease!.acquire(null);
      return found.ok
        ? await backend.stage(plan.tasks, "run1", found.value)
        : found;
    },
    there: (script) => sayThere(context, script),
    async collect(patterns, more = {}) {
      const found = await backend.inspect();
      if (!found.ok) throw new Error(found.error.detail);
      const reply = await backend.collect([
        { dir: ".", required: patterns, optional: [], ...more },
      ], found.value);
      if (!reply.ok) throw new Error(reply.error.detail);
      return reply.value;
    },
    backendOver: (shell, dirs = ["."]) =>
      backendOf(shell, planOf(base, context, [], dirs)),
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await Deno.remove(base, { recursive: true });
    },
  };
}

function newBase(): string {
  return Deno.realPathSync(Deno.makeTempDirSync({ prefix: "the 'base' " }));
}

function putFile(path: string, text: string, mode: number): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(path, text);
  Deno.chmodSync(path, mode);
}

async function sayThere({ shell, root }: ContractContext, script: string) {
  const { code, stdout, stderr } = await runScript(
    shell,
    `set -e; cd ${quote(root)}\n${script}`,
  );
  if (code !== 0) throw new Error(textOf(stderr));
  return textOf(stdout);
}

function planOf(
  base: string,
  { root, staging }: ContractContext,
  names: readonly string[],
  dirs: readonly string[],
): Plan {
  const inputs = names.map((name): Input => ({
    localPath: `${base}/${name}`,
    remotePath: name,
    isDirectory: isFolder(`${base}/${name}`),
    bytes: 0,
  }));
  return {
    runKey: KEY,
    config: configOf({ machine: stagingMachines[staging] }),
    localDir: base,
    remoteDir: root,
    script: { name: "script_1.py", text: "print('hello')\n" },
    tasks: dirs.map((dir, i) => ({
      key: `t${i}`,
      command: "sh",
      dir,
      inputs: i === 0 ? inputs : [],
      outputs: [],
      stdoutFile: "log",
      stderrFile: "err",
    })),
    commonInputs: [],
    commonOutputs: [],
    header: null,
  };
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** What an inspection says of a directory that is on the remote host. */
export async function inspected(
  fixture: ContractFixture,
): Promise<RemoteState> {
  const found = await fixture.backendOver(fixture.context.shell).inspect();
  if (!found.ok) throw new Error(found.error.detail);
  return found.value;
}

/** Files below a directory, each with its text; links as `-> target`, our own directory left out. */
export function treeOf(directory: string, below = ""): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    if (name === ".dpdisp" || name === "script_1.py") continue;
    if (isSymlink) tree[below + name] = `-> ${Deno.readLinkSync(path)}`;
    else if (isDirectory) Object.assign(tree, treeOf(path, `${below}${name}/`));
    else tree[below + name] = Deno.readTextFileSync(path);
  }
  return tree;
}

/** Puts the files in place; throws where that fails. */
export async function staged(
  fixture: ContractFixture,
  names: readonly string[],
  dirs?: readonly string[],
): Promise<void> {
  const result = await fixture.stage(names, dirs);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
}

/** Registers tests of a context, each with a lab of its own. */
export function checker(
  name: string,
  open: OpenContext,
): (
  sentence: string,
  body: (fixture: ContractFixture) => Promise<void>,
) => void {
  return (sentence, body) =>
    Deno.test(`${name}: ${sentence}`, async () => {
      await using fixture = await openFixture(open);
      await body(fixture);
    });
}
