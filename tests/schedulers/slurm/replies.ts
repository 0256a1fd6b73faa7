/** Slurm's replies to a submit, for single jobs and arrays. Source: sbatch(1) and slurm_errno.c of Slurm 22.05. */
import type { Cases } from "../../helpers/check_scheduler.ts";
import { transcript } from "../../helpers/transcript.ts";

const seen = (name: string) => transcript(name.replace("-", "-22.05.8-"));

function failed(why: string): { code: number; stderr: string } {
  return {
    code: 1,
    stderr: `sbatch: error: Batch job submission failed: ${why}\n`,
  };
}

const POLICY =
  "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";

/** Rejections seen with Slurm 22.05. */
const REFUSALS =
  "account array cpus gres memory no-file no-interpreter nodes option partition-drained partition qos walltime"
    .split(" ");

export const submits: Cases["submits"] = [
  ["was seen to be accepted", seen("sbatch-accepted"), { id: "2" }],
  ["was seen to be full for now", seen("sbatch-full"), "queueFull"],
  [
    "was seen to be accepted, in words",
    seen("sbatch-accepted-words"),
    { id: "3" },
  ],
  ...REFUSALS.map((why) =>
    [
      `was seen to be refused: ${why}`,
      seen(`sbatch-refused-${why}`),
      "rejected",
    ] as const
  ),
  [
    "was seen to find a limit full",
    seen("sbatch-refused-submit-limit"),
    "queueFull",
  ],
  ["was seen to be lost and accepted", seen("sbatch-paused"), "unreachable"],
  ["was seen without a controller", seen("sbatch-stopped"), "unreachable"],
  ["gives the id", "123\n", { id: "123" }],
  ["gives the id without its cluster", "123;alps\n", { id: "123" }],
  [
    "gives the id behind a wrapper's words",
    "Project 42\n7 nodes are free\n123\n",
    { id: "123" },
  ],
  [
    "is refused for its partition",
    failed("Invalid partition name specified"),
    "rejected",
  ],
  [
    "is refused for its account",
    failed("Invalid account or account/partition combination specified"),
    "rejected",
  ],
  [
    "is refused for its nodes",
    failed("Requested node configuration is not available"),
    "rejected",
  ],
  [
    "is refused for its time",
    failed("Requested time limit is invalid (missing or exceeds some limit)"),
    "rejected",
  ],
  [
    "is refused for its array",
    failed("Invalid job array specification"),
    "rejected",
  ],
  [
    "is refused for an option",
    {
      code: 1,
      stderr:
        "sbatch: unrecognized option '--nope'\nTry \"sbatch --help\" for more information\n",
    },
    "rejected",
  ],
  ["finds the user's limit full", failed(POLICY), "queueFull"],
  [
    "finds a named limit on jobs full",
    {
      code: 1,
      stderr: `sbatch: error: QOSMaxSubmitJobPerUserLimit\n${
        failed(POLICY).stderr
      }`,
    },
    "queueFull",
  ],
  ...[
    "QOSMaxMemoryPerJob",
    "QOSMaxCpuPerUserLimit",
    "QOSMaxNodePerUserLimit",
    "AssocMaxWallDurationPerJobLimit",
  ]
    .map((limit) =>
      [
        `is refused for a limit on its size: ${limit}`,
        {
          code: 1,
          stderr: `sbatch: error: ${limit}\n${failed(POLICY).stderr}`,
        },
        "rejected",
      ] as const
    ),
  [
    "finds the controller full",
    {
      code: 1,
      stderr:
        "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying.\nsbatch: error: Batch job submission failed: Resource temporarily unavailable\n",
    },
    "queueFull",
  ],
  [
    "may have been accepted when its answer was lost",
    failed("Socket timed out on send/recv operation"),
    "unreachable",
  ],
  [
    "may have been accepted when the last of several tries was lost",
    {
      code: 1,
      stderr:
        `sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying.\n${
          failed("Socket timed out on send/recv operation").stderr
        }`,
    },
    "unreachable",
  ],
  [
    "may have been accepted without a controller",
    failed("Unable to contact slurm controller (connect failure)"),
    "unreachable",
  ],
  ["may have been accepted without a message", "", "unconfirmed"],
  [
    "may have been accepted with an unknown message",
    failed("Something new"),
    "unconfirmed",
  ],
  ["may have been accepted where the id comes with a failure", {
    code: 1,
    stdout: "123\n",
    stderr: "Access denied to the mail\n",
  }, "unconfirmed"],
];
