import type { BatchName } from "../schema/names.ts";
import { schedulers } from "./mod.ts";
import { inPlainEnvironment } from "./shared/plain_environment.ts";
import type { Scheduler } from "./scheduler.ts";

/** The scheduler of a batch type; undefined: its jobs are not submitted through a shell. */
export function schedulerOf(batch: BatchName): Scheduler | undefined {
  const found = schedulers.find(({ name }) => name === batch);
  return found && inPlainEnvironment(found);
}
