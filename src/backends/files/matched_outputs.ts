/** What the far side says it has of what was wanted. */
import { RUN_DIRECTORY } from "../../script/remote_layout.ts";
import type { ReplySection } from "../../script/reply.ts";
import { nameMatcher } from "../../text/glob.ts";
import { ancestors, normalise } from "../../text/path.ts";
import type { CollectRequest } from "../../model/backend_messages.ts";

export interface MatchedOutputs {
  /** Paths below the root; a folder stands for all that is in it. */
  readonly names: readonly string[];
  /** Those of them that nobody asked for by a pattern. */
  readonly unasked: readonly string[];
  readonly missing: readonly string[];
}

/**
 * What the script listed for each of what was wanted. The remote host is not
 * trusted: a name that was not asked for does not count, and a pattern that
 * no name matches is missing, whether it is said or not.
 */
export function parseMatches(
  sections: readonly ReplySection[],
  wanted: readonly CollectRequest[],
): readonly MatchedOutputs[] {
  const picks = wanted.map(({ dir, required, optional }) => ({
    isAsked: matcher(dir, required),
    isWanted: matcher(dir, [...required, ...optional]),
    names: new Set<string>(),
    said: new Set<string>(),
    patterns: required.map((pattern) => ({
      pattern,
      matches: matcher(dir, [pattern]),
    })),
  }));
  let current = 0;
  for (const section of sections) {
    const [name, number] = section.header;
    if (name === "matches") current = Number(number);
    if (name !== "matches" && name !== "missing") continue;
    const pick = picks[current];
    if (!pick) continue;
    if (name === "missing") {
      const pattern = wanted[current]!.required[Number(number)];
      if (pattern !== undefined) pick.said.add(pattern);
    }
    for (const path of namesOf(section)) {
      if (pick.isWanted(path)) pick.names.add(path);
    }
  }
  return picks.map(({ names, said, patterns, isAsked }) => ({
    names: [...names],
    unasked: [...names].filter((name) => !isAsked(name)),
    missing: patterns.filter(({ pattern, matches }) =>
      said.has(pattern) || ![...names].some(matches)
    ).map(({ pattern }) => pattern),
  }));
}

/** Normal paths that a section lists. */
export function namesOf({ text }: ReplySection): readonly string[] {
  return text.split("\0").slice(0, -1).map(normalise);
}

/** All that is said to be there of what was wanted: each of it must come. */
export function announced(
  sections: readonly ReplySection[],
  picks: readonly MatchedOutputs[],
): readonly string[] {
  const contents = sections.filter(({ header }) =>
    header[0] === "directory_entries"
  );
  const groups = groupByRequest(picks, contents.flatMap(namesOf));
  return [
    ...new Set([...picks.flatMap(({ names }) => names), ...groups.flat()]),
  ].filter((path) => path !== RUN_DIRECTORY);
}

/** Tells whether somebody asked by a pattern for a path, or for a folder that it is in. */
export function askedOf(
  picks: readonly MatchedOutputs[],
): (path: string) => boolean {
  const asked = new Set(picks.flatMap(({ names, unasked }) => {
    const others = new Set(unasked);
    return names.filter((name) => !others.has(name));
  }));
  return (path) =>
    asked.has(".") || asked.has(path) ||
    ancestors(path).some((folder) => asked.has(folder));
}

/** Tells of normal paths below the root whether they were asked for. */
function matcher(
  dir: string,
  patterns: readonly string[],
): (path: string) => boolean {
  const shapes = patterns.map((pattern) =>
    stepsOf(normalise(pattern)).map(nameMatcher)
  );
  const above = stepsOf(normalise(dir));
  return (path) => {
    const steps = stepsOf(path);
    if (!above.every((step, i) => steps[i] === step)) return false;
    const below = steps.slice(above.length);
    return shapes.some((shape) =>
      shape.length === below.length &&
      shape.every((matches, i) => matches(below[i]!))
    );
  };
}

function stepsOf(path: string): readonly string[] {
  return path === "." ? [] : path.split("/");
}

/** Tells whose a path is, by the numbers of picks: what a pick names, and what is in a folder that it names. */
export function ownersOf(
  picks: readonly MatchedOutputs[],
): (path: string) => readonly number[] {
  const owners = new Map<string, number[]>();
  for (const [i, { names }] of picks.entries()) {
    for (const name of names) {
      const known = owners.get(name);
      if (known) known.push(i);
      else owners.set(name, [i]);
    }
  }
  const unasked = picks.map(({ unasked }) => new Set(unasked));
  return (path) => {
    if (path.startsWith(`${RUN_DIRECTORY}/`)) return [];
    // The path itself, and all folders that it is in, the root too.
    return [...ancestors(path), path, "."].flatMap((name) =>
      (owners.get(name) ?? []).filter((i) =>
        // A log is a file: nobody wants what is in a folder of that name.
        name === path || !unasked[i]!.has(name)
      )
    );
  };
}

/**
 * The files of each pick: a folder that was wanted came as its files, and
 * tasks that share a folder may share results.
 */
export function groupByRequest(
  picks: readonly MatchedOutputs[],
  files: readonly string[],
): readonly (readonly string[])[] {
  const owners = ownersOf(picks);
  const groups = picks.map(() => new Set<string>());
  for (const path of files) {
    for (const i of owners(path)) groups[i]!.add(path);
  }
  return groups.map((group) => [...group]);
}
