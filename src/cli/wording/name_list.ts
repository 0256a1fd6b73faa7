import type { Task } from "../../model/plan.ts";
import type { RunView } from "../run_view.ts";

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
  tasks: readonly Task[],
  { nameOf }: RunView,
): readonly string[] {
  if (tasks.length === 0) return [];
  return [`${what}: ${joinSome(tasks, ({ key }) => nameOf(key))}`];
}
