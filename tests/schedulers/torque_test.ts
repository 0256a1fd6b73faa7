import { strictEqual } from "node:assert/strict";
import { torque } from "../../src/schedulers/torque.ts";
import { checkScheduler, runText } from "../helpers/check_scheduler.ts";
import { block, found, listings, nativeStates, submits } from "./pbs/cases.ts";
import { seenAnswers, seenEnds, seenListings } from "./pbs/seen.ts";

const STARTED = "Job started on Fri Nov 27 at 13:45";

const plain = ["#PBS -l nodes=1:ppn=1", "#PBS -j oe", "#PBS -S /bin/bash"];

checkScheduler({
  scheduler: torque,
  directives: [
    ["asks for one CPU", {}, plain],
    [
      "asks for GPUs in a queue",
      { nodes: 2, cpusPerNode: 4, gpusPerNode: 3, queue: "gpu" },
      ["#PBS -l nodes=2:ppn=4:gpus=3", ...plain.slice(1), "#PBS -q gpu"],
    ],
    [
      "says all that it can, memory for all nodes together",
      {
        nodes: 2,
        walltimeSeconds: 60,
        memoryMib: 4096,
        account: "lab",
        exclusive: true,
      },
      [
        "#PBS -l nodes=2:ppn=1",
        ...plain.slice(1),
        "#PBS -l walltime=00:01:00",
        "#PBS -l mem=8192mb",
        "#PBS -A lab",
        "#PBS -n",
      ],
    ],
  ],
  submits: [...seenAnswers("6.1.3"), ...submits],
  nativeStates,
  listing: block,
  listings: [
    ...seenListings("6.1.3", {
      dependent: { nativeState: "H" },
      held: { nativeState: "H" },
      waiting: { nativeState: "W" },
      running: { nativeState: "R" },
      suspended: { nativeState: "S" },
      "node-offline": {
        nativeState: "Q",
        reason:
          "Not Running: Not enough of the right type of nodes are available",
      },
      good: { nativeState: "C" },
      "unknown-among": {
        "27.torquehost": { nativeState: "C" },
        "30.torquehost": { nativeState: "H" },
      },
      "unknown-last": { nativeState: "H" },
      unknown: null,
      stopped: false,
    }),
    ...listings,
  ],
  found,
  // "Job Exit Status", Administrator Guide of Torque 6.1.2.
  exitReasons: [
    ...seenEnds("6.1.3", {
      good: { kind: "disappeared", message: `Exit_status 0, ${STARTED}` },
      failed: { kind: "disappeared", message: `Exit_status 3, ${STARTED}` },
      "deleted-held": { kind: "cancelled" },
      "deleted-running": {
        kind: "cancelled",
        message: `Exit_status 271, ${STARTED}`,
      },
      // Torque does not tell a signal from a deletion.
      killed: { kind: "cancelled", message: `Exit_status 271, ${STARTED}` },
      signal: { kind: "cancelled", message: `Exit_status 271, ${STARTED}` },
      overtime: { kind: "timeLimit", message: `Exit_status -11, ${STARTED}` },
    }),
    [
      "why jobs ended",
      [
        block("1.s", "C", ["exit_status = 0"]),
        block("2.s", "C", ["exit_status = -11"]),
        block("3.s", "C", ["exit_status = -10"]),
        block("4.s", "C", ["exit_status = 271"]),
        block("5.s", "E", ["exit_status = -11"]),
      ].join("\n"),
      {
        "1.s": { kind: "disappeared", message: "Exit_status 0" },
        "2.s": { kind: "timeLimit", message: "Exit_status -11" },
        "3.s": { kind: "outOfMemory", message: "Exit_status -10" },
        "4.s": { kind: "cancelled", message: "Exit_status 271" },
      },
    ],
  ],
});

Deno.test("Torque is not asked for a job history, which it does not have", async () => {
  strictEqual(
    await runText("dash", torque.poll(["1.s"])),
    "qstat: <-f> <1.s>\n",
  );
  const text =
    `id() { echo ann; }\nqselect() { echo "12.s"; }\n${torque.findCommand}`;
  strictEqual(await runText("dash", text), "qstat: <-f> <12.s>\n");
});
