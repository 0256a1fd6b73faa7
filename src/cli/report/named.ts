/** Tasks by their names, as far as they fit. */
import type { Task } from "../../job.ts";
import type { Scene } from "./line.ts";

/** Names of many that are shown. */
export const NAMED = 100;

/** `3 more tasks failed: a/, b/, c/`; nothing of none. */
export function named(
  what: string,
  tasks: readonly Task[],
  { nameOf }: Scene,
): readonly string[] {
  if (tasks.length === 0) return [];
  const names = tasks.slice(0, NAMED).map(({ key }) => nameOf(key));
  const rest = tasks.length - names.length;
  return [`${what}: ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
}
