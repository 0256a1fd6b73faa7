import { strictEqual } from "node:assert/strict";
import type { ExitReasonKind } from "../../../src/model/exit_reason.ts";
import { fugaku } from "../../../src/schedulers/fugaku/mod.ts";
import type { Reply } from "../../../src/schedulers/scheduler.ts";
import { transcript } from "../../helpers/transcript.ts";
import {
  type Cases,
  checkScheduler,
  runText,
  statesByMeaning,
} from "../../helpers/check_scheduler.ts";

const plain = ['#PJM -L "node=1"', '#PJM --mpi "max-proc-per-node=1"'];

/** pjstat -v --choose jid,st,ermsg */
const HEAD = "JOB_ID     ST  REASON          \n";

/** The replies of pjsub to a submit, by what they mean; each transcript names its source. */
function pjsub(
  means: Cases["submits"][number][2],
  situations: readonly string[],
): Cases["submits"] {
  return situations.map((situation) =>
    [`(${situation})`, transcript(`pjsub-public-${situation}`), means] as const
  );
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
      { walltimeSeconds: 3661, memoryMib: 28672, account: "hp120345" },
      [
        ...plain,
        '#PJM -L "elapse=01:01:01"',
        '#PJM -L "node-mem=28672Mi"',
        "#PJM -g hp120345",
      ],
    ],
  ],
  submits: [
    ...pjsub({ id: "6291500" }, ["accepted"]),
    ...pjsub("unreachable", ["daemon-absent", "internal-error"]),
    ...pjsub("queueFull", [
      "accept-limit",
      "config-changed",
      "rscgrp-disabled",
    ]),
    ...pjsub("rejected", [
      "bad-option",
      "exit-0-after-error",
      "gate-budget",
      "group",
      "no-permission",
      "not-global-fs",
      "over-elapse",
      "over-nodes",
      "rscgrp-missing",
      "rscgrp-unknown",
      "under-nodes",
    ]),
    // A bare number could be anybody's: the job is looked up by its name.
    ...pjsub("unconfirmed", ["accepted-z-jid"]),
    [
      "gives the id behind a wrapper's words",
      "[WARN] 42 nodes are down\n[INFO] PJM 0000 pjsub Job 123 submitted.\n",
      { id: "123" },
    ],
    [
      "is refused in the site's own words, whatever they are",
      {
        code: 1,
        stderr: "[ERR.] PJM 0079 pjsub Connect to the portal first.\n",
      },
      "rejected",
    ],
    [
      "may have been accepted when the connection was lost",
      { code: 255, stderr: "pjsub: Connection timed out\n" },
      "unreachable",
    ],
    ["may have been accepted without a message", "", "unconfirmed"],
  ],
  // "A.1" of the Job Operation Software End-user's Guide.
  nativeStates: statesByMeaning({
    queued: "ACC QUE RNA",
    held: "HLD ERR",
    running: "RNP RUN RNE RNO",
    suspended: "SPP SPD RSM",
    ended: "EXT CCL RJT",
  }),
  listing: (id, word) =>
    `${HEAD}${id}        ${word} -               \n${HEAD}`,
  listings: [
    [
      "shows what is there and what has ended, which counts where both show a job",
      `${HEAD}123        RUN -\n124        RNO -\n${HEAD}124        EXT ELAPSE LIMIT EXC\n`,
      {
        known: {
          "123": { nativeState: "RUN" },
          "124": { nativeState: "EXT", reason: "ELAPSE LIMIT EXC" },
        },
        complete: true,
      },
    ],
    ["shows every state, and why a job is held", twice("states"), {
      known: {
        "167727": { nativeState: "EXT", reason: "COMPLETED" },
        "167728": { nativeState: "RNO" },
        "167736": { nativeState: "HLD", reason: "ASHOLD" },
        "167737": { nativeState: "ERR" },
        "167738": { nativeState: "CCL" },
        "167739": { nativeState: "RJT" },
      },
      complete: true,
    }],
    [
      "is complete without a job that was forgotten",
      HEAD + HEAD,
      { known: {}, complete: true },
    ],
    [
      "is not complete where one of the two commands printed nothing",
      HEAD,
      { known: {}, complete: false },
    ],
    ...["wisteria", "wisteria-none", "unknown-id", "ids"].map((layout) =>
      [
        `is not complete in another layout (${layout})`,
        twice(layout),
        { known: {}, complete: false },
      ] as const
    ),
    [
      "is not complete without the job manager",
      transcript("pjstat-public-daemon-absent"),
      { known: {}, complete: false },
    ],
    [
      "is not complete where an id is refused",
      transcript("pjstat-public-invalid-id"),
      { known: {}, complete: false },
    ],
  ],
  found: [
    ["all jobs of the user", twice("data-chosen"), {
      jobA: "2927",
      jobB: "2928",
    }],
    [
      "all jobs, present and ended",
      "H,JOB_ID,JOB_NAME\n,123,d1a2\nH,JOB_ID,JOB_NAME\n,120,d1a1\n",
      { d1a2: "123", d1a1: "120" },
    ],
    ["nothing in another layout", twice("data"), null],
    ["nothing in a site's own layout", twice("wisteria-none"), null],
  ],
  exitReasons: [
    [
      "ends by their numbers",
      ends(
        "1 EXT 0 0 0 -",
        "2 EXT 0 11 24 ELAPSE LIMIT EXC",
        "3 EXT 137 12 9 LIMIT OVER MEMOR",
        "4 EXT 137 23 9 -",
        "5 EXT 0 18 15 ANOTHER JOB STAR",
        "6 EXT 0 20 0 NODE DOWN",
        "7 EXT 0 22 0 -",
        "8 EXT 0 25 0 -",
        "9 CCL 0 1 15 -",
        "10 CCL 0 3 0 GATE CHECK",
        "11 CCL 0 8 0 GATE CHECK",
        "12 EXT 1 0 0 -",
        "13 EXT 0 140 0 INTERNAL ERROR",
        "14 RUN 0 0 0 -",
        "15 ERR 0 20 0 NODE DOWN",
        "16 RJT 0 2 0 -",
      ),
      {
        "1": reason("disappeared", "EXT", 0, 0, 0),
        "2": reason("timeLimit", "EXT ELAPSE LIMIT EXC", 0, 11, 24),
        "3": reason("outOfMemory", "EXT LIMIT OVER MEMOR", 137, 12, 9),
        "4": reason("outOfMemory", "EXT", 137, 23, 9),
        "5": reason("preempted", "EXT ANOTHER JOB STAR", 0, 18, 15),
        "6": reason("nodeFailure", "EXT NODE DOWN", 0, 20, 0),
        "7": reason("nodeFailure", "EXT", 0, 22, 0),
        "8": reason("nodeFailure", "EXT", 0, 25, 0),
        "9": reason("cancelled", "CCL", 0, 1, 15),
        "10": reason("rejected", "CCL GATE CHECK", 0, 3, 0),
        "11": reason("rejected", "CCL GATE CHECK", 0, 8, 0),
        "12": reason("disappeared", "EXT", 1, 0, 0),
        "13": reason("nodeFailure", "EXT INTERNAL ERROR", 0, 140, 0),
        "16": reason("rejected", "RJT", 0, 2, 0),
      },
    ],
    [
      "ends by the first 16 characters of their reasons, where a site hides the numbers",
      ends(...cutReasons()),
      {
        "1": reason("timeLimit", "EXT ELAPSE LIMIT EXC", "-", "-", "-"),
        "2": reason("outOfMemory", "EXT LIMIT OVER MEMOR", "-", "-", "-"),
        "3": reason("preempted", "EXT ANOTHER JOB STAR", "-", "-", "-"),
        "4": reason("preempted", "EXT DEADLINE SCHEDUL", "-", "-", "-"),
        "5": reason("nodeFailure", "EXT INTERNAL ERROR", "-", "-", "-"),
        "6": reason("rejected", "CCL GATE CHECK", "-", "-", "-"),
        "7": reason("disappeared", "EXT", "-", "-", "-"),
        "8": reason("disappeared", "EXT NO CURRENT DIR", "-", "-", "-"),
      },
    ],
  ],
});

/** What pjstat of such a job printed, for present jobs and for ended ones. */
function twice(situation: string): Reply {
  const reply = transcript(`pjstat-public-${situation}`);
  const [heading = ""] = reply.stdout.match(/^(?:JOB_ID|H,).*\n/m) ?? [];
  return { ...reply, stdout: reply.stdout + heading };
}

function ends(...rows: readonly string[]): string {
  return ["JOB_ID ST EC PC SN REASON", ...rows, ""]
    .map((row) =>
      row.replace(
        /^(\S+) (\S+) (\S+) (\S+) (\S+) /,
        (...cells) =>
          cells.slice(1, 6).map((cell: string) => cell.padEnd(4)).join(" "),
      )
    ).join("\n");
}

/** The transcript of cut reasons, with numbers that are hidden. */
function cutReasons(): readonly string[] {
  return transcript("pjstat-public-H-ended-cut").stdout.trim().split("\n")
    .slice(1).map((row) =>
      row.replace(/^(\d+) +(\S+) +(.*?) *$/, "$1 $2 - - - $3")
    );
}

function reason(
  kind: ExitReasonKind,
  words: string,
  exit: number | string,
  code: number | string,
  signal: number | string,
) {
  return {
    kind,
    message: `${words}, exit code ${exit}, PJM code ${code}, signal ${signal}`,
  };
}

Deno.test("the numbers of a job that exceeded its time on Fugaku are those that its accounting reads", () => {
  // The same job in the long listing: EC 0, PC 11, SN 24.
  const { stdout } = transcript("pjstat-public-H-v-elapse");
  const row = stdout.split("\n").find((line) => line.startsWith("49047939"))!;
  const cells = row.trim().split(/\s+/);
  const [exit, code, signal] = cells.slice(cells.indexOf("RNO") + 1);
  const text = ends(`49047939 EXT ${exit} ${code} ${signal} ELAPSE LIMIT EXC`);
  strictEqual(
    fugaku.parseAccounting({ code: 0, stdout: text, stderr: "" })
      .get("49047939")?.kind,
    "timeLimit",
  );
});

Deno.test("Fugaku lists present jobs and then ended ones", async () => {
  const said = await runText("dash", fugaku.poll(["1", "2"]));
  strictEqual(
    said,
    "pjstat: <-v> <--choose> <jid,st,ermsg> <1> <2>\npjstat: <-H> <-v> <--choose> <jid,st,ermsg> <1> <2>\n",
  );
});

Deno.test("a listing of Fugaku has failed where either half has", async () => {
  const half = (fails: string) => `
pjstat() { echo "$1"; [ "$1" != ${fails} ]; }
( ${fugaku.poll(["1"])}
) || echo failed`;
  strictEqual(await runText("dash", half("-v")), "-v\n-H\nfailed\n");
  strictEqual(await runText("dash", half("-H")), "-v\n-H\nfailed\n");
});
