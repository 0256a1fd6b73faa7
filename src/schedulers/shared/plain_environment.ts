/** The environment of a batch system's commands: what they print must not depend on the user's settings. */
import type { ShellText } from "../../script/shell_text.ts";
import type { Scheduler } from "../scheduler.ts";

/**
 * The same scheduler, whose commands print English and know nothing of the
 * variables that change what they print. Each of its texts runs in a shell of its
 * own. Batch systems that copy the environment of a submit command pass LC_ALL on
 * to the job, where the runner restores it from DPDISP_LC_ALL.
 */
export function inPlainEnvironment(scheduler: Scheduler): Scheduler {
  const { programs, outputVariables, queueLimits, array } = scheduler;
  if (Object.keys(programs).length === 0) return scheduler;
  const unset = outputVariables.length === 0
    ? ""
    : `unset ${outputVariables.join(" ")}\n`;
  const plain = <T extends ShellText | null>(text: T) =>
    (text && `${unset}export LC_ALL=C\n${text}`) as T;
  return {
    ...scheduler,
    submit: (...given) =>
      `export DPDISP_LC_ALL="\${LC_ALL+=$LC_ALL}"\n${
        plain(scheduler.submit(...given))
      }`,
    headerEdit: (resources) => plain(scheduler.headerEdit?.(resources) ?? null),
    poll: (ids) => plain(scheduler.poll(ids)),
    findCommand: plain(scheduler.findCommand),
    account: (ids) => plain(scheduler.account(ids)),
    cancel: (ids) => plain(scheduler.cancel(ids)),
    ...scheduler.version && { version: plain(scheduler.version) },
    ...scheduler.queues && { queues: plain(scheduler.queues) },
    ...queueLimits &&
      {
        queueLimits: {
          ...queueLimits,
          ask: (resources) => plain(queueLimits.ask(resources)),
        },
      },
    ...array && { array: { ...array, capacity: plain(array.capacity) } },
  };
}
