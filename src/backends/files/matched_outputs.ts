/** Which files of the remote host match the requests. */
import { RUN_DIRECTORY } from "../../script/remote_layout.ts";
import type { ReplySection } from "../../script/reply.ts";
import { nameMatcher } from "../../text/glob.ts";
import { ancestors, normalise } from "../../text/path.ts";
import type { CollectRequest } from "../../model/backend_messages.ts";

export interface MatchedOutputs {
  /** Paths below the remote root; a directory stands for its content. */
  readonly names: readonly string[];
  /** Those of them that no pattern requested. */
  readonly unasked: readonly string[];
  readonly missing: readonly string[];
}

/**
 * The script's listing for each request. The remote host is not
 * trusted: a name that was not requested does not count, and a pattern that
 * no name matches is missing, whether it is reported or not.
 */
export function parseMatches(
  sections: readonly ReplySection[],
  requests: readonly CollectRequest[],
): readonly MatchedOutputs[] {
  const matches = requests.map(({ dir, required, optional }) => ({
    isAsked: matcher(dir, required),
    isWanted: matcher(dir, [...required, ...optional]),
    names: new Set<string>(),
    reportedMissing: new Set<string>(),
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
    const match = matches[current];
    if (!match) continue;
    if (name === "missing") {
      const pattern = requests[current]!.required[Number(number)];
      if (pattern !== undefined) match.reportedMissing.add(pattern);
    }
    for (const path of pathsIn(section)) {
      if (match.isWanted(path)) match.names.add(path);
    }
  }
  return matches.map(({ names, reportedMissing, patterns, isAsked }) => ({
    names: [...names],
    unasked: [...names].filter((name) => !isAsked(name)),
    missing: patterns.filter(({ pattern, matches }) =>
      reportedMissing.has(pattern) || ![...names].some(matches)
    ).map(({ pattern }) => pattern),
  }));
}

/** Normal paths that a section lists. */
export function pathsIn({ text }: ReplySection): readonly string[] {
  return text.split("\0").slice(0, -1).map(normalise);
}

/** All listed files that were requested: each of them must be received. */
export function announced(
  sections: readonly ReplySection[],
  matches: readonly MatchedOutputs[],
): readonly string[] {
  const contents = sections.filter(({ header }) =>
    header[0] === "directory_entries"
  );
  const groups = groupByRequest(matches, contents.flatMap(pathsIn));
  return [
    ...new Set([...matches.flatMap(({ names }) => names), ...groups.flat()]),
  ].filter((path) => path !== RUN_DIRECTORY);
}

/** A test whether a pattern requested a path, or a directory that contains it. */
export function askedOf(
  matches: readonly MatchedOutputs[],
): (path: string) => boolean {
  const asked = new Set(matches.flatMap(({ names, unasked }) => {
    const others = new Set(unasked);
    return names.filter((name) => !others.has(name));
  }));
  return (path) =>
    asked.has(".") || asked.has(path) ||
    ancestors(path).some((directory) => asked.has(directory));
}

/** A test whether a normal path below the remote root was requested. */
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

/** The indexes of the requests that a path belongs to: those that name it, or a directory that contains it. */
export function ownersOf(
  matches: readonly MatchedOutputs[],
): (path: string) => readonly number[] {
  const owners = new Map<string, number[]>();
  for (const [i, { names }] of matches.entries()) {
    for (const name of names) {
      const known = owners.get(name);
      if (known) known.push(i);
      else owners.set(name, [i]);
    }
  }
  const unasked = matches.map(({ unasked }) => new Set(unasked));
  return (path) => {
    if (path.startsWith(`${RUN_DIRECTORY}/`)) return [];
    // The path itself, and all directories that contain it, the root too.
    return [...ancestors(path), path, "."].flatMap((name) =>
      (owners.get(name) ?? []).filter((i) =>
        // A log is a file: the content of a directory with its name is not requested.
        name === path || !unasked[i]!.has(name)
      )
    );
  };
}

/**
 * The files of each request: a requested directory is received as its files, and
 * tasks that share a directory may share results.
 */
export function groupByRequest(
  matches: readonly MatchedOutputs[],
  files: readonly string[],
): readonly (readonly string[])[] {
  const owners = ownersOf(matches);
  const groups = matches.map(() => new Set<string>());
  for (const path of files) {
    for (const i of owners(path)) groups[i]!.add(path);
  }
  return groups.map((group) => [...group]);
}
