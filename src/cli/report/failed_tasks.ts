/** All tasks that failed, those that failed alike told once. */
import type { Task } from "../../job.ts";
import { taskOf } from "../../progress.ts";
import { alike } from "./alike.ts";
import { describeFailedTask } from "./failed_task.ts";
import type { Last } from "./final.ts";
import type { Scene } from "./line.ts";
import { named } from "./named.ts";
import { count } from "../../text/words.ts";

/** Ways to fail that are told in full; of the tasks that failed in others the names. */
const TOLD_IN_FULL = 10;

/** The first task of each way with all that is known about it, then who else failed so; lines without their ends. */
export function failedTasks(last: Last): readonly string[] {
  const failed = failedIn(last);
  const told = alike(failed, last, last.files).slice(0, TOLD_IN_FULL);
  const known = new Set(told.flat());
  const rest = failed.filter((task) => !known.has(task));
  return [
    ...told.flatMap((tasks) => toldOnce(tasks, last)),
    ...named(
      `${count(rest.length, "more task")} failed`,
      rest,
      last,
    ),
  ];
}

/** In the order of the plan. */
export function failedIn({ plan, progress }: Scene): readonly Task[] {
  return plan.tasks.filter(({ key }) =>
    progress.tasks.get(key)?.state === "failed"
  );
}

function toldOnce(
  [first, ...others]: readonly Task[],
  last: Last,
): readonly string[] {
  const hosts = [first!, ...others].map(({ key }) =>
    taskOf(last.progress, key).host
  );
  const isOnMany = hosts[0] !== null &&
    hosts.some((host) => host !== null && host !== hosts[0]);
  return [
    ...describeFailedTask(first!, last, last.files),
    ...named(
      `and ${count(others.length, "more task")} in the same way${
        isOnMany ? ", on other hosts too" : ""
      }`,
      others,
      last,
    ),
  ];
}
