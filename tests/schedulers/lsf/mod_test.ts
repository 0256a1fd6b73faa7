import { match, ok, strictEqual } from "node:assert/strict";
import { lsf } from "../../../src/schedulers/lsf/mod.ts";
import {
  checkScheduler,
  resourcesOf,
  runText,
} from "../../helpers/check_scheduler.ts";
import { transcript } from "../../helpers/transcript.ts";
import { exitReasons, nativeStates, submits } from "./cases.ts";

/** A transcript of rows alone, below a heading. */
function below(heading: string, name: string) {
  const reply = transcript(name);
  return { ...reply, stdout: heading + reply.stdout };
}

/** What bjobs prints above the rows without -noheader. */
const HEAD = "JOBID|STAT|EXIT_CODE\n";

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
        "#BSUB -M 4096MB",
        "#BSUB -P lab",
        "#BSUB -x",
      ],
    ],
  ],
  submits,
  nativeStates,
  listing: (id, word) => `${HEAD}${id}|${word}|-\n`,
  listings: [
    [
      "shows jobs",
      below(HEAD, "bjobs-public-ended"),
      {
        known: {
          "861487": { nativeState: "EXIT" },
          "861488": { nativeState: "PEND" },
        },
        complete: true,
      },
    ],
    ["shows jobs after waits", below(HEAD, "bjobs-public-extra-lines"), {
      known: { "5157393": { nativeState: "RUN" } },
      complete: true,
    }],
    [
      "shows a job whose post-processing is over",
      below(HEAD, "bjobs-public-pdone"),
      {
        known: { "1": { nativeState: "PDONE" } },
        complete: true,
      },
    ],
    [
      "is complete without a job that was forgotten",
      below(HEAD, "bjobs-public-mixed"),
      {
        known: { "1": { nativeState: "DONE" } },
        complete: true,
      },
    ],
    [
      "is complete where all jobs were forgotten, with exit code 0",
      transcript("bjobs-public-unknown-only"),
      { known: {}, complete: true },
    ],
    ["is not complete without LSF", transcript("bjobs-public-down"), {
      known: {},
      complete: false,
    }],
    [
      "is not complete where LSF is busy",
      transcript("bjobs-public-query-limit"),
      {
        known: {},
        complete: false,
      },
    ],
    [
      "is not complete without LSF, whatever was forgotten",
      {
        code: 255,
        stderr: "LSF is down. Please wait ...\nJob <123> is not found\n",
      },
      { known: {}, complete: false },
    ],
    [
      "is not complete in another layout",
      "JOBID   USER    STAT  QUEUE\n123     ann     RUN   normal\n",
      { known: {}, complete: false },
    ],
    [
      "is not complete where a row cannot be read",
      `${HEAD}123|RUN|-\n124 RUN\n`,
      { known: { "123": { nativeState: "RUN" } }, complete: false },
    ],
    ["is not complete without a heading", "", { known: {}, complete: false }],
  ],
  found: [
    [
      "all jobs of the user",
      "Welcome\nJOBID|JOB_NAME\n123|d1a2\n124|sleep 10\n",
      { d1a2: "123", "sleep 10": "124" },
    ],
    ["no job", "No unfinished job found\n", {}],
    ["nothing in another layout", "JOBID JOB_NAME\n123 d1a2\n", null],
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

Deno.test("LSF lists one job by its id, and several as all of the user", async () => {
  const asked = (ids: readonly string[]) => runText("dash", lsf.poll(ids));
  match(await asked(["123"]), /^bjobs: <-o> <[^>]*> <123>\n$/);
  match(await asked(["123", "124"]), /^bjobs: <-o> <[^>]*> <-a>\n$/);
  const { isComplete } = lsf.parsePoll({
    code: 255,
    stdout: "",
    stderr: "No job found\n",
  });
  strictEqual(isComplete, true);
});

Deno.test("LSF's output goes to our file, unless the user sets another", () => {
  const submit = (flag: string) => lsf.submit(resourcesOf({ flags: [flag] }));
  ok(submit("#BSUB -W 10").includes('-o "$out"'));
  for (const flag of ["-o %J.out", "-e x", "-oo x", "-n 2 -eo x"]) {
    ok(!submit(`#BSUB ${flag}`).includes("$out"), flag);
  }
  ok(submit("#BSUB -env all").includes('-o "$out"'));
});
