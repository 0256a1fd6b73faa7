/** Files that a task both reads and writes: while a run is open they count as they were when it began. */
import type { Config } from "../../model/config.ts";
import type { Event } from "../../model/event.ts";
import type { Checked } from "../../model/diagnostic.ts";
import { type Digests, plan, type Surroundings } from "./mod.ts";
import { ok } from "../../text/result.ts";
import { isPattern, nameMatcher } from "../../text/glob.ts";
import { replay } from "../../model/run_state/mod.ts";
import type { Plan } from "../../model/plan.ts";

/** Absolute path and content digest. */
export type Pin = readonly [path: string, digest: string];

/**
 * {@linkcode plan}, but a task that ran and wrote over its own input keeps its
 * key until the run is closed. `past`: the events of the newest journal.
 */
export function planPinned(
  config: Config,
  around: Surroundings,
  past: (key: string) => readonly Event[],
): Checked<Plan> {
  const fresh = plan(config, around);
  if (!fresh.ok) return fresh;
  const paths = inOuts(fresh.value.value);
  if (paths.size === 0) return fresh;
  const pins = pinsOfOpenRun(past(fresh.value.value.key));
  if (!pins) {
    return withPins(
      fresh,
      [...paths].flatMap((path) => pinOf(path, around)),
    );
  }
  const digests = pinned(around.digests, paths, new Map(pins));
  return withPins(plan(config, { ...around, digests }), pins);
}

function withPins(planned: Checked<Plan>, pins: readonly Pin[]): Checked<Plan> {
  if (!planned.ok) return planned;
  const { value, warnings } = planned.value;
  return ok({ value: { ...value, pins }, warnings });
}

function pinsOfOpenRun(past: readonly Event[]): readonly Pin[] | null {
  const { began, finished } = replay(past);
  return began === null || finished === "done" ? null : began.pins ?? [];
}

function pinOf(path: string, { files, digests }: Surroundings): readonly Pin[] {
  const stat = files.stat(path);
  const digest = stat && digests.get(path, stat);
  return digest ? [[path, digest]] : [];
}

/** What was not there when the run began is a result, whatever pattern meets it. */
function pinned(
  digests: Digests,
  paths: ReadonlySet<string>,
  pins: ReadonlyMap<string, string>,
): Digests {
  return {
    get: (path, stat) =>
      paths.has(path) ? pins.get(path) ?? "" : digests.get(path, stat),
    set: (path, stat, digest) => digests.set(path, stat, digest),
  };
}

/** Inputs that a pattern of the same task's outputs matches. */
function inOuts({ tasks }: Plan): ReadonlySet<string> {
  const matchers = new Map<readonly string[], (path: string) => boolean>();
  const paths = new Set<string>();
  for (const { dir, inputs, outputs } of tasks) {
    if (outputs.length === 0 || inputs.length === 0) continue;
    const isOutput = matchers.get(outputs) ?? matcherOf(outputs);
    matchers.set(outputs, isOutput);
    const inner = dir === "." ? 0 : dir.length + 1;
    for (const { from, to, folder } of inputs) {
      if (!folder && isOutput(to.slice(inner))) paths.add(from);
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
