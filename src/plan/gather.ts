/** Everything on this machine that the config names, or every mistake about it. */
import type { Config } from "../config.ts";
import type { Mistake, Place } from "../mistake.ts";
import { isAbsolute, join, leadsOut, normalise } from "../text/path.ts";
import type { Files } from "../world.ts";
import { dirsOfRows } from "./dirs.ts";
import { type Found, type Match, rememberingMatch, settle } from "./inputs.ts";
import { looksAt } from "./looks.ts";
import type { Digests } from "./tree.ts";

/** The folders of one row of task_list, and what each is given. */
export interface Row {
  readonly dirs: readonly string[];
  readonly found: readonly (readonly Found[])[];
}

export interface Gathered {
  readonly common: readonly Found[];
  /** One for each row of task_list. */
  readonly rows: readonly Row[];
  readonly mistakes: readonly Mistake[];
}

/** Looks for the folders of all rows, then for all inputs. */
export function gather(
  config: Config,
  base: string,
  files: Files,
  digests: Digests,
): Gathered {
  const placeIn =
    (...above: readonly (string | number)[]): Config["placeOf"] => (...path) =>
      config.placeOf(...above, ...path);
  const paths = config.tasks.map(({ folder }) => folder);
  const putInto = config.machine.context !== "LazyLocalContext";
  const folders = dirsOfRows(paths, { base, putInto, files });
  const dirs = folders.map((row) => row.ok ? row.value : []);
  const match = rememberingMatch(
    looksAt(config, { base, dirs, files, digests }),
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
    placeOf: placeIn(),
  }, match);
  const rows = config.tasks.map(({ inputs, outputs }, at) =>
    gatherRow({
      dirs: dirs[at]!,
      inputs,
      outputs,
      fields: taskFields,
      placeOf: placeIn("task_list", at),
    }, match)
  );
  const lost = folders.flatMap((row, at) =>
    row.ok ? [] : [{
      place: placeIn("task_list", at)("task_work_path"),
      message: row.error,
    }]
  );
  return {
    common: common.found[0]!,
    rows,
    mistakes: [...lost, ...[common, ...rows].flatMap((row) => row.mistakes)],
  };
}

interface Wanted {
  readonly dirs: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What the user's file calls the two. */
  readonly fields: { readonly inputs: string; readonly outputs: string };
  placeOf(...path: readonly (string | number)[]): Place;
}

function gatherRow(
  wanted: Wanted,
  match: Match,
): Row & { readonly mistakes: readonly Mistake[] } {
  const failed = wanted.inputs.map((): Failed[] => []);
  const found = wanted.dirs.map((dir) =>
    settle(wanted.inputs.flatMap((entry, at) => {
      const matched = match(dir, entry);
      if (!matched.ok) failed[at]!.push({ dir, error: matched.error });
      return matched.ok ? matched.value : [];
    }))
  );
  return {
    dirs: wanted.dirs,
    found,
    mistakes: [...inputMistakes(failed, wanted), ...outputMistakes(wanted)],
  };
}

interface Failed {
  readonly dir: string;
  readonly error: string;
}

/** One for each entry that fails, in however many folders it does. */
function inputMistakes(
  failed: readonly (readonly Failed[])[],
  wanted: Wanted,
): readonly Mistake[] {
  const field = wanted.fields.inputs;
  return failed.flatMap(([first, ...others], at) => {
    if (first === undefined) return [];
    const where = `folder ${JSON.stringify(first.dir)}${
      others.length > 0 ? ` and ${others.length} more` : ""
    }`;
    const message = `${field} ${
      JSON.stringify(wanted.inputs[at])
    } ${first.error} (${where})`;
    return [{ place: wanted.placeOf(field, at), message }];
  });
}

/** The patterns that would bring results to a place outside the work base. */
function outputMistakes(
  { dirs, outputs, fields, placeOf }: Wanted,
): readonly Mistake[] {
  const errors = outputs.map((pattern) => {
    const inner = normalise(pattern);
    if (isAbsolute(pattern)) return "must be a relative path";
    const leads = leadsOut(inner) &&
      dirs.some((dir) => leadsOut(normalise(join(dir, inner))));
    return leads ? "leads out of the work base" : null;
  });
  return errors.flatMap((error, at) => {
    if (error === null) return [];
    const message = `${fields.outputs} ${JSON.stringify(outputs[at])} ${error}`;
    return [{ place: placeOf(fields.outputs, at), message }];
  });
}
