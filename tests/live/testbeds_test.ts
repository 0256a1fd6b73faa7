/** The testbeds of scripts/testbeds themselves. */
import { match, ok, strictEqual } from "node:assert/strict";
import { dirname } from "node:path";

const folder = `${import.meta.dirname}/../../scripts/testbeds/`;

type Variables = Readonly<Record<string, string>>;

interface Testbed {
  readonly env: Variables;
  /** Runs a line of sh with the testbed's variables. */
  ask(line: string): Promise<string>;
}

async function run(command: readonly string[], env: Variables) {
  const { code, stdout, stderr } = await new Deno.Command(command[0]!, {
    args: command.slice(1),
    env: { ...env },
    cwd: "/",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { code, out: text(stdout), err: text(stderr) };
}

/** A testbed in a directory of its own, stopped at the end; afterwards nothing of it may live. */
async function withTestbed(
  command: readonly string[],
  use: (testbed: Testbed) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "dpdisp-testbed-" });
  const own = { DPDISP_TESTBED_DIR: root };
  const script = `${folder}${command[0]}`;
  try {
    const started = await run([script, "start", ...command.slice(1)], own);
    strictEqual(started.code, 0, started.err);
    const env = { ...own, ...assignments(started.out) };
    const ask = async (line: string) =>
      (await run(["sh", "-c", line], env)).out;
    await use({ env, ask });
  } finally {
    strictEqual((await run([script, "stop"], own)).code, 0);
    strictEqual((await run([script, "status"], own)).code, 1);
    strictEqual(
      (await run(["grep", "-lazF", root, ...environs()], {})).out,
      "",
    );
    await Deno.remove(root, { recursive: true });
  }
}

function assignments(text: string): Variables {
  return Object.fromEntries(
    [...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [
      name!,
      value!,
    ]),
  );
}

/** The environments of all processes but this one and its own. */
function environs(): readonly string[] {
  return [...Deno.readDirSync("/proc")]
    .filter(({ name }) => /^\d+$/.test(name) && name !== String(Deno.pid))
    .map(({ name }) => `/proc/${name}/environ`);
}

/** Asks until the answer fits; a minute is plenty for a job that does nothing. */
async function until(
  ask: () => Promise<string>,
  wanted: RegExp,
  end = Date.now() + 60_000,
): Promise<void> {
  const answer = await ask();
  if (Date.now() > end) return match(answer, wanted);
  if (wanted.test(answer)) return;
  await new Promise((resolve) => setTimeout(resolve, 200));
  await until(ask, wanted, end);
}

Deno.test({
  name:
    "a Slurm testbed runs a job on each of its nodes and rejects a walltime over the limit",
  async fn() {
    await withTestbed(["slurm.sh"], async ({ env, ask }) => {
      const work = dirname(env.SLURM_CONF!);
      const one = await ask(
        `cd ${work} && sbatch --parsable -w n1 --wrap 'exit 0'`,
      );
      const two = await ask(
        `cd ${work} && sbatch --parsable -w n2 --wrap 'exit 3'`,
      );
      const states = `squeue -h -t all -j ${one},${two} -S i -o %T`;
      await until(() => ask(states), /^COMPLETED\nFAILED$/);
      match(
        await ask("sbatch -p brief -t 9 --wrap true 2>&1"),
        /time limit is invalid/,
      );
      match(await ask("sacct 2>&1"), /accounting storage is disabled/);
    });
  },
});

Deno.test({
  name: "a Slurm testbed with accounting shows how a job ended",
  async fn() {
    await withTestbed(["slurm.sh", "--accounting"], async ({ env, ask }) => {
      const work = dirname(env.SLURM_CONF!);
      const id = await ask(`cd ${work} && sbatch --parsable --wrap 'exit 3'`);
      const ended = `sacct -n -P -X -j ${id} -o State,ExitCode`;
      await until(() => ask(ended), /^FAILED\|3:0$/);
      match(await ask("sbatch -A nobody --wrap true 2>&1"), /Invalid account/);
    });
  },
});

Deno.test({
  name:
    "a Grid Engine testbed runs a plain user's job in a parallel environment",
  async fn() {
    await withTestbed(["sge.sh"], async ({ env, ask }) => {
      const user = `runuser -u ${env.DPDISP_TESTBED_USER} --`;
      const id = await ask(
        `echo 'exit 3' | ${user} qsub -terse -S /bin/sh -o /dev/null -j y -pe mpi 16`,
      );
      ok(Number(id) > 0, id);
      await until(() => ask(`qacct -j ${id} 2>&1`), /^exit_status +3 *$/m);
      match(await ask(`qacct -j ${id}`), /^slots +16 *$/m);
    });
  },
});
