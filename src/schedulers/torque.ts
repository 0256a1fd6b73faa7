import { classifySubmitReply, idWords } from "./shared/replies.ts";
import { clockTime, lineIf } from "./shared/directives.ts";
import { pbs } from "./pbs/mod.ts";
import { exitReasonsOf, type Statuses } from "./pbs/job_listing.ts";
import { torqueLimits } from "./pbs/queue_limits.ts";
import { findTorqueJobs, listTorqueJobs } from "./pbs/commands.ts";
import { TORQUE_REPLIES } from "./pbs/submit_replies.ts";
import type { Scheduler } from "./scheduler.ts";

/** "Job Exit Status" of the Administrator Guide: JOB_EXEC_INITABT and similar, JOB_EXEC_OVERLIMIT_MEM, _WT, _CPUT. */
const STATUSES: Statuses = {
  "-4": "nodeFailure",
  "-5": "nodeFailure",
  "-6": "nodeFailure",
  "-10": "outOfMemory",
  "-11": "timeLimit",
  "-12": "timeLimit",
};

/** Torque has other resource options than PBS, and no job history beyond `keep_completed`. */
export const torque: Scheduler = {
  ...pbs,
  name: "Torque",
  manual:
    "http://docs.adaptivecomputing.com/9-0-2/docker/Content/topics/torque/commands/qsub.htm",
  queueLimits: torqueLimits,
  // qsub(1B): at most 15 characters, although version 6 accepts more.
  naming: { ...pbs.naming!, longest: 15 },
  directives(resources) {
    const { nodes, cpusPerNode, gpusPerNode, queue, memoryMib } = resources;
    const gpus = gpusPerNode > 0 ? `:gpus=${gpusPerNode}` : "";
    return [
      `#PBS -l nodes=${nodes}:ppn=${cpusPerNode}${gpus}`,
      "#PBS -j oe",
      "#PBS -S /bin/bash",
      ...lineIf(queue, (name) => `#PBS -q ${name}`),
      ...lineIf(
        resources.walltimeSeconds,
        (s) => `#PBS -l walltime=${clockTime(s)}`,
      ),
      // `mem` is the memory of the whole job.
      ...lineIf(memoryMib, (mib) => `#PBS -l mem=${mib * nodes}mb`),
      ...lineIf(resources.account, (name) => `#PBS -A ${name}`),
      ...lineIf(resources.exclusive, () => "#PBS -n"),
    ];
  },
  parseSubmit: (reply) => classifySubmitReply(reply, TORQUE_REPLIES),
  poll: (ids) => listTorqueJobs(idWords(ids)),
  findCommand: findTorqueJobs,
  account: (ids) => listTorqueJobs(idWords(ids)),
  parseAccounting: ({ stdout }) => exitReasonsOf(stdout, STATUSES),
};
