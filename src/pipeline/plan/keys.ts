/** Task keys identify what is computed. Where it runs (queue, nodes, packing, retries, credentials) does not change them. */
import type { Config } from "../../model/config.ts";
import type { HashedInput } from "./match_inputs.ts";
import type { TaskKey } from "../../model/job.ts";
import type { ChangeEffect, Fields } from "../../schema/field.ts";
import { profiles } from "../../schema/profiles/mod.ts";
import { resources as resourceFields } from "../../schema/resources.ts";
import { sha256, shortHash } from "../../text/hash.ts";

/** The parts of a task key that differ between tasks. */
export interface TaskInputs {
  readonly command: string;
  readonly dir: string;
  readonly found: readonly HashedInput[];
}

/**
 * Gives each task its key. What all tasks share is hashed once. The keys of identical tasks differ by their
 * order, so that the same config gives the same keys: use one maker for one plan.
 */
export function taskKeyMaker(
  config: Config,
  common: readonly HashedInput[],
): (task: TaskInputs) => TaskKey {
  const shared = sharedHash(config, common);
  const counts = new Map<TaskKey, number>();
  return ({ command, dir, found }) => {
    const first = shortHash(
      JSON.stringify([shared, command, dir, contents(found)]),
    );
    const earlier = counts.get(first) ?? 0;
    counts.set(first, earlier + 1);
    return earlier === 0 ? first : shortHash(`${first} ${earlier}`);
  };
}

function sharedHash(
  { script, resources }: Config,
  common: readonly HashedInput[],
): string {
  return sha256(
    JSON.stringify([
      script.code,
      contents(common),
      valuesOf(resources, resourceFields, "recompute"),
    ]),
  );
}

/** The values of the fields with this effect when changed, as the field tables say. */
function valuesOf(
  values: object,
  fields: Fields,
  effect: ChangeEffect,
): readonly (readonly [name: string, value: unknown])[] {
  const names = Object.values(fields).flatMap((field) =>
    field.whenChanged === effect && field.configName !== null
      ? [field.configName]
      : []
  );
  const held = new Map<string, unknown>(Object.entries(values));
  return names.toSorted().map((name) => [name, held.get(name) ?? null]);
}

function contents(
  found: readonly HashedInput[],
): readonly (readonly [to: string, hash: string])[] {
  return found.filter(({ hash }) => hash !== "").map((
    { input, hash },
  ) => [input.remotePath, hash]);
}

/** `<script>-<host>`, 8 hex digits each: the name of the remote directory and of the journal. */
export function runKeyOf(
  { script, machine }: Config,
  base: string,
  remoteRoot: string | null,
): string {
  const host = valuesOf(machine.profile, profiles[machine.context], "newRun");
  const target = JSON.stringify([base, machine.context, host, remoteRoot]);
  return `${sha256(script.path).slice(0, 8)}-${sha256(target).slice(0, 8)}`;
}
