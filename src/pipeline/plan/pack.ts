import type { TaskKey } from "../../model/job.ts";

/**
 * Distributes tasks round-robin over as few jobs as `tasksPerJob` allows (0: one job), so that jobs differ in size
 * by at most one, and neighbouring tasks, which often take equally long, are in different jobs. No tasks give no jobs.
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
