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

/** Groups of failures that are described in full; tasks of other groups are only named. */
const GROUPS_DESCRIBED = 10;

/** The first task of each group in full, then the names of the others; lines without their ends. */
export function failedTasks(input: SummaryInput): readonly string[] {
  const failed = failedIn(input);
  const described = groupFailures(failed, input, input.files).slice(
    0,
    GROUPS_DESCRIBED,
  );
  const known = new Set(described.flat());
  const rest = failed.filter((task) => !known.has(task));
  return [
    ...described.flatMap((tasks) => describeGroup(tasks, input)),
    ...taskList(
      `${count(rest.length, "more task")} failed`,
      rest,
      input,
    ),
  ];
}

/** In the order of the plan. */
export function failedIn({ plan, progress }: RunView): readonly Task[] {
  return plan.tasks.filter(({ key }) =>
    progress.tasks.get(key)?.state === "failed"
  );
}

function describeGroup(
  [first, ...others]: readonly Task[],
  input: SummaryInput,
): readonly string[] {
  const hosts = [first!, ...others].map(({ key }) =>
    taskOf(input.progress, key).host
  );
  const isOnMany = hosts[0] !== null &&
    hosts.some((host) => host !== null && host !== hosts[0]);
  return [
    ...describeFailedTask(first!, input, input.files),
    ...taskList(
      `and ${count(others.length, "more task")} failed in the same way${
        isOnMany ? ", also on other hosts" : ""
      }`,
      others,
      input,
    ),
  ];
}

/** Every task that failed and has no retries left, in the order of the plan. */
export function failuresOf(
  view: RunView,
  files: Files,
): readonly FailedTask[] {
  return failedIn(view).map((task) => {
    const tracked = taskOf(view.progress, task.key);
    return {
      task: task.key,
      dir: task.dir,
      command: task.command,
      reason: failureReason(tracked, view),
      code: tracked.code,
      job: tracked.job,
      log: localLog(task, view, files),
    };
  });
}
