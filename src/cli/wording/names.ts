/** Tasks and files by the names that users know. */
import type { TaskKey } from "../../model/job.ts";
import type { Task } from "../../model/plan.ts";

export type NameOf = (key: TaskKey) => string;

/** A task by its directory; where several share one, by directory and command. */
export function taskNames(
  { tasks }: {
    readonly tasks: readonly Pick<Task, "key" | "dir" | "command">[];
  },
): NameOf {
  const seen = new Map<string, number>();
  for (const { dir } of tasks) seen.set(dir, (seen.get(dir) ?? 0) + 1);
  const names = new Map(
    tasks.map(({ key, dir, command }) => [
      key,
      seen.get(dir)! > 1 ? `${shownDir(dir)} (${command})` : shownDir(dir),
    ]),
  );
  // A job of an earlier plan may hold a task that is not in this plan.
  return (key) => names.get(key) ?? key;
}

/** `task1`; `./` for the work base itself. */
export function shownDir(dir: string): string {
  return dir === "." ? "./" : dir;
}

/** A script by the last part of its path. */
export function shownFile(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** So many names are shown at most. */
export const NAMED = 100;

/** `a, b and 3 more`. */
export function joinSome<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
): string {
  const names = items.slice(0, NAMED).map(nameOf);
  const rest = items.length - names.length;
  return `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** `3 more tasks failed: a, b, c`; no line without a task. */
export function taskList(
  what: string,
  tasks: readonly TaskKey[],
  nameOf: NameOf,
): readonly string[] {
  return tasks.length === 0 ? [] : [`${what}: ${joinSome(tasks, nameOf)}`];
}
