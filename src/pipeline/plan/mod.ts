/** Stage 3: from a valid config to a plan of everything that will happen. Reads local files through `Files`, changes nothing. */
import type { Config } from "../../model/config.ts";
import { runKeyOf, taskKeyMaker } from "./keys.ts";
import type { Diagnostic, Locate, Validated } from "../../model/diagnostic.ts";
import { type GatheredInputs, gatherInputs } from "./gather_inputs.ts";
import { scriptSizeErrors } from "./script_size.ts";
import { sharedLogWarnings } from "./shared_logs.ts";
import { expandDirectories } from "./expand_dirs.ts";
import { type HashCache, NOT_UTF8 } from "./content_hash.ts";
import { fail, ok } from "../../text/result.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { sha1 } from "../../text/hash.ts";
import { byCodeUnits } from "../../text/sort.ts";
import { join, normalise, resolve } from "../../text/path.ts";
import { showName } from "../../text/show_name.ts";
import { filesAt, runsInPlace } from "../../schema/backend_kinds.ts";
import type { Files } from "../../environment/environment.ts";
import type { Plan, Task } from "../../model/plan.ts";

export type { HashCache } from "./content_hash.ts";

export interface PlanContext {
  readonly files: Files;
  /** Absolute. */
  readonly cwd: string;
  readonly hashCache: HashCache;
  readonly locate: Locate;
}

/** The plan, or an error for each directory and file that does not exist, at the location that names it. */
export function buildPlan(
  config: Config,
  context: PlanContext,
): Validated<Plan> {
  const { files, cwd, locate } = context;
  const base = resolve(
    resolve(cwd, config.machine.localRoot ?? "."),
    config.workBase,
  );
  if (files.stat(base)?.kind !== "directory") {
    const message = `work_base ${JSON.stringify(base)} is not a directory`;
    return refuse([{ location: locate("work_base"), message }]);
  }
  const real = files.realPath(base);
  // With LazyLocalContext no file is copied into the work base.
  if (
    !runsInPlace(config.machine.context) &&
    isBytesName(real ?? "")
  ) {
    const message = `work_base ${JSON.stringify(base)} resolves to ${
      showName(real!)
    }: ${NOT_UTF8}`;
    return refuse([{ location: locate("work_base"), message }]);
  }
  const gathered = gatherInputs(config, base, context);
  if (gathered.errors.length > 0) return refuse(gathered.errors);
  const commonInputs = gathered.common.map(({ input }) => input);
  const remote = remotePlacement(config, base, cwd);
  const { text } = config.script;
  const tasks = tasksOf(config, gathered);
  const sizeErrors = scriptSizeErrors(config, tasks, locate);
  if (sizeErrors.length > 0) return refuse(sizeErrors);
  const value = {
    ...expandDirectories({ tasks, commonInputs }, files),
    ...remote,
    config,
    localDir: base,
    // Scripts that differ only in their table have separate copies, because each copy is removed with its run.
    script: { name: `script_${sha1(`${remote.runKey}\n${text}`)}.py`, text },
    commonOutputs: config.commonOutputs.map(normalise),
    header: config.header,
  };
  const dirs = gathered.rows.map(({ dirs }) => dirs);
  return ok({ value, warnings: sharedLogWarnings(config, dirs, locate) });
}

function refuse(errors: readonly Diagnostic[]): Validated<never> {
  return fail({ errors: errors.toSorted(byLocation), warnings: [] });
}

function byLocation(
  { location: a, message: first }: Diagnostic,
  { location: b, message: second }: Diagnostic,
): number {
  return byCodeUnits(a.file, b.file) || a.line - b.line ||
    a.column - b.column || byCodeUnits(first, second);
}

function tasksOf(
  config: Config,
  { common, rows }: GatheredInputs,
): readonly Task[] {
  const keyOf = taskKeyMaker(config, common);
  return config.tasks.flatMap(({ command, name, outputs, out, err }, row) => {
    const { dirs, found } = rows[row]!;
    const patterns = outputs.map(normalise);
    return dirs.map((dir, at) => {
      const key = keyOf({ command, dir, found: found[at]! });
      return {
        key,
        command,
        dir,
        ...name !== null && { name },
        inputs: found[at]!.map(({ input }) => input),
        outputs: patterns,
        stdoutFile: out,
        stderrFile: err,
      };
    });
  });
}

/** With LazyLocalContext the tasks run in the work base itself, otherwise in a remote directory of this run. */
function remotePlacement(
  config: Config,
  base: string,
  cwd: string,
): Pick<Plan, "runKey" | "remoteDir"> {
  const inPlace = runsInPlace(config.machine.context);
  const remoteRoot = inPlace ? null : remoteRootOf(config, cwd);
  const runKey = runKeyOf(config, base, remoteRoot);
  return {
    runKey,
    remoteDir: inPlace ? base : join(remoteRoot ?? ".", runKey),
  };
}

/** As written, for the shell of the remote host to expand; a local path is made absolute, unless it begins with `~` or a variable. */
function remoteRootOf(
  { machine: { context, remoteRoot } }: Config,
  cwd: string,
): string | null {
  if (remoteRoot === null) return null;
  if (filesAt(context) === "local copy" && !/^[~$]/.test(remoteRoot)) {
    return resolve(cwd, remoteRoot);
  }
  return remoteRoot.replace(/\/+$/, "");
}
