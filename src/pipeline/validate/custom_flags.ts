/** Lines for the header of the job script that the batch system would not read. */
import type { Config } from "../../model/config.ts";
import type { Diagnostic, Locate } from "../../model/diagnostic.ts";
import { schedulerOf } from "../../schedulers/scheduler_of.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import { quoteForMessage } from "./format_value.ts";

/**
 * A warning for each of `custom_flags` that lacks the prefix, so that a job would
 * run it as a command, or that the batch system does not read as users expect.
 */
export function flagWarnings(
  config: Config,
  locate: Locate,
): readonly Diagnostic[] {
  const { machine, resources } = config;
  const scheduler = schedulerOf(machine.scheduler);
  const prefix = scheduler && prefixOf(scheduler, config);
  if (!prefix) return [];
  const problemOf = (line: string) => {
    if (isCommand(line)) return notReadWords(line, prefix, machine.scheduler);
    const problem = scheduler.flagProblem?.(line);
    return problem ? `${quoteForMessage(line)}: ${problem}` : null;
  };
  return resources.flags.flatMap((flag, at) => {
    const problems = flag.split("\n").map((line) => problemOf(line.trim()));
    const message = problems.find((problem) => problem !== null);
    return message
      ? [{ location: locate("resources", "custom_flags", at), message }]
      : [];
  });
}

function notReadWords(line: string, prefix: string, batchType: string): string {
  const advice = line.startsWith("-")
    ? `write ${quoteForMessage(`${prefix} ${line}`)}`
    : "write a command into prepend_script";
  return `${
    quoteForMessage(line)
  } does not begin with ${prefix}: ${batchType} ignores it, and jobs run it as a command; ${advice}`;
}

/** The prefix of the lines that the batch system reads: `#SBATCH`; undefined: it reads none. */
function prefixOf(
  scheduler: Scheduler,
  { resources }: Config,
): string | undefined {
  return scheduler.directives(resources)[0]?.split(" ")[0];
}

function isCommand(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}
