import { taskOf } from "../../model/run_state/mod.ts";
import { groupFailures } from "./group_failures.ts";
import { describeFailedTask } from "./failed_task.ts";
import { taskList } from "../wording/name_list.ts";
import { count } from "../../text/grammar.ts";
import type { Files } from "../../environment/environment.ts";
import type { FailedTask } from "../json_lines.ts";
import { failureReason } from "./failure_reason.ts";
import { localLog } from "./task_log.ts";
import type { Task } from "../../model/plan.ts";
import type { SummaryInput } from "./context.ts";
import type { RunView } from "../run_view.ts";

/** Ways to fail that are told in full; of the tasks that failed in others the names. */
const TOLD_IN_FULL = 10;

/** The first task of each way with all that is known about it, then who else failed so; lines without their ends. */
export function failedTasks(last: SummaryInput): readonly string[] {
  const failed = failedIn(last);
  const told = groupFailures(failed, last, last.files).slice(0, TOLD_IN_FULL);
  const known = new Set(told.flat());
  const rest = failed.filter((task) => !known.has(task));
  return [
    ...told.flatMap((tasks) => toldOnce(tasks, last)),
    ...taskList(
      `${count(rest.length, "more task")} failed`,
      rest,
      last,
    ),
  ];
}

/** In the order of the plan. */
export function failedIn({ plan, progress }: RunView): readonly Task[] {
  return plan.tasks.filter(({ key }) =>
    progress.tasks.get(key)?.state === "failed"
  );
}

function toldOnce(
  [first, ...others]: readonly Task[],
  last: SummaryInput,
): readonly string[] {
  const hosts = [first!, ...others].map(({ key }) =>
    taskOf(last.progress, key).host
  );
  const isOnMany = hosts[0] !== null &&
    hosts.some((host) => host !== null && host !== hosts[0]);
  return [
    ...describeFailedTask(first!, last, last.files),
    ...taskList(
      `and ${count(others.length, "more task")} in the same way${
        isOnMany ? ", on other hosts too" : ""
      }`,
      others,
      last,
    ),
  ];
}

/** Every task that failed for good, in the order of the plan. */
export function failuresOf(
  scene: RunView,
  files: Files,
): readonly FailedTask[] {
  return failedIn(scene).map((task) => {
    const standing = taskOf(scene.progress, task.key);
    return {
      task: task.key,
      folder: task.dir,
      command: task.command,
      reason: failureReason(standing, scene),
      code: standing.code,
      job: standing.job,
      log: localLog(task, scene, files),
    };
  });
}
