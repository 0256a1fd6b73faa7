/** Slurm's states, replies to a submit and variables of a job. */
import type { SubmitReplyPatterns } from "../shared/replies.ts";
import type { Scheduler } from "../scheduler.ts";

/** squeue(1), "JOB STATE CODES"; 24 in Slurm 22.05. */
export const STATES: Scheduler["states"] = {
  PENDING: "queued",
  CONFIGURING: "queued",
  REQUEUED: "queued",
  REQUEUE_FED: "queued",
  REQUEUE_HOLD: "held",
  RESV_DEL_HOLD: "held",
  SPECIAL_EXIT: "held", // was requeued and is held until someone releases it
  RUNNING: "running",
  COMPLETING: "running", // some processes are still active
  RESIZING: "running",
  SIGNALING: "running",
  STAGE_OUT: "running",
  SUSPENDED: "suspended",
  STOPPED: "suspended", // keeps its CPUs
  BOOT_FAIL: "ended",
  CANCELLED: "ended",
  COMPLETED: "ended",
  DEADLINE: "ended",
  FAILED: "ended",
  NODE_FAIL: "ended",
  OUT_OF_MEMORY: "ended",
  PREEMPTED: "ended",
  REVOKED: "ended",
  TIMEOUT: "ended",
};

const REQUEST_LESS =
  "Request less in resources, or use another queue_name; `dpdisp doctor` shows the limits";

/** squeue(1), "JOB REASON CODES"; those that pass by themselves are not here. */
export const STUCK: NonNullable<Scheduler["stuck"]> = [
  {
    reason: /^(?:JobHeldUser|launch failed requeued held)$/,
    isHeld: true,
    advice: "`scontrol release JOB` lets it start",
  },
  {
    reason: /^JobHeldAdmin$/,
    isHeld: true,
    advice: "An administrator of the site holds it; ask them",
  },
  {
    reason: /^DependencyNeverSatisfied$/,
    advice:
      "The job that it depends on failed or does not exist. Correct the dependency in custom_flags and run the same command again, or remove it with `scontrol update JobId=JOB Dependency=`",
  },
  {
    reason:
      /^(?:PartitionNodeLimit|PartitionTimeLimit|BadConstraints|(?:Assoc|QOS)Max\w*(?:PerJob|Duration)\w*)$/,
    advice: REQUEST_LESS,
  },
  {
    reason: /^(?:PartitionDown|PartitionInactive)$/,
    advice: "Its partition is closed; wait, or use another queue_name",
  },
  {
    reason: /^(?:AccountNotAllowed|Invalid(?:Account|QOS)|QOSNotAllowed)$/,
    advice: "Set another account or qos in resources",
  },
];

const REFUSALS = [
  // slurm_errno.c: replies of the controller to a job that it rejects.
  "Invalid (?:account|partition|qos|feature|generic resource|job array|wckey|license|node|user|group|time|dependency|distribution|reservation|cluster|switch|exclusive|memory|core)",
  "Requested (?:node|partition|operation|reservation|time limit|account|nodes not|GRES|more tasks|operation not)",
  "(?:Task|Node) count specification invalid",
  "Time limit specification required",
  "No partition specified",
  "User's group not permitted",
  "Access denied|Access/permission denied|Permission denied",
  "Job dependency problem",
  "Job size specification needs",
  "Memory required by task is not available",
  "More processors requested than permitted",
  "Required (?:node|partition) not available",
  "Requested mem",
  "Pathname of a file, directory or other parameter too long",
  "Batch script (?:is|contains)",
  "Unspecified --",
  // sbatch itself, before it contacts the controller. "fatal" is its last message.
  "^sbatch: fatal: ",
  "unrecognized option|invalid option|option requires an argument|option .* is ambiguous",
  "Invalid (?:--|-[A-Za-z]\\b|numeric value|argument|directive|count)",
  "Unable to open (?:file|batch)",
  "This does not look like a batch script",
];

/**
 * A limit on the number of jobs is temporary; one on a job's size is not. sbatch
 * names the limit on a line of its own where the site enforces it
 * (`QOSMaxSubmitJobPerUserLimit`). A policy without a name is treated as
 * temporary, because nothing was accepted in either case. "Socket timed out" is
 * no reply: the controller may have the job (seen with a stopped controller: exit
 * code 1, and the job was queued).
 */
export const SUBMIT_REPLIES: SubmitReplyPatterns = {
  id: /^(?:Submitted batch job )?(\d+)(?:;\S+| on cluster \S+)?\r?$/gm,
  lost:
    /Socket timed out|Unable to contact slurm controller|Zero Bytes were|Transport endpoint|Unexpected message received|I\/O error|Unable to confirm/,
  full:
    /temporarily unable to accept job|Resource temporarily unavailable|^(?!.*(?:PerJob|WallDuration|MaxCpuPer|MaxNodePer))(?=.*violates accounting\/QOS policy)/s,
  refused: new RegExp(
    `${REFUSALS.join("|")}|violates accounting/QOS policy`,
    "m",
  ),
};

/**
 * sbatch(1), "OUTPUT ENVIRONMENT VARIABLES", by their prefixes. Not all of
 * `SLURM_`: SLURM_CONF names the configuration file.
 */
export const LEAKED_VARIABLES: Scheduler["leakedVariables"] = [
  "SBATCH_",
  "SRUN_",
  ...[
    ..."ARRAY CLUSTER CPU DIST EXPORT GPU GTIDS HET HINT HOSTFILE JOB".split(
      " ",
    ),
    ..."LAUNCH LOCALID MEM NODE NNODES NPROCS NTASKS OVERCOMMIT PRIO".split(
      " ",
    ),
    ..."PROC PROFILE RESTART SCRIPT SHARDS STEP SUBMIT TASK THREADS".split(
      " ",
    ),
    ..."TOPOLOGY TRES UMASK WORKING".split(" "),
  ].map((name) => `SLURM_${name}`),
];

/** squeue(1), sacct(1), sinfo(1), "ENVIRONMENT VARIABLES": those that leave jobs or columns out. */
export const OUTPUT_VARIABLES: Scheduler["outputVariables"] = [
  ..."ACCOUNT FORMAT FORMAT2 LICENSES NAMES PARTITION QOS SORT STATES USERS"
    .split(" ").map((name) => `SQUEUE_${name}`),
  "SACCT_FORMAT",
  ..."FORMAT PARTITION SORT".split(" ").map((name) => `SINFO_${name}`),
];
