/** Everything on this machine that the config names, or every error about it. */
import type { Config } from "../../model/config.ts";
import type { Diagnostic, SourceLocation } from "../../model/diagnostic.ts";
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

/** The folders of one row of task_list, and what each is given. */
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

/** Looks for the folders of all rows, then for all inputs. */
export function gatherInputs(
  config: Config,
  base: string,
  files: Files,
  digests: HashCache,
): GatheredInputs {
  const placeIn =
    (...above: readonly (string | number)[]): Config["locate"] => (...path) =>
      config.locate(...above, ...path);
  const paths = config.tasks.map(({ dir: folder }) => folder);
  const folders = dirsOfRows(paths, base, files);
  const dirs = folders.map((row) => row.ok ? row.value : []);
  const match = cachedMatcher(
    hashScopeFor(config, { base, dirs, files, digests }),
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
    locate: placeIn(),
  }, match);
  const rows = config.tasks.map(({ inputs, outputs }, at) =>
    gatherRow({
      dirs: dirs[at]!,
      inputs,
      outputs,
      fields: taskFields,
      locate: placeIn("task_list", at),
    }, match)
  );
  const lost = folders.flatMap((row, at) =>
    row.ok ? [] : [{
      location: placeIn("task_list", at)("task_work_path"),
      message: row.error,
    }]
  );
  return {
    common: common.found[0]!,
    rows,
    errors: [...lost, ...[common, ...rows].flatMap((row) => row.errors)],
  };
}

interface Wanted {
  readonly dirs: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What the user's file calls the two. */
  readonly fields: { readonly inputs: string; readonly outputs: string };
  locate(...path: readonly (string | number)[]): SourceLocation;
}

function gatherRow(
  wanted: Wanted,
  match: MatchInputs,
): TaskRowInputs & { readonly errors: readonly Diagnostic[] } {
  const failed = wanted.inputs.map((): Failed[] => []);
  const found = wanted.dirs.map((dir) =>
    dedupeInputs(wanted.inputs.flatMap((entry, at) => {
      const matched = match(dir, entry);
      if (!matched.ok) failed[at]!.push({ dir, error: matched.error });
      return matched.ok ? matched.value : [];
    }))
  );
  return {
    dirs: wanted.dirs,
    found,
    errors: [...inputErrors(failed, wanted), ...outputErrors(wanted)],
  };
}

interface Failed {
  readonly dir: string;
  readonly error: string;
}

/** One for each entry that fails, in however many folders it does. */
function inputErrors(
  failed: readonly (readonly Failed[])[],
  wanted: Wanted,
): readonly Diagnostic[] {
  const field = wanted.fields.inputs;
  return failed.flatMap(([first, ...others], at) => {
    if (first === undefined) return [];
    const where = `folder ${JSON.stringify(first.dir)}${
      others.length > 0 ? ` and ${others.length} more` : ""
    }`;
    const message = `${field} ${
      JSON.stringify(wanted.inputs[at])
    } ${first.error} (${where})`;
    return [{ location: wanted.locate(field, at), message }];
  });
}

/** The patterns that would bring results to a place outside the work base. */
function outputErrors(
  { dirs, outputs, fields, locate }: Wanted,
): readonly Diagnostic[] {
  const errors = outputs.map((pattern) => {
    const inner = normalise(pattern);
    if (isAbsolute(pattern)) return "must be a relative path";
    const leads = isOutside(inner) &&
      dirs.some((dir) => isOutside(normalise(join(dir, inner))));
    return leads ? "leads out of the work base" : null;
  });
  return errors.flatMap((error, at) => {
    if (error === null) return [];
    const message = `${fields.outputs} ${JSON.stringify(outputs[at])} ${error}`;
    return [{ location: locate(fields.outputs, at), message }];
  });
}
