import type { OptionsOf } from "../../schema/kwargs.ts";
import { quote } from "../../script/quote.ts";
import {
  BATCH_TRAITS,
  classifySubmitReply,
  idWords,
  isAnswer,
  isComplete,
  namesIn,
} from "../shared/replies.ts";
import { hasUnreadRows } from "../shared/table.ts";
import {
  clockTime,
  lineIf,
  unlessGiven,
  wholeLine,
} from "../shared/directives.ts";
import { nameDirective } from "../shared/job_names.ts";
import type { Scheduler } from "../scheduler.ts";
import { slurmLimits } from "./queue_limits.ts";
import { parseExitReasons, parseStates } from "./job_listing.ts";
import {
  LEAKED_VARIABLES,
  OUTPUT_VARIABLES,
  STATES,
  STUCK,
  SUBMIT_REPLIES,
} from "./states.ts";

/** A directive with an output option: Slurm's own rules then apply to the other stream. */
export const OUTPUT = /^#SBATCH\s(?:.*\s)?(?:-[oe]|--(?:output|error)\b)/;

export const slurm: Scheduler = {
  name: "Slurm",
  manual: "https://slurm.schedmd.com/squeue.html#SECTION_JOB-STATE-CODES",
  states: STATES,
  // slurm.conf(5), "cgroup": the kernel kills the process that exceeds the memory, not the job.
  limits: { ...BATCH_TRAITS, explainsFailures: true },
  jobIdExpression: "${SLURM_JOB_ID}",
  programs: {
    submit: "sbatch",
    poll: "squeue",
    account: "sacct",
    cancel: "scancel",
    capacity: "scontrol",
  },
  // sbatch(1), sinfo(1): all partitions, hidden ones too.
  version: "sbatch --version",
  queues: "sinfo -a -h -o %R",
  queueLimits: slurmLimits,
  leakedVariables: LEAKED_VARIABLES,
  outputVariables: OUTPUT_VARIABLES,
  supportedFields: ["walltime", "memory", "account", "qos", "exclusive"],
  naming: {
    directive: nameDirective("#SBATCH", "--job-name", "-J"),
    longest: 128,
    beginsWithLetter: false,
  },
  array: null,
  directives(resources) {
    const { nodes, cpusPerNode, gpusPerNode, queue } = resources;
    const { gpuLine } = resources.options as OptionsOf<"Slurm">;
    return [
      `#SBATCH --nodes ${nodes}`,
      `#SBATCH --ntasks-per-node ${cpusPerNode}`,
      ...(gpuLine ? [wholeLine("#SBATCH", gpuLine)] : lineIf(
        gpusPerNode > 0 && gpusPerNode,
        (gpus) => `#SBATCH --gres=gpu:${gpus}`,
      )),
      ...lineIf(queue, (name) => `#SBATCH --partition ${name}`),
      ...lineIf(
        resources.walltimeSeconds,
        (s) => `#SBATCH --time ${clockTime(s)}`,
      ),
      ...lineIf(resources.memoryMib, (mib) => `#SBATCH --mem ${mib}M`),
      ...lineIf(resources.account, (name) => `#SBATCH --account ${name}`),
      ...lineIf(resources.qos, (name) => `#SBATCH --qos ${name}`),
      ...lineIf(resources.exclusive, () => "#SBATCH --exclusive"),
    ];
  },
  slotGate: null,
  submit: ({ flags }) =>
    `sbatch --parsable --job-name "$name" ${
      unlessGiven(flags, OUTPUT, '--output "$out" --error "$out"')
    }"$file"`,
  parseSubmit: (reply) => classifySubmitReply(reply, SUBMIT_REPLIES),
  poll: (ids) => `squeue -h -t all -r -o '%i|%T|%r' ${whichJobs(ids)}`,
  parsePoll(reply) {
    const entries = parseStates(reply.stdout);
    return {
      entries,
      isComplete: isComplete(reply, /Invalid job id specified/, entries.size) &&
        !hasUnreadRows(reply.stdout, /^\d+(?:[_+]\S*)?\|[A-Z_]+\|/),
    };
  },
  findCommand: `squeue -h -t all -a -u "$(id -un)" -o '%F|%j|%T|%r'`,
  // A submit that is rejected because of its constraints leaves a job in the listing that never existed (seen).
  parseFound(reply) {
    const { stdout } = reply;
    const row = /^(\d+)\|(.+)\|(?!FAILED\|BadConstraints)[A-Z_]+\|.*$/gm;
    const names = namesIn(stdout, row);
    const isRead = !hasUnreadRows(stdout, /^\d+\|.+\|[A-Z_]+\|/);
    return isRead && isAnswer(reply, names.size) ? names : null;
  },
  account: (ids) => accountOf(ids, "JobIDRaw"),
  parseAccounting: ({ stdout }) => parseExitReasons(stdout),
  endStates: {
    TIMEOUT: "timeLimit",
    DEADLINE: "timeLimit",
    OUT_OF_MEMORY: "outOfMemory",
    CANCELLED: "cancelled",
  },
  successStates: ["COMPLETED"],
  stuck: STUCK,
  cancel: (ids) => `scancel -Q ${idWords(ids)}`,
};

/**
 * One job by its id, or all of the user: with several ids squeue loads all jobs
 * of the site and compares each with each id, while of a user the controller
 * sends only theirs. `-a`: hidden partitions too, which `-j` implies.
 */
function whichJobs(ids: readonly string[]): string {
  return ids.length === 1 ? `-j ${quote(ids[0]!)}` : '-a -u "$(id -un)"';
}

/**
 * Accounting, or what the controller still knows where a site has no accounting
 * (sacct then exits with 1: "Slurm accounting storage is disabled").
 */
export function accountOf(ids: readonly string[], id: string): string {
  return `sacct -n -P -X -j ${quote(ids.join(","))} -o ${id},State,ExitCode ||
squeue -h -t all -r -O jobarrayid:30,state:20,exit_code:20 ${whichJobs(ids)}`;
}
