/** From a file's name to its plan: what run, check, plan and cancel have in common. */
import { unsupportedReason } from "../backends/open.ts";
import type { Config } from "../model/config.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { parse, type ScriptMetadata } from "../pipeline/parse/mod.ts";
import { locationAt } from "../pipeline/parse/node.ts";
import { openHashCache } from "../pipeline/plan/hash_cache.ts";
import { planResumed } from "../pipeline/plan/input_snapshots.ts";
import { buildPlan } from "../pipeline/plan/mod.ts";
import {
  fail,
  type Failure,
  formatFailure,
  ok,
  type Result,
} from "../text/result.ts";
import { lastEvents } from "../engine/session/generation.ts";
import { isBytesName } from "../text/bytes_name.ts";
import { resolve } from "../text/path.ts";
import { showName } from "../text/show_name.ts";
import { lowerFirst } from "../text/grammar.ts";
import { validate } from "../pipeline/validate/mod.ts";
import type { Need } from "../pipeline/validate/trust_needs.ts";
import { sizeText } from "../pipeline/validate/read_small.ts";
import type { Environment } from "../environment/environment.ts";
import {
  type Findings,
  printDiagnostics,
  printFailure,
} from "./print_errors.ts";
import { outsideAccess } from "./outside_access.ts";
import { askTrust, isTrusted, keepTrust, trustLines } from "./ask_trust.ts";
import type { Plan } from "../model/plan.ts";

export interface Prepared {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
  /** What the script may do only once it is trusted. */
  readonly needs: readonly Need[];
  /** The text of its block. */
  readonly metadata: string;
  /** Keeps what was read of the inputs for the next command. */
  readonly remember: () => void;
}

export interface PrepareOptions {
  readonly allowRef: boolean;
  readonly json: boolean;
  /** This version must be able to run it: what it lacks is a refusal, and else a warning. */
  readonly toRun?: true;
  /** Of a script whose files are gone its jobs can still be found: the plan has no tasks then. */
  readonly orOnlyJobs?: true;
}

/** The plan, or the exit code after what is wrong was told. */
export async function prepare(
  file: string,
  asked: PrepareOptions,
  world: Environment,
): Promise<Result<Prepared, number>> {
  const { json } = asked;
  const lacking = surroundingsLack(world);
  if (lacking !== null) {
    return fail(printFailure(lacking, world.terminal, json));
  }
  const bytes = readScript(file, world);
  if (!bytes.ok) return fail(printFailure(bytes.error, world.terminal, json));
  const prepared = await trustedPlanOf(file, bytes.value, asked, world);
  if (!prepared.ok) {
    return fail(printDiagnostics(prepared.error, world.terminal, json));
  }
  const lack = asked.toRun ? unsupportedReason(prepared.value.plan) : null;
  return lack === null
    ? prepared
    : fail(printFailure(lack, world.terminal, json));
}

/** As far as the user may be asked whether to trust it. */
export function prepareTrusted(
  file: string,
  world: Environment,
): Promise<Result<Prepared, number>> {
  return prepare(
    file,
    { allowRef: true, json: false, orOnlyJobs: true },
    world,
  );
}

/** Data has files of its own. */
const MOST_SCRIPT = 8 * 2 ** 20;

/** Paths that everything else is built on, all that is wrong with them at once. */
function surroundingsLack({ cwd, env }: Environment): Failure | null {
  // Where it is set, nothing else is kept in the home directory.
  const state = env("XDG_STATE_HOME") ? "XDG_STATE_HOME" : "HOME";
  const home = env(state) ?? "";
  const saw = [
    ...cwd === "" ? ["the current directory has been removed"] : [],
    ...isBytesName(cwd)
      ? [`the path of the current directory is not UTF-8: ${showName(cwd)}`]
      : [],
    ...isBytesName(home) ? [`${state} is not UTF-8: ${showName(home)}`] : [],
  ];
  return saw.length === 0 ? null : {
    kind: "input",
    summary: "Cannot work here",
    detail: saw.join("; "),
    hint: cwd === "" || isBytesName(cwd)
      ? "Run it from a directory whose whole path is UTF-8"
      : "Set XDG_STATE_HOME to a directory whose whole path is UTF-8",
    isRetryable: false,
  };
}

function readScript(
  file: string,
  { files, cwd }: Environment,
): Result<Uint8Array> {
  // What is not UTF-8 in the command line comes as U+FFFD.
  if (file.includes("\ufffd")) {
    return unreadable(file, "its name is not UTF-8, or holds U+FFFD");
  }
  const path = resolve(cwd, file);
  const stat = files.stat(path);
  if (stat === null) {
    return unreadable(file, `there is no such file; looked for ${path}`);
  }
  if (stat.kind === "folder") {
    return unreadable(file, "it is a folder; name the Python script in it");
  }
  if (stat.bytes > MOST_SCRIPT) {
    return unreadable(file, `it is larger than ${sizeText(MOST_SCRIPT)}`);
  }
  const bytes = files.read(path, MOST_SCRIPT);
  if (bytes !== null) return ok(bytes);
  return unreadable(
    file,
    stat.kind === "file"
      ? "permission denied"
      : `it is neither a regular file nor a pipe that is open already, or gives more than ${
        sizeText(MOST_SCRIPT)
      }`,
  );
}

function unreadable(file: string, saw: string): Result<never> {
  const failure: Failure = {
    kind: "input",
    summary: `Cannot read ${JSON.stringify(file)}`,
    detail: saw,
    isRetryable: false,
  };
  return fail(failure);
}

/**
 * The plan of a script that has the trust that it needs: by the flag, by an earlier command, or, where it would be
 * run, by whoever sits at the terminal. Without it nothing is read that needs it.
 */
async function trustedPlanOf(
  file: string,
  bytes: Uint8Array,
  asked: PrepareOptions,
  world: Environment,
): Promise<Result<Prepared, Findings>> {
  const document = parse(file, bytes);
  if (!document.ok) return document;
  const planWith = (allowRef: boolean) =>
    planOf(document.value, { ...asked, allowRef }, world);
  if (asked.allowRef) return await planWith(true);
  const { terminal, cwd, trustStore } = world;
  const script = resolve(cwd, file);
  const metadata = document.value.value.block;
  if (trustStore.recall(script, metadata) !== null) {
    const known = await planWith(true);
    const isSame = known.ok &&
      isTrusted({ script, ...known.value }, world);
    if (!known.ok || isSame) return known;
  }
  const plain = await planWith(false);
  const mayAsk = asked.toRun && !asked.json && terminal.columns() !== null;
  if (plain.ok || !mayAsk) return plain;
  const whole = await planWith(true);
  if (!whole.ok || whole.value.needs.length === 0) return plain;
  const { plan, needs } = whole.value;
  const lines = trustLines(needs, plan.config, outsideAccess(plan, world));
  if (!await askTrust(lines, world)) return plain;
  const kept = keepTrust({ script, ...whole.value }, world);
  // It was said to be trusted: what cannot be kept is asked again.
  if (!kept.ok) terminal.err(`${formatFailure(kept.error)}\n`);
  return whole;
}

async function planOf(
  { value: document, warnings: before }: {
    readonly value: ScriptMetadata;
    readonly warnings: readonly Diagnostic[];
  },
  { allowRef, orOnlyJobs, toRun }: PrepareOptions,
  world: Environment,
): Promise<Result<Prepared, Findings>> {
  const { files, cwd, journals } = world;
  const validated = await validate(document, {
    ...{ files, allowRef, cwd, home: world.env("HOME") },
    opens: toRun ?? allowRef,
  });
  if (!validated.ok) return fail(withEarlier(before, validated.error));
  const { config, locate, needs } = validated.value;
  const warned = [...before, ...validated.value.warnings];
  const { path } = config.script;
  const digests = openHashCache(journals.readState(path), world.clock.now());
  const surroundings = { files, cwd, digests, locate };
  const whole = planResumed(
    config,
    surroundings,
    (key) => lastEvents(journals, key),
  );
  const planned = whole.ok || !orOnlyJobs
    ? whole
    : buildPlan(withoutTasks(config), surroundings);
  if (!planned.ok) return fail(withEarlier(warned, planned.error));
  const { value, warnings } = planned.value;
  const remember = () => {
    const text = digests.text();
    if (text !== null) journals.writeState(path, text);
  };
  const lacking = lackWarnings(value, document);
  return ok({
    plan: value,
    warnings: [...warned, ...warnings, ...lacking],
    needs,
    metadata: document.block,
    remember,
  });
}

/** An input may be right and still be for another version of dpdisp. */
function lackWarnings(
  plan: Plan,
  { table }: ScriptMetadata,
): readonly Diagnostic[] {
  const lack = unsupportedReason(plan);
  return lack === null ? [] : [{
    location: locationAt(table, ["machine"]),
    message: `${lack.detail}; ${lowerFirst(lack.hint ?? "")}`,
  }];
}

function withoutTasks(config: Config): Config {
  return { ...config, tasks: [], commonInputs: [], commonOutputs: [] };
}

function withEarlier(
  earlier: readonly Diagnostic[],
  { errors, warnings }: Findings,
): Findings {
  return { errors, warnings: [...earlier, ...warnings] };
}
