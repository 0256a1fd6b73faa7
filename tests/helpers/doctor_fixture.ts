/** A doctor's visit to a remote host whose programs, home and site are what a test makes them. */
import { match, strictEqual } from "node:assert/strict";
import { shellBackend } from "../../src/backends/shell/mod.ts";
import type { Shell } from "../../src/contexts/shell.ts";
import type { Failure } from "../../src/text/result.ts";
import type { Scheduler } from "../../src/schedulers/scheduler.ts";
import { shell as shellScheduler } from "../../src/schedulers/shell.ts";
import { quote } from "../../src/script/quote.ts";
import { realEnvironment } from "../../src/environment/mod.ts";
import type { Clock } from "../../src/environment/environment.ts";
import {
  configOf,
  type Overrides,
  type Staging,
  stagingMachines,
} from "./config.ts";
import { namesIn, shims } from "./remote_dir.ts";
import { leaseHolder, planFor } from "./submission.ts";
import { fakeEnvironment } from "./environment.ts";
import { localShell } from "../../src/contexts/local/mod.ts";
import type { DoctorCheck } from "../../src/model/backend_messages.ts";

export interface DoctorSetup {
  /** Programs that come first on PATH there; sh. */
  readonly programs?: Record<string, string>;
  /** Text put before the script: another PATH, another home. */
  readonly first?: string;
  readonly shell?: Shell;
  readonly scheduler?: Scheduler;
  readonly staging?: Staging;
  readonly compress?: boolean;
  readonly root?: string;
  readonly config?: Overrides;
  /** Of the only task. */
  readonly command?: string;
  readonly clock?: Clock;
}

export interface DoctorRun {
  readonly checks: readonly DoctorCheck[];
  readonly failure: Failure | null;
  /** The checks of a name. */
  named(name: string): readonly DoctorCheck[];
  /** Names of those that are not well. */
  readonly notOk: readonly string[];
}

export async function runDoctor(setup: DoctorSetup = {}): Promise<DoctorRun> {
  const top = await Deno.realPath(await Deno.makeTempDir());
  const path = shims(setup.programs ?? {});
  const { root = `${top}/root`, command = "sh", config } = setup;
  const machine = {
    ...stagingMachines[setup.staging ?? "copy"],
    ...config?.machine,
  };
  const plan = planFor({ root, base: top });
  const backend = shellBackend({
    plan: {
      ...plan,
      config: configOf({ ...config, machine }),
      tasks: plan.tasks.map((task) => ({ ...task, command })),
    },
    session: leaseHolder(),
    shell: withFirstLines(
      `PATH=${quote(path)}; export PATH\n${setup.first ?? ""}\n`,
      setup.shell ?? localShell(null),
    ),
    scheduler: setup.scheduler ?? shellScheduler,
    canCompress: setup.compress ?? false,
    environment: fakeEnvironment({
      random: () => crypto.randomUUID().slice(0, 8),
      clock: (setup.clock ?? realEnvironment().clock) as never,
    }),
  });
  const checks: DoctorCheck[] = [];
  const failures: Failure[] = [];
  for await (const check of backend.doctor()) {
    if (check.ok) checks.push(check.value);
    else failures.push(check.error);
  }
  await backend[Symbol.asyncDispose]();
  const left = namesIn(top);
  await Deno.remove(top, { recursive: true });
  await Deno.remove(path.split(":")[0]!, { recursive: true });
  if (left.length > 0) throw new Error(`a doctor left ${left}`);
  return {
    checks,
    failure: failures[0] ?? null,
    named: (name) => checks.filter((check) => check.name === name),
    notOk: checks.filter(({ state }) => state !== "ok").map(({ name }) => name),
  };
}

/** The same shell, whose scripts begin with this text. */
function withFirstLines(first: string, inner: Shell): Shell {
  return {
    ...inner,
    open: (script, io) => inner.open(`${first}${script}`, io),
  };
}

/** The only check of a name; its state, what was seen and what to do must be as these say. */
export function checkIs(
  checks: readonly DoctorCheck[],
  state: DoctorCheck["state"],
  detail: RegExp,
  hint?: RegExp,
): void {
  strictEqual(checks.length, 1, JSON.stringify(checks));
  const [check] = checks;
  strictEqual(check!.state, state, JSON.stringify(check));
  match(check!.detail, detail);
  strictEqual(check!.hint === undefined, state === "ok");
  if (hint) match(check!.hint!, hint);
}
