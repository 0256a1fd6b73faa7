import type { Resources } from "../model/config.ts";
import type { OptionsOf } from "../schema/kwargs.ts";
import { idWords } from "./shared/replies.ts";
import { foundIn, jobsIn, type Layout } from "./shared/table.ts";
import { lineIf, unlessGiven, wholeLine } from "./shared/directives.ts";
import { lsf, OUTPUT } from "./lsf/mod.ts";
import {
  exitReasonsIn,
  listing,
  NO_JOB,
  NO_SUCH_JOB,
  whichJobs,
} from "./lsf/job_listing.ts";
import { nameDirective } from "./shared/job_names.ts";
import type { Scheduler } from "./scheduler.ts";

/** jjobs of the manual, "-o". */
const STATES_TABLE: Layout = {
  heading: /^JOBID *\| *STAT *$/,
  row: /^(\d+)(?:\[\d+\])? *\| *([A-Z]+)$/,
  unknownId: NO_SUCH_JOB,
};
const NAMES_TABLE: Layout = {
  heading: /^JOBID *\| *JOB_NAME *$/,
  row: /^(\d+)(?:\[\d+\])? *\| *(.*)$/,
  unknownId: NO_JOB,
};

/** JH UniScheduler: the states and messages of LSF, with commands of its own. */
export const jhUniScheduler: Scheduler = {
  ...lsf,
  name: "JH_UniScheduler",
  manual: "https://www.jhinno.com (command reference, V6.0 to V6.6)",
  jobIdExpression: "${JH_JOBID}",
  programs: {
    submit: "jsub",
    poll: "jjobs",
    account: "jhist",
    cancel: "jctrl",
  },
  headerEdit: () => null,
  version: "jversion",
  queues: "jqueues -w | awk 'NR > 1 { print $1 }'",
  queueLimits: null,
  leakedVariables:
    "ARRAY EXEC GPU HOSTS JOBID JOBNAME JOBPID JOB_P QUEUE STAGE SUB_"
      .split(" ").map((name) => `JH_${name}`),
  naming: {
    ...lsf.naming!,
    directive: nameDirective("#[BJ]SUB", "-J"),
    longest: 60,
  },
  // "JH_JJOBS_FORMAT" of the manual.
  outputVariables: ["JH_JJOBS_FORMAT"],
  // Only the first of several `-R` options counts, so one contains all requirements.
  directives(resources) {
    const { nodes, cpusPerNode, queue, memoryMib } = resources;
    const memory = memoryMib === null ? "" : ` rusage[mem=${memoryMib}/host]`;
    return [
      `#JSUB -n ${nodes * cpusPerNode}`,
      `#JSUB -R 'span[ptile=${cpusPerNode}]${memory}'`,
      ...lineIf(queue, (name) => `#JSUB -q ${name}`),
      ...gpuLines(resources),
      ...lineIf(resources.account, (name) => `#JSUB -P ${name}`),
      ...lineIf(resources.exclusive, () => "#JSUB -x"),
    ];
  },
  flagProblem: ignoredOption,
  /**
   * jsub reads at most 4096 bytes on stdin, and no `-W` in them: its stdin is the
   * header and a line that runs the script.
   */
  submit({ flags, walltimeSeconds }) {
    const minutes = Math.ceil((walltimeSeconds ?? 0) / 60);
    const limit = minutes > 0 ? `-W ${minutes} ` : "";
    const output = unlessGiven(flags, OUTPUT, '-o "$out" -e "$out.err"');
    return `{
  printf '#!/bin/bash\\n'
  sed -n '/^#[BJ]SUB/p' "$file"
  printf "exec bash -l '%s'\\n" "$(printf '%s' "$file" | sed "s/'/'\\\\\\\\''/g")"
} | jsub -J "$name" ${limit}${output}`.trimEnd();
  },
  // The default columns are the user's choice (JH_JJOBS_FORMAT).
  poll: (ids) => `jjobs -o "jobid stat delimiter='|'" ${whichJobs(ids)}`,
  parsePoll: (reply) => jobsIn(reply, STATES_TABLE),
  findCommand: listing(`jjobs -a -o "jobid job_name delimiter='|'"`),
  parseFound: (reply) => foundIn(reply, NAMES_TABLE),
  account: (ids) => `jhist -l ${idWords(ids)}`,
  parseAccounting: ({ stdout }) => exitReasonsIn(stdout),
  cancel: (ids) => `jctrl kill ${idWords(ids)}`,
};

function gpuLines({ gpusPerNode, options }: Resources): readonly string[] {
  const { gpuLine } = options as OptionsOf<"JH_UniScheduler">;
  if (gpuLine) return [wholeLine("#JSUB", gpuLine)];
  return lineIf(gpusPerNode > 0 && gpusPerNode, (n) => `#JSUB -gpgpu ${n}`);
}

/** "Script submission" of the manual: these options count only on the command line. */
function ignoredOption(line: string): string | null {
  const option = /^#[BJ]SUB\s(?:.*\s)?(-(?:W|M|L|ux|w|H|nnode|b|t))(?:\s|$)/
    .exec(line)?.[1];
  if (option === undefined) return null;
  return option === "-W"
    ? "jsub ignores -W in a script; set resources.walltime"
    : `jsub ignores ${option} in a script; remove it`;
}
