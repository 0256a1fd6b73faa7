import {
  BATCH_TRAITS,
  classifySubmitReply,
  idWords,
  isAnswer,
  isComplete,
} from "../shared/replies.ts";
import { clockTime, lineIf, unlessGiven } from "../shared/directives.ts";
import {
  exitReasonsOf,
  isInFull,
  namesOf,
  statesOf,
  type Statuses,
} from "./job_listing.ts";
import { pbsLimits } from "./queue_limits.ts";
import { findPbsJobs, LEAKED_VARIABLES, listPbsJobs } from "./commands.ts";
import { PBS_REPLIES } from "./submit_replies.ts";
import { nameDirective } from "../shared/job_names.ts";
import type { Scheduler, Traces } from "../scheduler.ts";

const OUTPUT = /^#PBS\s(?:.*\s)?-[oek]/;

/** job.h of OpenPBS: JOB_EXEC_INITABT and similar, JOB_EXEC_KILL_VMEM to JOB_EXEC_KILL_WALLTIME. */
const STATUSES: Statuses = {
  "-4": "nodeFailure", // its daemon was restarted
  "-5": "nodeFailure",
  "-6": "nodeFailure",
  "-26": "outOfMemory",
  "-27": "outOfMemory",
  "-28": "timeLimit",
  "-29": "timeLimit",
};

/** mom_mach.c and requests.c of OpenPBS, resmom of Torque; seen of walltime and mem with both. */
const KILL_LINES: Traces["killLines"] = [
  [/^=>> PBS: job killed: (?:walltime|p?cput)\b.*$/m, "timeLimit"],
  [/^=>> PBS: job killed: p?v?mem\b.*$/m, "outOfMemory"],
];

/** OpenPBS and PBS Professional. */
export const pbs: Scheduler = {
  name: "PBS",
  manual:
    "https://2021.help.altair.com/2021.1.2/PBS%20Professional/PBSReferenceGuide2021.1.2.pdf",
  // "Job States": qstat(1B) of OpenPBS.
  states: {
    Q: "queued",
    W: "queued", // for its start time
    T: "queued", // being moved to another server or queue
    M: "queued", // was moved to another server
    H: "held",
    R: "running",
    B: "running", // an array that has started
    E: "running", // exiting
    S: "suspended",
    U: "suspended", // its workstation is in use
    F: "ended",
    X: "ended", // an element of an array
    C: "ended", // Torque's state
  },
  limits: BATCH_TRAITS,
  jobIdExpression: "${PBS_JOBID}",
  programs: { submit: "qsub", poll: "qstat", cancel: "qdel" },
  // qstat(1B), "Queue Status"; the short form would truncate names.
  version: "qstat --version",
  queues: "qstat -Q -f | sed -n 's/^Queue: *//p'",
  queueLimits: pbsLimits,
  leakedVariables: LEAKED_VARIABLES,
  outputVariables: [],
  supportedFields: ["walltime", "memory", "account", "exclusive"],
  // PBS Reference Guide 2021: 236 characters; qstat wraps long lines.
  naming: {
    directive: nameDirective("#PBS", "-N"),
    longest: 60,
    beginsWithLetter: true,
  },
  array: null,
  directives(resources) {
    const { nodes, cpusPerNode, gpusPerNode, queue, memoryMib } = resources;
    const gpus = gpusPerNode > 0 ? `:ngpus=${gpusPerNode}` : "";
    const memory = memoryMib === null ? "" : `:mem=${memoryMib}mb`;
    return [
      `#PBS -l select=${nodes}:ncpus=${cpusPerNode}${gpus}${memory}`,
      "#PBS -j oe",
      // Without it the user's login shell runs the script, whichever that is.
      "#PBS -S /bin/bash",
      ...lineIf(queue, (name) => `#PBS -q ${name}`),
      ...lineIf(
        resources.walltimeSeconds,
        (s) => `#PBS -l walltime=${clockTime(s)}`,
      ),
      ...lineIf(resources.account, (name) => `#PBS -A ${name}`),
      ...lineIf(resources.exclusive, () => "#PBS -l place=excl"),
    ];
  },
  slotGate: null,
  submit: ({ flags }) =>
    `qsub -N "$name" ${unlessGiven(flags, OUTPUT, '-o "$out"')}"$file"`,
  parseSubmit: (reply) => classifySubmitReply(reply, PBS_REPLIES),
  poll: (ids) => listPbsJobs(idWords(ids)),
  parsePoll(reply) {
    const entries = statesOf(reply.stdout);
    return {
      entries,
      isComplete: isComplete(reply, /Unknown Job Id/i, entries.size) &&
        isInFull(reply.stdout, "job_state"),
    };
  },
  findCommand: findPbsJobs,
  parseFound(reply) {
    const names = namesOf(reply.stdout);
    const isRead = isInFull(reply.stdout, "job_name");
    return isRead && isAnswer(reply, names.size) ? names : null;
  },
  account: (ids) => listPbsJobs(idWords(ids)),
  parseAccounting: ({ stdout }) => exitReasonsOf(stdout, STATUSES),
  traces: { killLines: KILL_LINES },
  cancel: (ids) => `qdel ${idWords(ids)}`,
};
