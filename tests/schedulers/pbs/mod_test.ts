import { match, strictEqual } from "node:assert/strict";
import { pbs } from "../../../src/schedulers/pbs/mod.ts";
import { quote } from "../../../src/script/quote.ts";
import { checkScheduler, runText } from "../../helpers/check_scheduler.ts";
import { block, found, listings, nativeStates, submits } from "./cases.ts";
import { seenAnswers, seenEnds, seenListings } from "./seen.ts";
import { transcript } from "../../helpers/transcript.ts";

const RAN = "Job run at Fri Nov 27 at 13:17 on (pbshost:ncpus=1) and";

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
  submits: [...seenAnswers("23.06.06"), ...submits],
  nativeStates,
  listing: block,
  listings: [
    ...seenListings("23.06.06", {
      array: { nativeState: "B" },
      dependent: { nativeState: "H" },
      held: { nativeState: "H" },
      waiting: { nativeState: "W" },
      running: { nativeState: "R" },
      // Its comment still says when it began.
      suspended: { nativeState: "S" },
      never: {
        nativeState: "Q",
        reason:
          "Can Never Run: Insufficient amount of resource: ncpus (R: 1000 A: 64 T: 64)",
        neverRuns: true,
      },
      "node-offline": {
        nativeState: "Q",
        reason: "Not Running: Not enough free nodes available",
      },
      "queue-not-started": {
        nativeState: "Q",
        reason: "Not Running: Queue not started.",
      },
      good: { nativeState: "F" },
      mixed: {
        "26.pbshost": { nativeState: "F" },
        "27.pbshost": { nativeState: "F" },
        "28.pbshost": { nativeState: "R" },
        "29.pbshost": { nativeState: "H" },
        "33.pbshost": { nativeState: "S" },
      },
      "unknown-among": {
        "26.pbshost": { nativeState: "F" },
        "29.pbshost": { nativeState: "H" },
      },
      "unknown-first": { "29.pbshost": { nativeState: "H" } },
      unknown: null,
      "no-history-f": null,
      "no-history": false,
      "no-history-among": false,
      stopped: false,
      paused: false,
    }),
    ...listings,
  ],
  found,
  exitReasons: [
    ...seenEnds("23.06.06", {
      good: { kind: "disappeared", message: `Exit_status 0, ${RAN} finished` },
      failed: { kind: "disappeared", message: `Exit_status 3, ${RAN} failed` },
      "deleted-held": { kind: "cancelled" },
      "deleted-running": {
        kind: "cancelled",
        message: `Exit_status 271, ${RAN} terminated by pbsuser@pbshost`,
      },
      // Not cancelled: somebody else, as the system's OOM killer, ended it.
      signal: {
        kind: "disappeared",
        message: `Exit_status 271, ${RAN} failed`,
      },
      overtime: {
        kind: "timeLimit",
        message: `Exit_status -29, ${RAN} exceeded resource walltime`,
      },
    }),
    // job.h of OpenPBS: JOB_EXEC_KILL_MEM is -27, JOB_EXEC_KILL_WALLTIME -29.
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

/** A program that replies as it was seen to. */
function replying(name: string): string {
  const { code, stdout, stderr } = transcript(name);
  return `printf '%s' ${quote(stdout)}; printf '%s' ${
    quote(stderr)
  } >&2; return ${code}`;
}

/** What a text prints, stdout before stderr, and its exit code. */
async function outputOf(programs: string, text: string) {
  const said = await runText(
    "dash",
    `id() { echo pbsuser; }
${programs}
exec 3>&1
errors=$( { listed=$(${text}
); code=$?; printf '%s\\n' "$listed" >&5; } 5>&3 2>&1; echo "$code" )
printf '%s\\n' "$errors"`,
  );
  const [, stdout = "", code = ""] = said.match(/^([^]*?)(\d+)\n+$/) ?? [];
  return { code: Number(code), stdout };
}

Deno.test("PBS's listing has only the parsed fields, with broken values joined", async () => {
  const { code, stdout } = await outputOf(
    `qstat() { ${replying("qstat-23.06.06-never")}; }`,
    pbs.poll(["36.pbshost"]),
  );
  strictEqual(code, 0);
  strictEqual(stdout.includes("PBS_O"), false);
  match(
    pbs.parsePoll({ code, stdout, stderr: "" }).entries.get("36.pbshost")!
      .reason!,
    /\(R: 1000 A: 64 T: 64\)$/,
  );
});

Deno.test("PBS passes on the exit code of qstat and its words about an unknown id", async () => {
  const { code, stdout } = await outputOf(
    `qstat() { ${replying("qstat-23.06.06-unknown")}; }`,
    pbs.poll(["99999.pbshost"]),
  );
  strictEqual(code, 153);
  match(stdout, /^\nqstat: Unknown Job Id 99999\.pbshost\n/);
});

const NO_HISTORY = `qstat() {
  case $* in
    *-x*) ${replying("qstat-23.06.06-no-history")} ;;
    *) echo "Job Id: $*"; echo "    Job_Name = d1a2" ;;
  esac
}
qselect() {
  case $* in
    *-x*) ${replying("qselect-23.06.06-no-history")} ;;
    *) ${replying("qselect-23.06.06-no-history-without-x")} ;;
  esac
}`;

Deno.test("PBS lists present jobs where no history is kept", async () => {
  const text = pbs.poll(["12.s"]);
  strictEqual(
    (await outputOf(NO_HISTORY, text)).stdout,
    "Job Id: -f 12.s\n    Job_Name = d1a2\n",
  );
});

Deno.test("PBS looks for present jobs by name where no history is kept", async () => {
  strictEqual(
    (await outputOf(NO_HISTORY, pbs.findCommand!)).stdout,
    "Job Id: -f 1163.pbshost 1164.pbshost 1165.pbshost\n    Job_Name = d1a2\n",
  );
});

Deno.test("PBS looks for jobs among the user's, or among all without qselect", async () => {
  const among = async (select: string) =>
    (await outputOf(select, pbs.findCommand!)).stdout;
  strictEqual(
    await among(`qselect() { ${replying("qselect-23.06.06-mine")}; }`),
    "qstat: <-x> <-f> <34.pbshost> <36.pbshost> <37.pbshost> <38.pbshost>\n",
  );
  // Where Grid Engine is installed, /usr/bin has a qselect.
  const without =
    `unset -f qselect; bin=$(mktemp -d); trap "/bin/rm -r $bin" EXIT
ln -s "$(command -v awk)" "$bin/"
PATH=$bin`;
  strictEqual(await among(without), "qstat: <-x> <-f>\n");
  // Grid Engine's qselect knows queues.
  strictEqual(
    await among("qselect() { echo main.q@host; }"),
    "qstat: <-x> <-f>\n",
  );
  strictEqual(
    await among(`qselect() { ${replying("qselect-23.06.06-nobody")}; }`),
    "\n",
  );
});

Deno.test("PBS's look-up by name ends with the reason where there is no server", async () => {
  const { code, stdout } = await outputOf(
    `qselect() { ${replying("qselect-23.06.06-stopped")}; }`,
    pbs.findCommand!,
  );
  strictEqual(code, 162);
  match(
    stdout,
    /^\nConnection refused\nqselect: cannot connect to server pbshost/,
  );
});

Deno.test("The output of a job that exceeded a limit says so", () => {
  const kindIn = (name: string) =>
    pbs.traces!.killLines.find(([line]) => line.test(transcript(name).stdout))
      ?.[1];
  for (const version of ["23.06.06", "6.1.3"]) {
    strictEqual(kindIn(`output-${version}-overtime`), "timeLimit");
  }
  strictEqual(kindIn("output-23.06.06-memory"), "outOfMemory");
});
