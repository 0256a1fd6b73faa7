/** Replies of Grid Engine 8.1.9 to a submit, and its accounting of ended jobs. */
import type { Cases } from "../../helpers/check_scheduler.ts";
import { transcript } from "../../helpers/transcript.ts";

const seen = (name: string) => transcript(name.replace("-", "-8.1.9-"));

/** Rejections seen with Grid Engine 8.1.9. */
const REFUSALS =
  "name-colon name-digit no-file option pe-slots pe project queue resource"
    .split(" ");

function refused(why: string): { code: number; stderr: string } {
  return { code: 1, stderr: `Unable to run job: ${why}\nExiting.\n` };
}

const LINE = `${"=".repeat(62)}\n`;

function record(id: string, ...lines: readonly string[]): string {
  return `${LINE}qname        main.q\nowner        ann\njobnumber    ${id}\n${
    lines.map((line) => `${line}\n`).join("")
  }`;
}

// Texts of sge_qmaster and qsub 8.1.9.
export const submits: Cases["submits"] = [
  ["was seen to be accepted", seen("qsub-accepted"), { id: "1" }],
  [
    "was seen to be accepted, in words",
    seen("qsub-accepted-words"),
    { id: "2" },
  ],
  ...REFUSALS.map((why) =>
    [
      `was seen to be refused: ${why}`,
      seen(`qsub-refused-${why}`),
      "rejected",
    ] as const
  ),
  [
    "was seen to find a limit full",
    seen("qsub-refused-job-limit"),
    "queueFull",
  ],
  ["gives the id", "123\n", { id: "123" }],
  [
    "gives the id in a sentence",
    'Your job 123 ("wDPjob-d1a2") has been submitted\n',
    { id: "123" },
  ],
  ["gives the id behind a wrapper's words", "Project 42 has 7 slots\n123\n", {
    id: "123",
  }],
  [
    "is refused for its parallel environment",
    refused(
      'job rejected: the requested parallel environment "nope" does not exist.',
    ),
    "rejected",
  ],
  [
    "is refused for its queue",
    refused('Job was rejected because job requests unknown queue "nope".'),
    "rejected",
  ],
  [
    "is refused for its name",
    refused(
      'denied: "1x" is not a valid object name (cannot start with a digit).',
    ),
    "rejected",
  ],
  [
    "finds the user's limit full",
    refused(
      "job rejected: only 2 jobs are allowed per user (current job count: 2).",
    ),
    "queueFull",
  ],
  [
    "may have been accepted when its answer was lost",
    refused(
      "failed receiving gdi request response for mid=1 (got syncron message receive timeout error).",
    ),
    "unreachable",
  ],
  [
    "may have been accepted without a qmaster",
    {
      code: 1,
      stderr:
        'error: commlib error: got select error (Connection refused)\nUnable to run job: unable to send message to qmaster using port 6444 on host "q": got send error.\nExiting.\n',
    },
    "unreachable",
  ],
  ["may have been accepted without a message", "", "unconfirmed"],
  [
    "may have been accepted with an unknown message",
    refused("something new."),
    "unconfirmed",
  ],
];

export const exitReasons: Cases["exitReasons"] = [
  ...([
    ["success", "25", "disappeared", "exit_status 0"],
    ["failure", "26", "disappeared", "exit_status 3"],
    [
      "killed",
      "27",
      "disappeared",
      "failed 100 : assumedly after job, exit_status 137 (Killed)",
    ],
    [
      "over-time",
      "28",
      "timeLimit",
      "failed 37 : qmaster enforced h_rt, h_cpu, or h_vmem limit, exit_status 137 (Killed)",
    ],
    [
      "deleted",
      "29",
      "disappeared",
      "failed 100 : assumedly after job, exit_status 137 (Killed)",
    ],
  ] as const).map(([name, id, kind, said]) =>
    [
      `what was seen: ${name}`,
      seen(`qacct-${name}`),
      { [id]: { kind, message: said } },
    ] as const
  ),
  ...["unknown", "deleted-while-queued"].map((name) =>
    [`nothing of ${name}`, seen(`qacct-${name}`), {}] as const
  ),
  [
    "why jobs ended",
    record("1", "failed       0    ", "exit_status  1                   ") +
    record(
      "2",
      "failed       37  : qmaster enforced h_rt, h_cpu, or h_vmem limit",
      "exit_status  137",
    ) +
    record(
      "3",
      "failed       100 : assumedly after job",
      "exit_status  137",
      "ru_wallclock 12.3s",
      "category     -l h_rt=10 -pe mpi 1",
    ) +
    record(
      "4",
      "failed       100 : assumedly after job",
      "exit_status  137",
      "maxvmem      1.100G",
      "category     -l h_vmem=1G,h_rt=0:1:0",
      "ru_wallclock 12.3s",
    ) +
    record(
      "5",
      "failed       100 : assumedly after job",
      "exit_status  137",
      "category     -pe mpi 1",
    ) +
    record(
      "6",
      "failed       19  : before writing exit_status",
      "exit_status  0",
    ) +
    record("7", "failed       25  : rescheduling", "exit_status  0"),
    {
      "1": { kind: "disappeared", message: "exit_status 1" },
      "2": {
        kind: "timeLimit",
        message:
          "failed 37 : qmaster enforced h_rt, h_cpu, or h_vmem limit, exit_status 137",
      },
      "3": {
        kind: "timeLimit",
        message: "failed 100 : assumedly after job, exit_status 137",
      },
      "4": {
        kind: "outOfMemory",
        message: "failed 100 : assumedly after job, exit_status 137",
      },
      "5": {
        kind: "disappeared",
        message: "failed 100 : assumedly after job, exit_status 137",
      },
      "6": {
        kind: "nodeFailure",
        message: "failed 19 : before writing exit_status, exit_status 0",
      },
    },
  ],
  [
    "the worst of a job's machines",
    record(
      "1",
      "failed       37  : qmaster enforced h_rt",
      "exit_status  137",
    ) +
    record("1", "failed       0", "exit_status  0"),
    {
      "1": {
        kind: "timeLimit",
        message: "failed 37 : qmaster enforced h_rt, exit_status 137",
      },
    },
  ],
  ["nothing where nobody knows", {
    code: 1,
    stderr: "error: job id 123 not found\n",
  }, {}],
];
