import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { sge } from "../../../src/schedulers/sge/mod.ts";
import { testsWith } from "../../helpers/tools.ts";
import { transcript } from "../../helpers/transcript.ts";
import {
  checkScheduler,
  resourcesOf,
  statesByMeaning,
} from "../../helpers/check_scheduler.ts";
import { exitReasons, submits } from "./cases.ts";

const options = { jobName: "wDPjob", parallelEnvironment: "mpi" };
const plain = ["#$ -S /bin/bash", "#$ -cwd", "#$ -N wDPjob"];

/** `qstat -xml` of Grid Engine 8.1.9, shortened. */
function document(...jobs: readonly string[]): string {
  return `<?xml version='1.0'?>
<job_info  xmlns:xsd="http://arc.liv.ac.uk/repos/darcs/sge/source/dist/util/resources/schemas/qstat/qstat.xsd">
  <queue_info>
${jobs.join("")}  </queue_info>
  <job_info>
  </job_info>
</job_info>
`;
}

function job(id: string, word: string, name = "wDPjob-d1a2"): string {
  return `    <job_list state="running">
      <JB_job_number>${id}</JB_job_number>
      <JAT_prio>0.55500</JAT_prio>
      <JB_name>${name}</JB_name>
      <JB_owner>ann</JB_owner>
      <state>${word}</state>
      <queue_name>main.q@host1</queue_name>
      <slots>1</slots>
    </job_list>
`;
}

checkScheduler({
  scheduler: sge,
  directives: [
    ["asks for one slot", { options }, [...plain, "#$ -pe mpi 1"]],
    [
      "asks for slots in a queue",
      {
        nodes: 2,
        cpusPerNode: 4,
        queue: "main.q",
        options: { ...options, parallelEnvironment: "smp" },
      },
      [...plain, "#$ -pe smp 4", "#$ -q main.q"],
    ],
    [
      "says all that it can, memory for each slot",
      {
        cpusPerNode: 3,
        walltimeSeconds: 3600,
        memoryMib: 4096,
        account: "lab",
        options,
      },
      [
        ...plain,
        "#$ -pe mpi 3",
        "#$ -l h_rt=01:00:00",
        "#$ -l h_vmem=1366M",
        "#$ -A lab",
      ],
    ],
  ],
  submits,
  // sge_status(5).
  nativeStates: statesByMeaning({
    queued: "qw Rq",
    held: "hqw hRwq Eqw Ehqw EhRqw",
    running: "r hr t Rr Rt dr dt dRr dRt",
    suspended: "s ts S tS T tT Rs Rts RS RtS RT RtT ds dS dT dRs dRS dRT SR Sh",
    ended: "z",
  }),
  listing: (id, word) => document(job(id, word)),
  listings: [
    [
      "was seen",
      transcript("qstat-8.1.9-mixed-xml"),
      {
        known: {
          "16": { nativeState: "r" },
          "17": { nativeState: "s" },
          "18": { nativeState: "r" },
          "19": { nativeState: "dr" },
          "20": { nativeState: "r" },
          "24": { nativeState: "qw" },
          "21": { nativeState: "qw" },
          "15": { nativeState: "Eqw" },
          "22": { nativeState: "hqw" },
          "23": { nativeState: "hqw" },
        },
        complete: true,
      },
    ],
    [
      "shows jobs",
      document(
        job("123", "hqw"),
        job("12", "r"),
        job("13", "Eqw"),
        job("14", "dr"),
      ),
      {
        known: {
          "123": { nativeState: "hqw" },
          "12": { nativeState: "r" },
          "13": { nativeState: "Eqw" },
          "14": { nativeState: "dr" },
        },
        complete: true,
      },
    ],
    [
      "gives letters on of which one is in no manual",
      document(job("123", "rX")),
      { known: { "123": { nativeState: "rX" } }, complete: true },
    ],
    ["is complete without any job", document(), { known: {}, complete: true }],
    [
      "is not complete where it breaks off",
      document(job("123", "r")).slice(0, -15),
      { known: { "123": { nativeState: "r" } }, complete: false },
    ],
    ["is not complete without a document", "", { known: {}, complete: false }],
    [
      "is not complete without a qmaster",
      {
        code: 1,
        stderr: "error: commlib error: got select error (Connection refused)\n",
      },
      { known: {}, complete: false },
    ],
  ],
  found: [
    [
      "all jobs of the user, ended ones too",
      document(job("123", "r"), job("124", "r", "sleep")) +
      document(job("120", "z", "my-own-d1a1")),
      { "wDPjob-d1a2": "123", sleep: "124", "my-own-d1a1": "120" },
    ],
    [
      "no job, in a complete document, whatever is on stderr",
      { stdout: document(), stderr: "setlocale: cannot change locale\n" },
      {},
    ],
  ],
  exitReasons,
});

Deno.test(
  "SGE's output goes to our file, unless the user sets another",
  () => {
    const submit = (flag: string) =>
      sge.submit(resourcesOf({ options, flags: [flag] }));
    ok(submit("#$ -m e").includes('-o "$out"'));
    for (const flag of ["-o x", "-e x", "-j n", "-V -o x"]) {
      ok(!submit(`#$ ${flag}`).includes("$out"), flag);
    }
  },
);

/** What the poll prints, and its exit code, with a `qstat` whose listing is this document. */
async function pollWith(listing: string) {
  const errors = transcript("qstat-8.1.9-error").stdout;
  const { stdout, code } = await new Deno.Command("dash", {
    args: [
      "-c",
      `qstat() {
  case $1 in
    -xml) printf '%s' "$LISTING"; return "$CODE" ;;
    -j) printf '%s' "$ERRORS"; echo "asked for $2"; return 1 ;;
  esac
}
question() {
${sge.poll([])}
}
question`,
    ],
    env: { LISTING: listing, ERRORS: errors, CODE: "0" },
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: "" };
}

testsWith("dash")(
  "SGE is asked why jobs are in the error state, and only then",
  async () => {
    const reply = await pollWith(
      document(job("15", "Eqw"), job("16", "r"), job("17", "dEqw")),
    );
    ok(reply.stdout.includes("asked for 15,17"), reply.stdout);
    const { entries, isComplete } = sge.parsePoll(reply);
    strictEqual(isComplete, true);
    deepStrictEqual(Object.fromEntries(entries), {
      15: {
        nativeState: "Eqw",
        reason:
          "Eqw: can't chdir to /no/such/folder: No such file or directory",
      },
      16: { nativeState: "r" },
      17: { nativeState: "Eqw" },
    });
    const calm = await pollWith(document(job("16", "r"), job("18", "qw")));
    ok(!calm.stdout.includes("asked for"), calm.stdout);
  },
);
