import { ok, strictEqual } from "node:assert/strict";
import { pbs } from "../../../src/schedulers/pbs/mod.ts";
import { checkScheduler, runText } from "../../helpers/check_scheduler.ts";
import { block, found, listings, nativeStates, submits } from "./cases.ts";

const plain = ["#PBS -l select=1:ncpus=1", "#PBS -j oe", "#PBS -S /bin/bash"];

checkScheduler({
  scheduler: pbs,
  directives: [
    ["asks for one CPU", {}, plain],
    [
      "asks for GPUs in a queue",
      { nodes: 2, cpusPerNode: 4, gpusPerNode: 3, queue: "gpu" },
      [
        "#PBS -l select=2:ncpus=4:ngpus=3",
        ...plain.slice(1),
        "#PBS -q gpu",
      ],
    ],
    [
      "says all that it can",
      {
        walltimeSeconds: 100000,
        memoryMib: 4096,
        account: "lab",
        exclusive: true,
      },
      [
        "#PBS -l select=1:ncpus=1:mem=4096mb",
        ...plain.slice(1),
        "#PBS -l walltime=27:46:40",
        "#PBS -A lab",
        "#PBS -l place=excl",
      ],
    ],
  ],
  submits,
  nativeStates,
  listing: block,
  listings: [
    ...listings,
    [
      "is not complete where a job's history is not kept and qstat was not asked again",
      {
        code: 35,
        stdout: "qstat: PBS is not configured to maintain job history\n",
      },
      { known: {}, complete: false },
    ],
  ],
  found,
  // job.h of OpenPBS: JOB_EXEC_KILL_MEM is -27, JOB_EXEC_KILL_WALLTIME -29.
  exitReasons: [
    [
      "why jobs ended",
      [
        block("1.s", "F", ["Exit_status = 0"]),
        block("2.s", "F", ["Exit_status = -29"]),
        block("3.s", "F", ["Exit_status = -27"]),
        block("4.s", "F", ["Exit_status = -4"]),
        block("5.s", "F", ["Exit_status = 271"]),
        block("6.s", "F", ["comment = Job was deleted by ann"]),
        block("7.s", "F", ["Exit_status = -11"]),
        block("8.s", "R", ["Exit_status = 1"]),
      ].join("\n"),
      {
        "1.s": { kind: "disappeared", message: "Exit_status 0" },
        "2.s": { kind: "timeLimit", message: "Exit_status -29" },
        "3.s": { kind: "outOfMemory", message: "Exit_status -27" },
        "4.s": { kind: "nodeFailure", message: "Exit_status -4" },
        "5.s": { kind: "cancelled", message: "Exit_status 271" },
        "6.s": { kind: "cancelled", message: "Job was deleted by ann" },
        "7.s": { kind: "disappeared", message: "Exit_status -11" },
      },
    ],
    [
      "a signal apart by the limit that the job went beyond",
      [
        block("1.s", "F", [
          "resources_used.walltime = 00:01:07",
          "Resource_List.walltime = 00:01:00",
          "Exit_status = 271",
        ]),
        block("2.s", "F", [
          "resources_used.mem = 2100000kb",
          "Resource_List.mem = 2gb",
          "resources_used.walltime = 00:00:07",
          "Resource_List.walltime = 00:01:00",
          "Exit_status = 137",
        ]),
      ].join("\n"),
      {
        "1.s": { kind: "timeLimit", message: "Exit_status 271" },
        "2.s": { kind: "outOfMemory", message: "Exit_status 137" },
      },
    ],
  ],
});

/** qstat(1B) -f of OpenPBS, shortened: much that nobody reads here, and values over several lines. */
const FULL = `Job Id: 12.server.site
    Job_Name = d1a2
    Job_Owner = ann@login
    job_state = Q
    comment = Not Running: Insufficient amount of resource: ncpus (R: 64 A: 3
\t2 T: 32)
    Variable_List = PBS_O_HOME=/home/ann,PBS_O_LANG=C,
\tPBS_O_job_state = X
    Submit_arguments = -N d1a2 job.sh

qstat: Unknown Job Id 13.server.site`;

Deno.test("PBS's listing has only the parsed fields, with broken values joined", async () => {
  const text = `qstat() { cat <<'END'\n${FULL}\nEND\nreturn 153; }
${pbs.poll(["12.server.site", "13.server.site"])}`;
  const stdout = await runText("dash", `( ${text}\n) || echo "ended with $?"`);
  ok(stdout.endsWith("ended with 153\n"), stdout);
  strictEqual(stdout.includes("PBS_O"), false);
  const { entries, isComplete } = pbs.parsePoll({
    code: 153,
    stdout,
    stderr: "",
  });
  strictEqual(
    entries.get("12.server.site")?.reason,
    "Not Running: Insufficient amount of resource: ncpus (R: 64 A: 32 T: 32)",
  );
  strictEqual(isComplete, true);
});

Deno.test("PBS lists present jobs where no history is kept", async () => {
  const text = `qstat() {
  if [ "$1" = -x ]; then echo "qstat: PBS is not configured to maintain job history" >&2; return 35; fi
  echo "Job Id: $2"
}
${pbs.poll(["12.s"])}
`;
  strictEqual(await runText("dash", text), "Job Id: 12.s\n");
});

Deno.test("PBS looks for jobs among the user's, or among all without qselect", async () => {
  const among = (select: string) =>
    runText(
      "dash",
      `id() { echo ann; }\nqselect() { ${select}; }\n${pbs.findCommand}`,
    );
  const mine = 'echo "$@" >&3; echo 12.s; echo 13.s';
  strictEqual(
    await runText(
      "dash",
      `exec 3>&1\nid() { echo ann; }\nqselect() { ${mine}; }\n${pbs.findCommand}`,
    ),
    "-x -u ann\nqstat: <-x> <-f> <12.s> <13.s>\n",
  );
  strictEqual(await among("return 1"), "qstat: <-x> <-f>\n");
  // Grid Engine's qselect knows queues.
  strictEqual(await among("echo main.q@host"), "qstat: <-x> <-f>\n");
  strictEqual(await among(":"), "\n");
});
