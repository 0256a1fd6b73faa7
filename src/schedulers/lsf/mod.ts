import type { Resources } from "../../model/config.ts";
import type { OptionsOf } from "../../schema/kwargs.ts";
import {
  BATCH_TRAITS,
  classifySubmitReply,
  idWords,
} from "../shared/replies.ts";
import { foundIn, jobsIn, type Layout } from "../shared/table.ts";
import {
  hoursAndMinutes,
  lineIf,
  unlessGiven,
  wholeLine,
} from "../shared/directives.ts";
import {
  exitReasonsIn,
  listing,
  NO_JOB,
  NO_SUCH_JOB,
  whichJobs,
} from "./job_listing.ts";
import { memoryEdit, memoryLines } from "./memory.ts";
import { lsfLimits } from "./queue_limits.ts";
import {
  LEAKED_VARIABLES,
  onOneStream,
  OUTPUT_VARIABLES,
  STATES,
  SUBMIT_REPLIES,
} from "./states.ts";
import { orElse } from "../shared/commands.ts";
import type { ShellText } from "../../script/shell_text.ts";
import type { Reply, Scheduler } from "../scheduler.ts";
import { nameDirective } from "../shared/job_names.ts";

/** A directive with an output option; without one LSF mails the report. */
export const OUTPUT = /^#[BJ]SUB\s(?:.*\s)?-(?:o|e|oo|eo)\s/;

/** LSF's commands fail after two attempts to connect; without it they wait for ever. */
const CONNECT_LIMIT = "LSB_NTRIES=2";

/** bjobs(1), "-o"; without `-noheader`, because the heading shows that the layout is the known one. */
const STATES_TABLE: Layout = {
  heading: /^JOBID\|STAT\|EXIT_CODE$/,
  row: /^(\d+)(?:\[\d+\])?\|([A-Z]+)\|/,
  unknownId: NO_SUCH_JOB,
};
const NAMES_TABLE: Layout = {
  heading: /^JOBID\|JOB_NAME$/,
  row: /^(\d+)(?:\[\d+\])?\|(.*)$/,
  unknownId: NO_JOB,
};

/** bjobs(1), "-w", of LSF before version 9 and of OpenLava, which do not have "-o". */
const WIDE_HEADING =
  /^JOBID +USER +STAT +QUEUE +FROM_HOST +EXEC_HOST +JOB_NAME\b/;
const WIDE_STATES: Layout = {
  heading: WIDE_HEADING,
  row: /^(\d+)(?:\[\d+\])?\s+\S+\s+([A-Z]+)\s/,
  unknownId: NO_SUCH_JOB,
};
/** The name, which has no blanks where it is one of dpdisp, precedes the time: `Nov 27 13:54`. */
const WIDE_NAMES: Layout = {
  heading: WIDE_HEADING,
  row: /^(\d+)(?:\[\d+\])?\s.*?(\S+)\s+[A-Z][a-z]{2} +\d+ \d+:\d+$/,
  unknownId: NO_JOB,
};

function isWide({ stdout }: Reply): boolean {
  return stdout.split("\n").some((line) => WIDE_HEADING.test(line));
}

function inColumns(chosen: ShellText, wide: ShellText): ShellText {
  return orElse(
    `${CONNECT_LIMIT} bjobs ${chosen}`,
    ["invalid option", "illegal option"],
    `${CONNECT_LIMIT} bjobs -w ${wide}`,
  );
}

export const lsf: Scheduler = {
  name: "LSF",
  manual:
    "https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=execution-about-job-states",
  states: STATES,
  successStates: ["DONE", "PDONE"],
  limits: BATCH_TRAITS,
  jobIdExpression: "${LSB_JOBID}",
  programs: {
    submit: "bsub",
    poll: "bjobs",
    account: "bhist",
    cancel: "bkill",
  },
  // bsub, bqueues of the command reference.
  version: "bsub -V",
  queues: `${CONNECT_LIMIT} bqueues -w | awk 'NR > 1 { print $1 }'`,
  queueLimits: lsfLimits(CONNECT_LIMIT),
  leakedVariables: LEAKED_VARIABLES,
  outputVariables: OUTPUT_VARIABLES,
  supportedFields: ["walltime", "memory", "account", "exclusive"],
  naming: {
    directive: nameDirective("#BSUB", "-J"),
    longest: 128,
    beginsWithLetter: false,
  },
  array: null,
  directives(resources) {
    const { nodes, cpusPerNode, queue, walltimeSeconds } = resources;
    return [
      `#BSUB -n ${nodes * cpusPerNode}`,
      `#BSUB -R 'span[ptile=${cpusPerNode}]'`,
      ...lineIf(queue, (name) => `#BSUB -q ${name}`),
      ...gpuLines(resources),
      ...lineIf(walltimeSeconds, (s) => `#BSUB -W ${hoursAndMinutes(s)}`),
      ...memoryLines(resources),
      ...lineIf(resources.account, (name) => `#BSUB -P ${name}`),
      ...lineIf(resources.exclusive, () => "#BSUB -x"),
    ];
  },
  slotGate: null,
  headerEdit: memoryEdit,
  submit(resources) {
    const submit = `${CONNECT_LIMIT} bsub -J "$name" ${
      unlessGiven(resources.flags, OUTPUT, '-o "$out"')
    }`.trimEnd();
    return memoryEdit(resources) === null
      ? `${submit} < "$file"`
      : `if [ -n "\${header_edit-}" ]; then
  sed "$header_edit" "$file" | ${submit}
else
  ${submit} < "$file"
fi`;
  },
  parseSubmit: (reply) =>
    classifySubmitReply(onOneStream(reply), SUBMIT_REPLIES),
  poll(ids) {
    const which = whichJobs(ids);
    return inColumns(
      `-o "jobid stat exit_code delimiter='|'" ${which}`,
      which,
    );
  },
  parsePoll: (reply) =>
    jobsIn(reply, isWide(reply) ? WIDE_STATES : STATES_TABLE),
  findCommand: listing(
    inColumns(`-a -o "jobid job_name delimiter='|'"`, "-a"),
  ),
  parseFound: (reply) =>
    foundIn(reply, isWide(reply) ? WIDE_NAMES : NAMES_TABLE),
  account: (ids) => `${CONNECT_LIMIT} bhist -l ${idWords(ids)}`,
  parseAccounting: ({ stdout }) => exitReasonsIn(stdout),
  cancel: (ids) => `${CONNECT_LIMIT} bkill ${idWords(ids)}`,
};

function gpuLines(resources: Resources): readonly string[] {
  const { gpusPerNode } = resources;
  const { gpuLine, gpuUsage, gpuNewSyntax, gpuExclusive } = resources
    .options as OptionsOf<"LSF">;
  if (gpuLine) return [wholeLine("#BSUB", gpuLine)];
  // Some sites reject a request for 0 GPUs.
  if (!gpuUsage || gpusPerNode === 0) return [];
  return gpuNewSyntax
    ? [
      `#BSUB -gpu 'num=${gpusPerNode}:mode=shared:j_exclusive=${
        gpuExclusive ? "yes" : "no"
      }'`,
    ]
    : [`#BSUB -R "select[ngpus >0] rusage[ngpus_excl_p=${gpusPerNode}]"`];
}
