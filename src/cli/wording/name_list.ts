import type { Task } from "../../model/plan.ts";
import type { Scene } from "../run_view.ts";

/** Names of many that are shown. */
export const NAMED = 100;

/** `a, b and 3 more`. */
export function some<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
): string {
  const names = items.slice(0, NAMED).map(nameOf);
  const rest = items.length - names.length;
  return `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** `3 more tasks failed: a/, b/, c/`; nothing of none. */
export function named(
  what: string,
  tasks: readonly Task[],
  { nameOf }: Scene,
): readonly string[] {
  if (tasks.length === 0) return [];
  return [`${what}: ${some(tasks, ({ key }) => nameOf(key))}`];
}
