/** Lines for the scheduler's header that the scheduler would not read. */
import type { Config } from "../../model/config.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { schedulers } from "../../schedulers/mod.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import { quoteForMessage } from "./format_value.ts";

/** A warning for each of `custom_flags` that a job would run as a command, for want of the prefix. */
export function flagWarnings(config: Config): readonly Diagnostic[] {
  const { machine, resources, locate } = config;
  const scheduler: Scheduler | undefined = schedulers.find(({ name }) =>
    name === machine.scheduler
  );
  const prefix = scheduler && prefixOf(scheduler, config);
  if (!prefix) return [];
  return resources.flags.flatMap((flag, at) => {
    const line = flag.split("\n").find(isCommand)?.trim();
    return line === undefined ? [] : [{
      location: locate("resources", "custom_flags", at),
      message: `${
        quoteForMessage(line)
      } does not begin with ${prefix}: ${machine.scheduler} does not read it, and jobs run it as a command; ${
        line.startsWith("-")
          ? `write ${quoteForMessage(`${prefix} ${line}`)}`
          : "what is a command belongs into prepend_script"
      }`,
    }];
  });
}

/** What begins the lines that it reads, as in those that it is given: `#SBATCH`; undefined: it reads none. */
function prefixOf(
  scheduler: Scheduler,
  { resources }: Config,
): string | undefined {
  return scheduler.directives(resources)[0]?.split(" ")[0];
}

function isCommand(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}
