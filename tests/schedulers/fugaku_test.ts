import { strictEqual } from "node:assert/strict";
import { fugaku } from "../../src/schedulers/fugaku.ts";
import {
  checkScheduler,
  runText,
  statesByMeaning,
} from "../helpers/check_scheduler.ts";

const plain = ['#PJM -L "node=1"', '#PJM --mpi "max-proc-per-node=1"'];

/** Fugaku user guide, 5.12 "Displaying a job status". */
const HEAD =
  "JOB_ID     JOB_NAME   MD ST  USER     START_DATE      ELAPSE_LIM            NODE_REQUIRE    VNODE  CORE V_MEM\n";

function row(id: string, word: string): string {
  return `${id}        job.sh     NM ${word} user1    11/17 09:01:41  0001:00:00            12:2x3x2        -      -    -\n`;
}

function refused(why: string): { code: number; stderr: string } {
  return { code: 1, stderr: `[ERR.] PJM ${why}\n` };
}

checkScheduler({
  scheduler: fugaku,
  directives: [
    ["asks for one process", {}, plain],
    [
      "asks for nodes of a resource group",
      { nodes: 2, cpusPerNode: 4, queue: "small" },
      [
        '#PJM -L "rscgrp=small"',
        '#PJM -L "node=2"',
        '#PJM --mpi "max-proc-per-node=4"',
      ],
    ],
    [
      "says all that it can",
      { walltimeSeconds: 3661, account: "hp120345" },
      [...plain, '#PJM -L "elapse=01:01:01"', "#PJM -g hp120345"],
    ],
  ],
  submits: [
    ["gives the id", "[INFO] PJM 0000 pjsub Job 123 submitted.\n", {
      id: "123",
    }],
    [
      "gives the id behind a wrapper's words",
      "[WARN] 42 nodes are down\n[INFO] PJM 0000 pjsub Job 123 submitted.\n",
      { id: "123" },
    ],
    [
      "is refused for its nodes",
      refused("0057 pjsub node=32 is greater than the upper limit (24)."),
      "rejected",
    ],
    [
      "is refused though it seemed to succeed",
      "[ERR.] PJM 0007 pjsub Staging option error (3).\nRefer to the staging information file.\n",
      "rejected",
    ],
    [
      "finds the user's limit full",
      refused("0038 pjsub The number of accepted jobs exceeds the limit."),
      "queueFull",
    ],
    [
      "may have been accepted when its answer was lost",
      refused("0091 pjsub Communication timed out."),
      "unreachable",
    ],
    ["may have been accepted without a message", "", "unconfirmed"],
  ],
  // "A.1" of the Job Operation Software End-user's Guide.
  nativeStates: statesByMeaning({
    queued: "ACC QUE RNA",
    held: "HLD",
    running: "RNP RUN RNE RNO",
    suspended: "SPP SPD RSM",
    ended: "EXT CCL ERR RJT",
  }),
  listing: (id, word) => HEAD + row(id, word),
  listings: [
    [
      "shows what is there and what has ended, which counts where both show a job",
      HEAD + row("123", "RUN") + row("124", "RNO") + HEAD + row("124", "EXT"),
      {
        known: { "123": { nativeState: "RUN" }, "124": { nativeState: "EXT" } },
        complete: true,
      },
    ],
    [
      "is complete without a job that was forgotten",
      { code: 1, stderr: "[ERR.] PJM 0211 pjstat Invalid jobid: 123.\n" },
      { known: {}, complete: true },
    ],
    [
      "is not complete without the scheduler",
      {
        code: 1,
        stderr: "[ERR.] PJM 0090 pjstat Cannot connect to the server.\n",
      },
      { known: {}, complete: false },
    ],
  ],
  found: [
    [
      "all jobs of the user",
      "H,JOB_ID,JOB_NAME\n,123,d1a2\nH,JOB_ID,JOB_NAME\n,120,d1a1\n",
      { d1a2: "123", d1a1: "120" },
    ],
  ],
  exitReasons: [
    [
      "why jobs ended",
      "JOB_ID     ST  REASON\n1        EXT COMPLETED\n2        EXT ELAPSE LIMIT EXCEEDED\n3        EXT LIMIT OVER MEMORY\n4        CCL -\n5        ERR NODE DOWN\n6        EXT ANOTHER JOB STARTED\n7        RUN -\n",
      {
        "1": { kind: "disappeared", message: "EXT COMPLETED" },
        "2": { kind: "timeLimit", message: "EXT ELAPSE LIMIT EXCEEDED" },
        "3": { kind: "outOfMemory", message: "EXT LIMIT OVER MEMORY" },
        "4": { kind: "cancelled", message: "CCL -" },
        "5": { kind: "nodeFailure", message: "ERR NODE DOWN" },
        "6": { kind: "preempted", message: "EXT ANOTHER JOB STARTED" },
      },
    ],
  ],
});

Deno.test("Fugaku lists present jobs and then ended ones", async () => {
  const said = await runText("dash", fugaku.poll(["1", "2"]));
  strictEqual(said, "pjstat: <1> <2>\npjstat: <-H> <1> <2>\n");
});

Deno.test("a listing of Fugaku has failed where either half has", async () => {
  const half = (fails: string) => `
pjstat() { echo "$1"; [ "$1" != ${fails} ]; }
( ${fugaku.poll(["1"])}
) || echo failed`;
  strictEqual(await runText("dash", half("1")), "1\n-H\nfailed\n");
  strictEqual(await runText("dash", half("-H")), "1\n-H\nfailed\n");
});
