/** Files that a task both reads and writes: until a run is finished, its first version of them counts. */
import type { Config } from "../../model/config.ts";
import type { Event } from "../../model/event.ts";
import type { Validated } from "../../model/diagnostic.ts";
import { buildPlan, type HashCache, type PlanContext } from "./mod.ts";
import { ok } from "../../text/result.ts";
import { isPattern, nameMatcher } from "../../text/glob.ts";
import { replay } from "../../model/run_state/mod.ts";
import type { Plan } from "../../model/plan.ts";

/** Absolute path and content hash. */
export type InputSnapshot = readonly [path: string, hash: string];

/**
 * {@linkcode buildPlan}, but a task that has overwritten its own input keeps its
 * key until the run is finished. `past`: the events of the newest journal.
 */
export function planResumed(
  config: Config,
  around: PlanContext,
  past: (key: string) => readonly Event[],
): Validated<Plan> {
  const fresh = buildPlan(config, around);
  if (!fresh.ok) return fresh;
  const paths = inputsThatAreOutputs(fresh.value.value);
  if (paths.size === 0) return fresh;
  const snapshots = snapshotsOfOpenRun(past(fresh.value.value.runKey));
  if (!snapshots) {
    return withSnapshots(
      fresh,
      [...paths].flatMap((path) => snapshotOf(path, around)),
    );
  }
  const hashCache = withSnapshotHashes(
    around.hashCache,
    paths,
    new Map(snapshots),
  );
  return withSnapshots(buildPlan(config, { ...around, hashCache }), snapshots);
}

function withSnapshots(
  planned: Validated<Plan>,
  snapshots: readonly InputSnapshot[],
): Validated<Plan> {
  if (!planned.ok) return planned;
  const { value, warnings } = planned.value;
  return ok({ value: { ...value, inputSnapshots: snapshots }, warnings });
}

function snapshotsOfOpenRun(
  past: readonly Event[],
): readonly InputSnapshot[] | null {
  const { started, finished } = replay(past);
  return started === null || finished === "succeeded"
    ? null
    : started.inputSnapshots ?? [];
}

function snapshotOf(
  path: string,
  { files, hashCache }: PlanContext,
): readonly InputSnapshot[] {
  const stat = files.stat(path);
  const hash = stat && hashCache.get(path, stat);
  return hash ? [[path, hash]] : [];
}

/** A file that did not exist when the run began is a result, whatever pattern matches it. */
function withSnapshotHashes(
  hashCache: HashCache,
  paths: ReadonlySet<string>,
  snapshots: ReadonlyMap<string, string>,
): HashCache {
  return {
    get: (path, stat) =>
      paths.has(path) ? snapshots.get(path) ?? "" : hashCache.get(path, stat),
    set: (path, stat, hash) => hashCache.set(path, stat, hash),
  };
}

/** Inputs that a pattern of the same task's outputs matches. */
function inputsThatAreOutputs({ tasks }: Plan): ReadonlySet<string> {
  const matchers = new Map<readonly string[], (path: string) => boolean>();
  const paths = new Set<string>();
  for (const { dir, inputs, outputs } of tasks) {
    if (outputs.length === 0 || inputs.length === 0) continue;
    const isOutput = matchers.get(outputs) ?? matcherOf(outputs);
    matchers.set(outputs, isOutput);
    const inner = dir === "." ? 0 : dir.length + 1;
    for (const { localPath, remotePath, isDirectory } of inputs) {
      if (!isDirectory && isOutput(remotePath.slice(inner))) {
        paths.add(localPath);
      }
    }
  }
  return paths;
}

function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const literal = new Set(patterns);
  const magic = patterns.filter(isPattern).map((pattern) =>
    pattern.split("/").map(nameMatcher)
  );
  return (path) => {
    if (literal.has(path)) return true;
    const names = path.split("/");
    return magic.some((steps) =>
      steps.length === names.length &&
      steps.every((matches, i) => matches(names[i]!))
    );
  };
}
