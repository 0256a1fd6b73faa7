/** Output of Slurm that single jobs and arrays share. Source: squeue(1) and sacct(1) of Slurm 22.05. */
import { type Cases, statesByMeaning } from "../../helpers/check_scheduler.ts";
import { transcript } from "../../helpers/transcript.ts";

const seen = (name: string) => transcript(name.replace("-", "-22.05.8-"));

/** squeue(1), "JOB STATE CODES". */
export const nativeStates = statesByMeaning({
  queued: "PENDING CONFIGURING REQUEUED REQUEUE_FED",
  held: "REQUEUE_HOLD RESV_DEL_HOLD SPECIAL_EXIT",
  running: "RUNNING COMPLETING RESIZING SIGNALING STAGE_OUT",
  suspended: "SUSPENDED STOPPED",
  ended:
    "BOOT_FAIL CANCELLED COMPLETED DEADLINE FAILED NODE_FAIL OUT_OF_MEMORY PREEMPTED REVOKED TIMEOUT",
});

export const listings: Cases["listings"] = [
  [
    "was seen with an array",
    seen("squeue-mixed"),
    {
      known: {
        "5": { nativeState: "COMPLETED" },
        "1": { nativeState: "RUNNING" },
        "2": { nativeState: "COMPLETED" },
        "3": { nativeState: "COMPLETED" },
        "6": { nativeState: "COMPLETED" },
        "4": { nativeState: "FAILED", reason: "BadConstraints" },
        "12": { nativeState: "PENDING", reason: "JobArrayTaskLimit" },
        "9": { nativeState: "PENDING", reason: "BeginTime" },
        "10": { nativeState: "PENDING", reason: "Dependency" },
        "11": { nativeState: "PENDING", reason: "Resources" },
        "8": { nativeState: "PENDING", reason: "JobHeldUser" },
        "7": { nativeState: "RUNNING" },
      },
      complete: true,
    },
  ],
  [
    "was seen without a job that was forgotten",
    seen("squeue-forgotten-alone"),
    { known: {}, complete: true },
  ],
  [
    "was seen without several that were forgotten",
    seen("squeue-forgotten-several"),
    { known: {}, complete: true },
  ],
  [
    "was seen of a stopped controller",
    seen("squeue-stopped"),
    { known: {}, complete: false },
  ],
  [
    "was seen of a paused controller",
    seen("squeue-paused"),
    { known: {}, complete: false },
  ],
  [
    "shows jobs and why they wait",
    "123|PENDING|Resources\n124|RUNNING|None\n125|FAILED|NonZeroExitCode\n",
    {
      known: {
        "123": { nativeState: "PENDING", reason: "Resources" },
        "124": { nativeState: "RUNNING" },
        "125": { nativeState: "FAILED", reason: "NonZeroExitCode" },
      },
      complete: true,
    },
  ],
  [
    "is complete without a single job that was forgotten",
    { code: 1, stderr: "slurm_load_jobs error: Invalid job id specified\n" },
    { known: {}, complete: true },
  ],
  [
    "is not complete without a controller",
    {
      code: 1,
      stderr:
        "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n",
    },
    { known: {}, complete: false },
  ],
  [
    "is not complete when the answer was lost",
    {
      code: 1,
      stderr:
        "slurm_load_jobs error: Socket timed out on send/recv operation\n",
    },
    { known: {}, complete: false },
  ],
];

export const found: Cases["found"] = [
  [
    "all jobs of the user",
    "Welcome\n123|d1a2|RUNNING|None\n124|a name with blanks|FAILED|NonZeroExitCode\n125|a|b|PENDING|BeginTime\n",
    { d1a2: "123", "a name with blanks": "124", "a|b": "125" },
  ],
  [
    "no job of a submit that was refused",
    "4|d1a2|FAILED|BadConstraints\n5|d1a3|PENDING|BadConstraints\n",
    { d1a3: "5" },
  ],
];

export const exitReasons: Cases["exitReasons"] = [
  ...([
    ["cancelled", "6", "cancelled", "CANCELLED by user 0, exit code 0:0"],
    ["completed", "3", "disappeared", "COMPLETED, exit code 0:0"],
    ["failed", "4", "disappeared", "FAILED, exit code 3:0"],
    ["node-fail", "7", "nodeFailure", "NODE_FAIL, exit code 0:0"],
    ["out-of-memory", "5", "outOfMemory", "OUT_OF_MEMORY, exit code 0:125"],
    ["timeout", "1", "timeLimit", "TIMEOUT, exit code 0:0"],
  ] as const).map(([name, id, kind, said]) =>
    [
      `what accounting was seen to say: ${name}`,
      seen(`sacct-${name}`),
      { [id]: { kind, message: said } },
    ] as const
  ),
  ...([
    ["cancelled", "10", "cancelled", "CANCELLED, exit code 0:15"],
    ["completed", "7", "disappeared", "COMPLETED, exit code 0:0"],
    ["failed", "8", "disappeared", "FAILED, exit code 3:0"],
    ["node-fail", "11", "nodeFailure", "NODE_FAIL, exit code 0:15"],
    ["out-of-memory", "9", "outOfMemory", "OUT_OF_MEMORY, exit code 0:125"],
    // The shell of the job got SIGTERM, and returned that.
    ["timeout", "1", "timeLimit", "TIMEOUT, exit code 143:0"],
    ["array", "3", "disappeared", "FAILED, exit code 3:0"],
  ] as const).map(([name, id, kind, said]) =>
    [
      `what the controller was seen to say: ${name}`,
      seen(`squeue-ends-${name}`),
      { [id]: { kind, message: said } },
    ] as const
  ),
  ...[
    "sacct-running",
    "sacct-held",
    "sacct-requeued",
    "sacct-unknown",
    "sacct-slurmdbd-stopped",
    "sacct-accounting-off",
    "squeue-ends-forgotten",
    "squeue-ends-requeued",
    "squeue-ends-running",
    "squeue-ends-stopped",
  ].map((name) => [`nothing of ${name}`, seen(name), {}] as const),
  [
    "why jobs ended, by accounting",
    "1|COMPLETED|0:0\n2|FAILED|2:0\n3|OUT_OF_MEMORY|0:125\n4|TIMEOUT|0:0\n5|CANCELLED by 1000|0:15\n6|NODE_FAIL|1:0\n7|PREEMPTED|0:0\n8|DEADLINE|0:0\n9|BOOT_FAIL|0:0\n",
    {
      "1": { kind: "disappeared", message: "COMPLETED, exit code 0:0" },
      "2": { kind: "disappeared", message: "FAILED, exit code 2:0" },
      "3": { kind: "outOfMemory", message: "OUT_OF_MEMORY, exit code 0:125" },
      "4": { kind: "timeLimit", message: "TIMEOUT, exit code 0:0" },
      "5": {
        kind: "cancelled",
        message: "CANCELLED by user 1000, exit code 0:15",
      },
      "6": { kind: "nodeFailure", message: "NODE_FAIL, exit code 1:0" },
      "7": { kind: "preempted", message: "PREEMPTED, exit code 0:0" },
      "8": { kind: "timeLimit", message: "DEADLINE, exit code 0:0" },
      "9": { kind: "nodeFailure", message: "BOOT_FAIL, exit code 0:0" },
    },
  ],
  [
    "nothing of jobs that are not over",
    "1|RUNNING|0:0\n2|PENDING|0:0\n3|REQUEUED|0:0\n",
    {},
  ],
  [
    "nothing where nobody knows",
    {
      code: 1,
      stderr:
        "Slurm accounting storage is disabled\nslurm_load_jobs error: Invalid job id specified\n",
    },
    {},
  ],
];
