/** Where received links lead among the received files. No disk access happens here. */
import { ancestors, normalise, parent } from "../../text/path.ts";
import type { ReceivedFiles } from "./received_files.ts";

export type LinkTarget =
  /** To a file or directory that was received too; `through` these other links. */
  | {
    readonly to: "here";
    readonly path: string;
    readonly through: readonly string[];
  }
  /** To its own place in the work base: an input that was linked on the remote host. */
  | { readonly to: "itself" }
  /** To a file that was not come, or not as a link from here would say it; `path`: its path below the work base, if it is inside. */
  | {
    readonly to: "away";
    readonly path: string | null;
    readonly through: readonly string[];
  }
  | { readonly to: "circle" };

/** As many links as Linux follows for one name (`path_resolution(7)`). */
const MAX_LINKS = 40;

/**
 * @param inside maps an absolute target to a path below the work base; null: it is outside
 * @param followed directories that are links on the remote host: their parents are elsewhere
 * @param linked directories that are links here: what is above them is elsewhere
 */
export function linkTargetOf(
  link: string,
  { files, links, directories, allDirectories }: ReceivedFiles,
  inside: (target: string) => string | null,
  followed: ReadonlySet<string>,
  linked: ReadonlySet<string>,
): LinkTarget {
  const through: string[] = [];
  const at = stepsOf(parent(link));
  // The next step is the last.
  const todo: string[] = [];
  const enter = (text: string): boolean => {
    const goal = text.startsWith("/") ? inside(text) : text;
    if (goal === null) return false;
    if (text.startsWith("/")) at.length = 0;
    todo.push(...goal.split("/").reverse());
    return true;
  };
  const text = links.get(link)!;
  if (text.startsWith("/") && inside(text) === link) return { to: "itself" };
  const above = ancestors(link).findLast((directory) => linked.has(directory));
  if (!enter(text)) return { to: "away", path: null, through };
  if (text.startsWith("/") && above && !inside(text)!.startsWith(`${above}/`)) {
    return { to: "away", path: null, through };
  }
  while (todo.length > 0) {
    const step = todo.pop()!;
    if (step === "" || step === ".") continue;
    if (step === "..") {
      const directory = at.join("/");
      if (
        directory === "" || followed.has(directory) || linked.has(directory)
      ) {
        return { to: "away", path: null, through };
      }
      at.pop();
      continue;
    }
    at.push(step);
    const path = at.join("/");
    const next = links.get(path);
    if (next === undefined && (allDirectories.has(path) || isLast(todo))) {
      continue;
    }
    if (next === undefined) {
      return { to: "away", path: beyond(path, todo), through };
    }
    if (path === link || through.length >= MAX_LINKS) return { to: "circle" };
    // An input that was linked there: nothing of it came but its name.
    if (next.startsWith("/") && inside(next) === path) {
      return { to: "away", path: null, through };
    }
    through.push(path);
    at.pop();
    if (!enter(next)) return { to: "away", path: null, through };
  }
  const path = at.join("/") || ".";
  // A directory that only contains received files was not received itself.
  return files.has(path) || directories.has(path)
    ? { to: "here", path, through }
    : { to: "away", path, through };
}

function isLast(todo: readonly string[]): boolean {
  return todo.every((step) => step === "" || step === ".");
}

/** A path below a directory that was not received; null where it contains `..`. */
function beyond(directory: string, todo: readonly string[]): string | null {
  return todo.includes("..")
    ? null
    : normalise([directory, ...todo.toReversed()].join("/"));
}

function stepsOf(path: string): string[] {
  return path === "." ? [] : path.split("/");
}
