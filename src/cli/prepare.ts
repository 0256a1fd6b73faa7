/** From the name of a script to its plan, for run, check, plan, cancel, doctor and trust. */
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
  printDiagnostics,
  type PrintedFindings,
  printFailure,
} from "./print_errors.ts";
import type { JsonStream } from "./json_lines.ts";
import { outsideAccess } from "./outside_access.ts";
import { sha256 } from "../text/hash.ts";
import {
  askTrust,
  isTrusted,
  keepTrust,
  trustLines,
  trustName,
} from "./ask_trust.ts";
import type { Plan } from "../model/plan.ts";

export interface Prepared {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
  /** What the script may do only if it is trusted. */
  readonly needs: readonly Need[];
  /** The text of its script metadata. */
  readonly metadata: string;
  /** Stores the digests of the inputs for the next command. */
  readonly saveHashes: () => void;
}

export interface PrepareOptions {
  readonly allowRef: boolean;
  readonly json: JsonStream | null;
  /** This version must be able to run the script: what it does not support is an error, otherwise a warning. */
  readonly toRun?: true;
  /** Where input files of the script are missing the plan has no tasks, and its jobs can still be found. */
  readonly allowMissingInputs?: true;
}

/** The plan, or the exit code after the errors were printed. With `--json` the first line is written in both cases. */
export async function prepare(
  file: string,
  options: PrepareOptions,
  environment: Environment,
): Promise<Result<Prepared, number>> {
  const { json } = options;
  const unusable = environmentFailure(environment);
  if (unusable !== null) {
    return fail(printFailure(unusable, environment.terminal, json));
  }
  const bytes = readScript(file, environment);
  if (!bytes.ok) {
    return fail(printFailure(bytes.error, environment.terminal, json));
  }
  const prepared = await trustedPlanOf(file, bytes.value, options, environment);
  if (!prepared.ok) {
    return fail(printDiagnostics(prepared.error, environment.terminal, json));
  }
  const unsupported = options.toRun
    ? unsupportedReason(prepared.value.plan)
    : null;
  if (unsupported !== null) {
    return fail(printFailure(unsupported, environment.terminal, json));
  }
  json?.begin(prepared.value.plan);
  return prepared;
}

/** The plan of a script as if it were trusted, so that the user can be asked whether to trust it. */
export function prepareTrusted(
  file: string,
  environment: Environment,
): Promise<Result<Prepared, number>> {
  return prepare(
    file,
    { allowRef: true, json: null, allowMissingInputs: true },
    environment,
  );
}

/** A script is not larger; data belongs in other files. */
const MAX_SCRIPT_BYTES = 8 * 2 ** 20;

/** All that is wrong with the paths that every command depends on. */
function environmentFailure({ cwd, env }: Environment): Failure | null {
  // Where it is set, nothing is stored in the home directory.
  const state = env("XDG_STATE_HOME") ? "XDG_STATE_HOME" : "HOME";
  const home = env(state) ?? "";
  const problems = [
    ...cwd === "" ? ["the current directory has been removed"] : [],
    ...isBytesName(cwd)
      ? [`the path of the current directory is not UTF-8: ${showName(cwd)}`]
      : [],
    ...isBytesName(home) ? [`${state} is not UTF-8: ${showName(home)}`] : [],
  ];
  return problems.length === 0 ? null : {
    kind: "input",
    summary: "Cannot run dpdisp",
    detail: problems.join("; "),
    hint: cwd === "" || isBytesName(cwd)
      ? "Change to a directory whose whole path is UTF-8"
      : "Set XDG_STATE_HOME to a directory whose whole path is UTF-8",
    isRetryable: false,
  };
}

function readScript(
  file: string,
  { files, cwd }: Environment,
): Result<Uint8Array> {
  // Deno replaces what is not UTF-8 in the command line by U+FFFD.
  if (file.includes("\ufffd")) {
    return unreadable(file, "its name is not UTF-8, or contains U+FFFD");
  }
  const path = resolve(cwd, file);
  const stat = files.stat(path);
  if (stat === null) {
    return unreadable(file, `no such file: ${path}`);
  }
  if (stat.kind === "directory") {
    return unreadable(file, "it is a directory; name the Python script in it");
  }
  if (stat.bytes > MAX_SCRIPT_BYTES) {
    return unreadable(file, `it is larger than ${sizeText(MAX_SCRIPT_BYTES)}`);
  }
  const bytes = files.read(path, MAX_SCRIPT_BYTES);
  if (bytes !== null) return ok(bytes);
  return unreadable(
    file,
    stat.kind === "file"
      ? "permission denied"
      : `it is neither a regular file nor an open pipe, or it is larger than ${
        sizeText(MAX_SCRIPT_BYTES)
      }`,
  );
}

function unreadable(file: string, detail: string): Result<never> {
  const failure: Failure = {
    kind: "input",
    summary: `Cannot read ${JSON.stringify(file)}`,
    detail,
    isRetryable: false,
  };
  return fail(failure);
}

/**
 * The plan of a script that has the trust that it needs: by the flag, by an earlier command, or, where it would be
 * run, by the user at the terminal. Without trust nothing is read that needs it.
 */
async function trustedPlanOf(
  file: string,
  bytes: Uint8Array,
  options: PrepareOptions,
  environment: Environment,
): Promise<Result<Prepared, PrintedFindings>> {
  const document = parse(file, bytes);
  if (!document.ok) return document;
  const planWith = (allowRef: boolean) =>
    planOf(document.value, { ...options, allowRef }, environment);
  if (options.allowRef) return await planWith(true);
  const { terminal, cwd, trustStore } = environment;
  const script = resolve(cwd, file);
  const metadata = document.value.value.block;
  if (trustStore.recall(trustName(script), trustName(metadata)) !== null) {
    const known = await planWith(true);
    const isSame = known.ok &&
      isTrusted({ script, ...known.value }, environment);
    if (!known.ok || isSame) return known;
  }
  const plain = await planWith(false);
  const canAsk = options.toRun && !options.json && terminal.columns() !== null;
  if (plain.ok || !canAsk) return plain;
  const whole = await planWith(true);
  if (!whole.ok || whole.value.needs.length === 0) return plain;
  const { plan, needs } = whole.value;
  const lines = trustLines(
    needs,
    plan.config,
    outsideAccess(plan, environment),
  );
  if (!await askTrust(lines, environment)) return plain;
  const kept = keepTrust({ script, ...whole.value }, environment);
  // The user has trusted the script; where that cannot be stored, the next command asks again.
  if (!kept.ok) terminal.err(`warning: ${formatFailure(kept.error)}\n`);
  return whole;
}

async function planOf(
  { value: document, warnings: before }: {
    readonly value: ScriptMetadata;
    readonly warnings: readonly Diagnostic[];
  },
  { allowRef, allowMissingInputs, toRun }: PrepareOptions,
  environment: Environment,
): Promise<Result<Prepared, PrintedFindings>> {
  const { files, cwd, journals } = environment;
  const validated = await validate(document, {
    ...{ files, allowRef, cwd, home: environment.env("HOME") },
    opens: toRun ?? allowRef,
  });
  if (!validated.ok) return fail(withEarlier(before, validated.error));
  const { config, locate, needs } = validated.value;
  const warned = [...before, ...validated.value.warnings];
  const stateName = sha256(config.script.path).slice(0, 8);
  const hashCache = openHashCache(
    journals.readState(stateName),
    environment.clock.now(),
  );
  const sources = { files, cwd, hashCache, locate };
  const whole = planResumed(
    config,
    sources,
    (key) => lastEvents(journals, key),
  );
  const planned = whole.ok || !allowMissingInputs
    ? whole
    : buildPlan(withoutTasks(config), sources);
  if (!planned.ok) return fail(withEarlier(warned, planned.error));
  const { value, warnings } = planned.value;
  const saveHashes = () => {
    const text = hashCache.text();
    if (text !== null) journals.writeState(stateName, text);
  };
  const unsupported = unsupportedWarnings(value, document);
  return ok({
    plan: value,
    warnings: [...warned, ...warnings, ...unsupported],
    needs,
    metadata: document.block,
    saveHashes,
  });
}

/** A correct input may need another version of dpdisp. */
function unsupportedWarnings(
  plan: Plan,
  { table }: ScriptMetadata,
): readonly Diagnostic[] {
  const failure = unsupportedReason(plan);
  return failure === null ? [] : [{
    location: locationAt(table, ["machine"]),
    message: `${failure.detail}; ${lowerFirst(failure.hint ?? "")}`,
  }];
}

function withoutTasks(config: Config): Config {
  return { ...config, tasks: [], commonInputs: [], commonOutputs: [] };
}

function withEarlier(
  earlier: readonly Diagnostic[],
  { errors, warnings }: PrintedFindings,
): PrintedFindings {
  return { errors, warnings: [...earlier, ...warnings] };
}
