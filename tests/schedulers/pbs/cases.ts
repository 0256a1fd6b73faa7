/** Output that PBS and Torque share and that was not seen. Source: qsub(1B), qstat(1B), pbs_messages.c of OpenPBS 20, pbs_error_db.h of Torque 6. */
import { type Cases, statesByMeaning } from "../../helpers/check_scheduler.ts";

/** A job as `qstat -f` shows it, with these additional lines. */
export function block(
  id: string,
  word: string,
  lines: readonly string[] = [],
): string {
  const all = ["Job_Name = d1a2", `job_state = ${word}`, ...lines];
  return `Job Id: ${id}\n${all.map((line) => `    ${line}\n`).join("")}`;
}

function refused(why: string): { code: number; stderr: string } {
  return { code: 1, stderr: `qsub: ${why}\n` };
}

export const submits: Cases["submits"] = [
  ["gives the id", "123.server.site\n", { id: "123.server.site" }],
  ["gives an id without a server", "123\n", { id: "123" }],
  [
    "gives the id behind a wrapper's words",
    "You have 42.5 hours left\n123.s\n",
    { id: "123.s" },
  ],
  ["is refused for its account", refused("Invalid Account"), "rejected"],
  [
    "may have been accepted when its answer was lost",
    refused("Batch protocol error"),
    "unreachable",
  ],
  ["may have been accepted without a message", "\n", "unconfirmed"],
  [
    "may have been accepted with an unknown message",
    refused("Something new"),
    "unconfirmed",
  ],
];

/** qstat(1B), "Job States" of OpenPBS, and Torque's C. */
export const nativeStates = statesByMeaning({
  queued: "Q W T M",
  held: "H",
  running: "R B E",
  suspended: "S U",
  ended: "C F X",
});

export const listings: Cases["listings"] = [
  [
    "shows jobs by their whole ids, and why they wait",
    block("123456789.a-server-with-a-long-name.site.example", "Q", [
      "comment = Not Running: No resources",
    ]) + "\n" + block("124.s", "R", [
      "comment = Job run at Sun Nov 22 at 12:55 on (n1:ncpus=1)",
    ]),
    {
      known: {
        "123456789.a-server-with-a-long-name.site.example": {
          nativeState: "Q",
          reason: "Not Running: No resources",
        },
        "124.s": { nativeState: "R" },
      },
      complete: true,
    },
  ],
  [
    "is not complete where one job was forgotten and then the server was lost",
    {
      code: 1,
      stdout:
        "qstat: Unknown Job Id 123.s\nqstat: cannot connect to server pbs\n",
    },
    { known: {}, complete: false },
  ],
];

export const found: Cases["found"] = [
  [
    "all jobs of the user",
    `Welcome\n${block("123.s", "F")}\n${
      block("124.s", "R").replace("d1a2", "other")
    }`,
    { d1a2: "123.s", other: "124.s" },
  ],
];
