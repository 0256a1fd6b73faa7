import type { TaskKey } from "../../model/job.ts";

/**
 * Deals tasks to as few jobs as `tasksPerJob` allows (0: one job), like cards, so that jobs differ in size by
 * at most one and neighbours, which often cost alike, are spread. No tasks, no jobs.
 */
export function pack(
  keys: readonly TaskKey[],
  tasksPerJob: number,
): TaskKey[][] {
  const count = tasksPerJob === 0
    ? Math.min(1, keys.length)
    : Math.ceil(keys.length / tasksPerJob);
  const jobs: TaskKey[][] = Array.from({ length: count }, () => []);
  keys.forEach((key, at) => jobs[at % count]!.push(key));
  return jobs;
}
