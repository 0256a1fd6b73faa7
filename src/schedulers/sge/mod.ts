import type { Resources } from "../../model/config.ts";
import type { OptionsOf } from "../../schema/kwargs.ts";
import {
  BATCH_TRAITS,
  classifySubmitReply,
  idWords,
} from "../shared/replies.ts";
import { clockTime, lineIf, unlessGiven } from "../shared/directives.ts";
import { nameDirective } from "../shared/job_names.ts";
import type { Scheduler } from "../scheduler.ts";
import {
  exitReasonsIn,
  isCompleteXml,
  namesOf,
  statesOf,
  withErrors,
} from "./job_listing.ts";
import { sgeLimits } from "./queue_limits.ts";
import { LEAKED_VARIABLES, STATES, SUBMIT_REPLIES } from "./states.ts";

const OUTPUT = /^#\$\s(?:.*\s)?-[oej]\s/;

const DEFAULT_NAME = "wDPjob";

/** Jobs whose error is asked for in one poll. */
const MOST_ERRORS = 20;

/** Only `qstat -j` says why a job is in the error state (qstat(1)); it is asked about the first of such jobs. */
const LIST_WITH_ERRORS = `jobs=$(qstat -xml -u "$(id -un)")
code=$?
printf '%s\\n' "$jobs"
ids=$(printf '%s\\n' "$jobs" | awk -F '[<>]' '
  $2 == "JB_job_number" { id = $3 }
  $2 == "state" && $3 ~ /E/ && ++n <= ${MOST_ERRORS} { printf "%s%s", comma, id; comma = "," }')
[ -z "$ids" ] || qstat -j "$ids"
(exit "$code")`;

/** Grid Engine: SGE, its successors and forks. */
export const sge: Scheduler = {
  name: "SGE",
  manual: "https://manpages.ubuntu.com/manpages/jammy/man5/sge_status.5.html",
  states: STATES,
  limits: BATCH_TRAITS,
  jobIdExpression: "${JOB_ID}",
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
  leakedVariables: LEAKED_VARIABLES,
  outputVariables: [],
  supportedFields: ["walltime", "memory", "account"],
  naming: {
    directive: nameDirective("#\\$", "-N"),
    longest: 128,
    beginsWithLetter: true,
  },
  names: {
    given: (resources) => optionsOf(resources).jobName,
    byDefault: DEFAULT_NAME,
  },
  array: null,
  directives(resources) {
    const { cpusPerNode, queue, memoryMib } = resources;
    const { jobName, parallelEnvironment } = optionsOf(resources);
    return [
      "#$ -S /bin/bash",
      "#$ -cwd",
      `#$ -N ${jobName ?? DEFAULT_NAME}`,
      `#$ -pe ${parallelEnvironment} ${cpusPerNode}`,
      ...lineIf(queue, (name) => `#$ -q ${name}`),
      ...lineIf(
        resources.walltimeSeconds,
        (s) => `#$ -l h_rt=${clockTime(s)}`,
      ),
      // A limit of this kind applies to each slot.
      ...lineIf(
        memoryMib,
        (mib) => `#$ -l h_vmem=${Math.ceil(mib / cpusPerNode)}M`,
      ),
      ...lineIf(resources.account, (name) => `#$ -A ${name}`),
    ];
  },
  slotGate: null,
  submit: ({ flags }) =>
    `qsub -terse -N "$name" ${
      unlessGiven(flags, OUTPUT, '-o "$out" -j y')
    }"$file"`,
  parseSubmit: (reply) => classifySubmitReply(reply, SUBMIT_REPLIES),
  // All of the user's jobs: with ids, qstat prints far more for each job and stops at the first unknown id.
  poll: () => LIST_WITH_ERRORS,
  parsePoll: (reply) => ({
    entries: withErrors(statesOf(reply.stdout), reply.stdout),
    // A complete document without jobs is an answer, whatever is on stderr.
    isComplete: reply.code === 0 && isCompleteXml(reply.stdout),
  }),
  findCommand: `qstat -xml -u "$(id -un)" && qstat -xml -s z -u "$(id -un)"`,
  parseFound: ({ stdout }) => isCompleteXml(stdout) ? namesOf(stdout) : null,
  account: (ids) => `for id in ${idWords(ids)}; do qacct -j "$id"; done`,
  parseAccounting: ({ stdout }) => exitReasonsIn(stdout),
  // qsub(1), "-w": by default nothing is verified (seen: 99 slots were accepted).
  acceptsTooLarge: true,
  stuck: [{
    reason: /^Eqw: /,
    advice: "Fix the cause; then `qmod -cj JOB` lets it start",
  }],
  cancel: (ids) => `qdel ${idWords(ids)}`,
};

function optionsOf({ options }: Resources): OptionsOf<"SGE"> {
  return options as OptionsOf<"SGE">;
}
