import type { Resources } from "../../model/config.ts";
import type { OptionsOf } from "../../schema/kwargs.ts";
import { quote } from "../../script/quote.ts";
import { idWords, isComplete, LIMITS, readAnswer } from "../shared/replies.ts";
import { clockTime, lineIf, unlessSaid } from "../shared/directives.ts";
import type { Scheduler } from "../scheduler.ts";
import { causesIn, isWhole, namesOf, statesOf } from "./job_listing.ts";
import { sgeLimits } from "./queue_limits.ts";
import { LEAKS, STATES, WORDING } from "./states.ts";

const OUTPUT = /^#\$\s(?:.*\s)?-[oej]\s/;

/** Grid Engine: SGE, its successors and forks. */
export const sge: Scheduler = {
  name: "SGE",
  manual: "https://manpages.ubuntu.com/manpages/jammy/man5/sge_status.5.html",
  states: STATES,
  limits: LIMITS,
  self: "${JOB_ID}",
  programs: {
    submit: "qsub",
    poll: "qstat",
    account: "qacct",
    cancel: "qdel",
  },
  // qstat(1): its help begins with the version. qconf(1).
  version: "qstat -help",
  queues: "qconf -sql",
  queueLimits: sgeLimits,
  leaks: LEAKS,
  says: ["walltime", "memory", "account"],
  array: null,
  directives(resources) {
    const { cpusPerNode, queue, memoryMib } = resources;
    const { jobName, parallelEnvironment } = optionsOf(resources);
    return [
      "#$ -S /bin/bash",
      "#$ -cwd",
      `#$ -N ${jobName}`,
      `#$ -pe ${parallelEnvironment} ${cpusPerNode}`,
      ...lineIf(queue, (name) => `#$ -q ${name}`),
      ...lineIf(
        resources.walltimeSeconds,
        (s) => `#$ -l h_rt=${clockTime(s)}`,
      ),
      // A limit of this kind counts for each slot.
      ...lineIf(
        memoryMib,
        (mib) => `#$ -l h_vmem=${Math.ceil(mib / cpusPerNode)}M`,
      ),
      ...lineIf(resources.account, (name) => `#$ -A ${name}`),
    ];
  },
  gate: null,
  submit(resources) {
    const { jobName } = optionsOf(resources);
    return `qsub -terse -N ${quote(`${jobName}-`)}"$name" ${
      unlessSaid(resources.flags, OUTPUT, '-o "$out" -j y')
    }"$file"`;
  },
  answer: (reply) => readAnswer(reply, WORDING),
  // All of the user's jobs: asked by id, qstat says far more of each and ends at the first that it does not know.
  poll: () => `qstat -xml -u "$(id -un)"`,
  read: (reply) => ({
    known: statesOf(reply.stdout),
    complete: isComplete(reply, /(?!)/) && isWhole(reply.stdout),
  }),
  find: `qstat -xml -u "$(id -un)" && qstat -xml -s z -u "$(id -un)"`,
  found: ({ stdout }) => namesOf(stdout),
  account: (ids) => `for id in ${idWords(ids)}; do qacct -j "$id"; done`,
  causes: ({ stdout }) => causesIn(stdout),
  cancel: (ids) => `qdel ${idWords(ids)}`,
};

function optionsOf({ options }: Resources): OptionsOf<"SGE"> {
  return options as OptionsOf<"SGE">;
}
