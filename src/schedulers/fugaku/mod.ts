import {
  BATCH_TRAITS,
  classifySubmitReply,
  idWords,
} from "../shared/replies.ts";
import { clockTime, lineIf, unlessGiven } from "../shared/directives.ts";
import { foundIn, jobsIn, type Layout } from "../shared/table.ts";
import { nameDirective } from "../shared/job_names.ts";
import { ENDS, exitReasonsIn } from "./exit_reasons.ts";
import { fugakuLimits } from "./queue_limits.ts";
import { LEAKED_VARIABLES, STATES, SUBMIT_REPLIES } from "./states.ts";
import type { Scheduler } from "../scheduler.ts";
import type { ShellText } from "../../script/shell_text.ts";

const OUTPUT = /^#PJM\s(?:.*\s)?(?:-[oej]|--(?:out|err))/;

/** Present jobs and then ended ones. Ids that pjstat does not know are left out, with exit code 0. */
const STATES_TABLE: Layout = {
  heading: /^JOB_ID\s+ST\s+REASON$/,
  row: /^(\d+)(?:\[\d+\]|_\d+)?\s+([A-Z]{3})(?:\s+(.+))?$/,
  tables: 2,
};
/** `--data`, because columns would truncate names. */
const NAMES_TABLE: Layout = {
  heading: /^H,JOB_ID,JOB_NAME$/,
  row: /^,(\d+),(.*)$/,
  tables: 2,
};

/** Fujitsu's Technical Computing Suite, as on Fugaku. */
export const fugaku: Scheduler = {
  name: "Fugaku",
  manual:
    "https://www.r-ccs.riken.jp/fugaku/docs/user-guide/sys-use/user-guide-use-1.49/build/en/JobExecution/DisplayingJobStatus.html",
  states: STATES,
  limits: BATCH_TRAITS,
  jobIdExpression: "${PJM_JOBID}",
  programs: { submit: "pjsub", poll: "pjstat", cancel: "pjdel" },
  queueLimits: fugakuLimits,
  leakedVariables: LEAKED_VARIABLES,
  outputVariables: [],
  supportedFields: ["walltime", "memory", "account"],
  // pjsub(1): 63 bytes, the first a letter.
  naming: {
    directive: nameDirective("#PJM", "-N", "--name"),
    longest: 63,
    beginsWithLetter: true,
  },
  array: null,
  directives(
    { nodes, cpusPerNode, queue, walltimeSeconds, memoryMib, account },
  ) {
    return [
      ...lineIf(queue, (name) => `#PJM -L "rscgrp=${name}"`),
      `#PJM -L "node=${nodes}"`,
      `#PJM --mpi "max-proc-per-node=${cpusPerNode}"`,
      ...lineIf(walltimeSeconds, (s) => `#PJM -L "elapse=${clockTime(s)}"`),
      ...lineIf(memoryMib, (mib) => `#PJM -L "node-mem=${mib}Mi"`),
      ...lineIf(account, (name) => `#PJM -g ${name}`),
    ];
  },
  flagProblem: (line) =>
    /^#PJM\s(?:.*\s)?-z\s*jid\b/.test(line)
      ? "pjsub then prints a bare number, which is not taken for the job's id: each job has to be looked up by its name; remove -z jid"
      : null,
  slotGate: null,
  submit: ({ flags }) =>
    `pjsub -N "$name" ${unlessGiven(flags, OUTPUT, '-j -o "$out"')}"$file"`,
  parseSubmit: (reply) => classifySubmitReply(reply, SUBMIT_REPLIES),
  poll: (ids) => listPresentAndPast("-v --choose jid,st,ermsg", idWords(ids)),
  parsePoll: (reply) => jobsIn(reply, STATES_TABLE),
  findCommand: listPresentAndPast("-v --data --choose jid,jnam", ""),
  parseFound: (reply) => foundIn(reply, NAMES_TABLE),
  account: (ids) => `pjstat -H -v --choose ${ENDS} ${idWords(ids)}`,
  parseAccounting: ({ stdout }) => exitReasonsIn(stdout),
  cancel: (ids) => `pjdel ${idWords(ids)}`,
};

/** Lists present jobs, then ended ones. */
function listPresentAndPast(options: ShellText, ids: ShellText): ShellText {
  const [now, past] = ["pjstat", "pjstat -H"].map((command) =>
    [command, options, ids].filter(Boolean).join(" ")
  );
  return `${now}
now=$?
${past} && [ "$now" -eq 0 ]`;
}
