import { ok, strictEqual } from "node:assert/strict";
import { lsf } from "../../../src/schedulers/lsf/mod.ts";
import {
  checkScheduler,
  resourcesOf,
  runText,
} from "../../helpers/check_scheduler.ts";
import { exitReasons, nativeStates, submits } from "./cases.ts";

const plain = ["#BSUB -n 1", "#BSUB -R 'span[ptile=1]'"];
const gpu = (options: object) => ({
  gpusPerNode: 2,
  options: {
    gpuLine: null,
    gpuUsage: true,
    gpuNewSyntax: true,
    gpuExclusive: true,
    ...options,
  },
});

checkScheduler({
  scheduler: lsf,
  directives: [
    ["asks for one CPU", {}, plain],
    [
      "asks for CPUs of several nodes in a queue",
      { nodes: 2, cpusPerNode: 4, queue: "short" },
      ["#BSUB -n 8", "#BSUB -R 'span[ptile=4]'", "#BSUB -q short"],
    ],
    ["asks for no GPUs unless told to", gpu({ gpuUsage: false }), plain],
    [
      "asks for GPUs of its own",
      gpu({}),
      [...plain, "#BSUB -gpu 'num=2:mode=shared:j_exclusive=yes'"],
    ],
    [
      "asks for GPUs that others may share",
      gpu({ gpuExclusive: false }),
      [...plain, "#BSUB -gpu 'num=2:mode=shared:j_exclusive=no'"],
    ],
    [
      "asks for GPUs in the old words",
      gpu({ gpuNewSyntax: false }),
      [...plain, '#BSUB -R "select[ngpus >0] rusage[ngpus_excl_p=2]"'],
    ],
    [
      "has the user's line for GPUs",
      gpu({ gpuLine: '#BSUB -gpu "num=1"' }),
      [...plain, '#BSUB -gpu "num=1"'],
    ],
    [
      "says all that it can, a begun minute as a whole one",
      {
        walltimeSeconds: 100001,
        memoryMib: 4096,
        account: "lab",
        exclusive: true,
      },
      [
        ...plain,
        "#BSUB -W 27:47",
        "#BSUB -R 'rusage[mem=4096MB/host]'",
        "#BSUB -P lab",
        "#BSUB -x",
      ],
    ],
  ],
  submits: [
    ...submits,
    [
      "is refused for its queue",
      { code: 255, stderr: "nope: No such queue. Job not submitted.\n" },
      "rejected",
    ],
    [
      "finds the user's limit full",
      {
        code: 255,
        stderr:
          "User <ann>: Pending job threshold reached. Retrying in 60 seconds...\nPending job threshold reached. Job not submitted.\n",
      },
      "queueFull",
    ],
    [
      "may have been accepted without LSF",
      {
        code: 255,
        stderr:
          "Cannot connect to LSF. Please wait ...\nLSF is down. Please wait ...: Job not submitted.\n",
      },
      "unreachable",
    ],
  ],
  nativeStates,
  listing: (id, word) => `${id}|${word}|-\n`,
  listings: [
    [
      "shows jobs",
      "123456789|PEND|-\n124|EXIT|137\n",
      {
        known: {
          "123456789": { nativeState: "PEND" },
          "124": { nativeState: "EXIT" },
        },
        complete: true,
      },
    ],
    [
      "is read in columns too",
      "123      RUN   -\n",
      { known: { "123": { nativeState: "RUN" } }, complete: true },
    ],
    [
      "is complete without a job that was forgotten",
      { code: 255, stdout: "124|RUN|-\n", stderr: "Job <123> is not found\n" },
      { known: { "124": { nativeState: "RUN" } }, complete: true },
    ],
    [
      "is not complete without LSF",
      {
        code: 255,
        stderr: "LSF is down. Please wait ...\nJob <123> is not found\n",
      },
      { known: {}, complete: false },
    ],
  ],
  found: [
    [
      "all jobs of the user",
      "Welcome\n123|d1a2\n124|sleep 10\n",
      { d1a2: "123" },
    ],
  ],
  exitReasons,
});

Deno.test('LSF\'s "no job found" is no failure', async () => {
  const none = `bjobs() { echo "No job found" >&2; return 255; }
( ${lsf.findCommand}
) && echo fine`;
  strictEqual(await runText("dash", none), "No job found\nfine\n");
  const lost = `bjobs() { echo "LSF is down" >&2; return 255; }
( ${lsf.findCommand}
) || echo failed`;
  strictEqual(await runText("dash", lost), "LSF is down\nfailed\n");
});

Deno.test("LSF's output goes to our file, unless the user sets another", () => {
  const submit = (flag: string) => lsf.submit(resourcesOf({ flags: [flag] }));
  ok(submit("#BSUB -W 10").includes('-o "$out"'));
  for (const flag of ["-o %J.out", "-e x", "-oo x", "-n 2 -eo x"]) {
    ok(!submit(`#BSUB ${flag}`).includes("$out"), flag);
  }
  ok(submit("#BSUB -env all").includes('-o "$out"'));
});
