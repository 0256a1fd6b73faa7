import type { Resources } from "../../model/config.ts";
import type { OptionsOf } from "../../schema/kwargs.ts";
import { parseInteger } from "../../text/parse_number.ts";
import { unlessGiven } from "../shared/directives.ts";
import type { Scheduler } from "../scheduler.ts";
import { accountOf, OUTPUT, slurm } from "./mod.ts";

/** Slurm with job arrays: each element runs a part of the job's tasks. */
export const slurmJobArray: Scheduler = {
  ...slurm,
  name: "SlurmJobArray",
  manual: "https://slurm.schedmd.com/job_array.html",
  // Every element has an id of its own as well.
  jobIdExpression: "${SLURM_ARRAY_JOB_ID}",
  array: {
    index: "${SLURM_ARRAY_TASK_ID}",
    size: (resources) => optionsOf(resources).tasksPerElement,
    directive(elements, resources) {
      const { elementsAtOnce } = optionsOf(resources);
      const throttle = elementsAtOnce ? `%${elementsAtOnce}` : "";
      return `#SBATCH --array=0-${elements - 1}${throttle}`;
    },
    capacity: "scontrol show config",
    // The highest index is one less; 0 where arrays are disabled, which the reply to a submit explains better.
    mostElements: ({ stdout }) =>
      parseInteger(stdout.match(/^MaxArraySize\s*=\s*(\d+)/m)?.[1]) || null,
  },
  // All elements write to one file.
  submit: ({ flags }) =>
    `sbatch --parsable --job-name "$name" ${
      unlessGiven(
        flags,
        OUTPUT,
        '--output "$out" --error "$out" --open-mode append',
      )
    }"$file"`,
  account: (ids) => accountOf(ids, "JobID"),
  // The state of a whole array does not show why its elements ended.
  endStates: {},
};

function optionsOf({ options }: Resources): OptionsOf<"SlurmJobArray"> {
  return options as OptionsOf<"SlurmJobArray">;
}
