/** All local files and directories that the config names, or all errors in them. */
import type { Config } from "../../model/config.ts";
import type { Diagnostic, Locate } from "../../model/diagnostic.ts";
import { isAbsolute, isOutside, join, normalise } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import { dirsOfRows } from "./task_dirs.ts";
import {
  cachedMatcher,
  dedupeInputs,
  type HashedInput,
  type MatchInputs,
} from "./match_inputs.ts";
import { hashScopeFor } from "./hash_exclusions.ts";
import type { HashCache } from "./content_hash.ts";

/** The directories of one row of task_list, and the inputs of each. */
export interface TaskRowInputs {
  readonly dirs: readonly string[];
  readonly found: readonly (readonly HashedInput[])[];
}

export interface GatheredInputs {
  readonly common: readonly HashedInput[];
  /** One for each row of task_list. */
  readonly rows: readonly TaskRowInputs[];
  readonly errors: readonly Diagnostic[];
}

export interface GatherContext {
  readonly files: Files;
  readonly hashCache: HashCache;
  readonly locate: Locate;
}

/** Finds the directories of all rows, then all inputs. */
export function gatherInputs(
  config: Config,
  base: string,
  { files, hashCache, locate }: GatherContext,
): GatheredInputs {
  const paths = config.tasks.map(({ dir }) => dir);
  const putInto = config.machine.context !== "LazyLocalContext";
  const dirRows = dirsOfRows(paths, { base, putInto, files });
  const dirs = dirRows.map((row) => row.ok ? row.value : []);
  const match = cachedMatcher(
    hashScopeFor(config, { base, dirs, files, hashCache }),
  );
  const commonFields = {
    inputs: "forward_common_files",
    outputs: "backward_common_files",
  };
  const taskFields = { inputs: "forward_files", outputs: "backward_files" };
  const { commonInputs: inputs, commonOutputs: outputs } = config;
  const common = gatherRow({
    dirs: ["."],
    inputs,
    outputs,
    fields: commonFields,
    locate,
  }, match);
  const rows = config.tasks.map(({ inputs, outputs }, at) =>
    gatherRow({
      dirs: dirs[at]!,
      inputs,
      outputs,
      fields: taskFields,
      locate: (...path) => locate("task_list", at, ...path),
    }, match)
  );
  const dirErrors = dirRows.flatMap((row, at) =>
    row.ok ? [] : [{
      location: locate("task_list", at, "task_work_path"),
      message: row.error,
    }]
  );
  return {
    common: common.found[0]!,
    rows,
    errors: [...dirErrors, ...[common, ...rows].flatMap((row) => row.errors)],
  };
}

interface RowRequest {
  readonly dirs: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The keys of the two in the input. */
  readonly fields: { readonly inputs: string; readonly outputs: string };
  readonly locate: Locate;
}

function gatherRow(
  request: RowRequest,
  match: MatchInputs,
): TaskRowInputs & { readonly errors: readonly Diagnostic[] } {
  const failed = request.inputs.map((): FailedMatch[] => []);
  const found = request.dirs.map((dir) =>
    dedupeInputs(request.inputs.flatMap((entry, at) => {
      const matched = match(dir, entry);
      if (!matched.ok) failed[at]!.push({ dir, error: matched.error });
      return matched.ok ? matched.value : [];
    }))
  );
  return {
    dirs: request.dirs,
    found,
    errors: [...inputErrors(failed, request), ...outputErrors(request)],
  };
}

interface FailedMatch {
  readonly dir: string;
  readonly error: string;
}

/** One error for each entry that fails, in however many directories. */
function inputErrors(
  failed: readonly (readonly FailedMatch[])[],
  request: RowRequest,
): readonly Diagnostic[] {
  const field = request.fields.inputs;
  return failed.flatMap(([first, ...others], at) => {
    if (first === undefined) return [];
    const where = `in directory ${JSON.stringify(first.dir)}${
      others.length > 0 ? ` and ${others.length} more` : ""
    }`;
    const message = `${field} ${
      JSON.stringify(request.inputs[at])
    } ${first.error} (${where})`;
    return [{ location: request.locate(field, at), message }];
  });
}

/** The patterns that would download results outside the work base. */
function outputErrors(
  { dirs, outputs, fields, locate }: RowRequest,
): readonly Diagnostic[] {
  const errors = outputs.map((pattern) => {
    const inner = normalise(pattern);
    if (isAbsolute(pattern)) return "must be a relative path";
    const isEscaping = isOutside(inner) &&
      dirs.some((dir) => isOutside(normalise(join(dir, inner))));
    return isEscaping ? "is outside the work base" : null;
  });
  return errors.flatMap((error, at) => {
    if (error === null) return [];
    const message = `${fields.outputs} ${JSON.stringify(outputs[at])} ${error}`;
    return [{ location: locate(fields.outputs, at), message }];
  });
}
