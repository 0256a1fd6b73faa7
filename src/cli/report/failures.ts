/** The tasks that failed, for programs. */
import { taskOf } from "../../progress.ts";
import type { Files } from "../../world.ts";
import type { FailedTask } from "../notice.ts";
import { logAtHome } from "./failed_log.ts";
import { reasonOf } from "./failed_reason.ts";
import { failedIn } from "./failed_tasks.ts";
import type { Scene } from "./line.ts";

/** Every task that failed for good, in the order of the plan. */
export function failuresOf(scene: Scene, files: Files): readonly FailedTask[] {
  return failedIn(scene).map((task) => {
    const standing = taskOf(scene.progress, task.key);
    return {
      task: task.key,
      folder: task.dir,
      command: task.command,
      reason: reasonOf(standing, scene),
      code: standing.code,
      job: standing.job,
      log: logAtHome(task, scene, files),
    };
  });
}
