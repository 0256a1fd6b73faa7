import {
  BATCH_TRAITS,
  classifySubmitReply,
  idWords,
  isComplete,
} from "../shared/replies.ts";
import { clockTime, lineIf, unlessSaid } from "../shared/directives.ts";
import { causesOf, namesOf, statesOf, type Statuses } from "./job_listing.ts";
import { pbsLimits } from "./queue_limits.ts";
import { fullListing, LEAKS, listMine, WORDING } from "./commands.ts";
import type { Scheduler } from "../scheduler.ts";

const OUTPUT = /^#PBS\s(?:.*\s)?-[oek]/;

/** job.h of OpenPBS: JOB_EXEC_INITABT and its like, JOB_EXEC_KILL_VMEM to JOB_EXEC_KILL_WALLTIME. */
const STATUSES: Statuses = {
  "-4": "nodeFailure", // its daemon was started anew
  "-5": "nodeFailure",
  "-6": "nodeFailure",
  "-26": "outOfMemory",
  "-27": "outOfMemory",
  "-28": "timeLimit",
  "-29": "timeLimit",
};

/** OpenPBS and PBS Professional. */
export const pbs: Scheduler = {
  name: "PBS",
  manual:
    "https://2021.help.altair.com/2021.1.2/PBS%20Professional/PBSReferenceGuide2021.1.2.pdf",
  // "Job States": qstat(1B) of OpenPBS.
  states: {
    Q: "queued",
    W: "queued", // for its time
    T: "queued", // on its way to another place
    M: "queued", // was moved to another server
    H: "held",
    R: "running",
    B: "running", // an array that has begun
    E: "running", // leaving
    S: "suspended",
    U: "suspended", // its workstation has a user
    F: "ended",
    X: "ended", // a part of an array
    C: "ended", // Torque's word
  },
  limits: BATCH_TRAITS,
  jobIdExpression: "${PBS_JOBID}",
  programs: { submit: "qsub", poll: "qstat", cancel: "qdel" },
  // qstat(1B), "Queue Status"; the short form would cut names.
  version: "qstat --version",
  queues: "qstat -Q -f | sed -n 's/^Queue: *//p'",
  queueLimits: pbsLimits,
  leakedVariables: LEAKS,
  supportedFields: ["walltime", "memory", "account", "exclusive"],
  array: null,
  directives(resources) {
    const { nodes, cpusPerNode, gpusPerNode, queue, memoryMib } = resources;
    const gpus = gpusPerNode > 0 ? `:ngpus=${gpusPerNode}` : "";
    const memory = memoryMib === null ? "" : `:mem=${memoryMib}mb`;
    return [
      `#PBS -l select=${nodes}:ncpus=${cpusPerNode}${gpus}${memory}`,
      "#PBS -j oe",
      // Without it the user's login shell reads the script, whichever that is.
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
    `qsub -N "$name" ${unlessSaid(flags, OUTPUT, '-o "$out"')}"$file"`,
  parseSubmit: (reply) => classifySubmitReply(reply, WORDING),
  poll: (ids) => fullListing("qstat -x -f", idWords(ids), "qstat -f"),
  read: (reply) => ({
    entries: statesOf(reply.stdout),
    isComplete: isComplete(reply, /Unknown Job Id/i),
  }),
  findCommand: `${listMine("qselect -x")}
${fullListing("qstat -x -f", "$mine", "qstat -f")}`,
  parseFound: ({ stdout }) => namesOf(stdout),
  account: (ids) => fullListing("qstat -x -f", idWords(ids), "qstat -f"),
  parseAccounting: ({ stdout }) => causesOf(stdout, STATUSES),
  cancel: (ids) => `qdel ${idWords(ids)}`,
};
