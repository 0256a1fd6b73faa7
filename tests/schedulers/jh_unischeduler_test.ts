import { ok, strictEqual } from "node:assert/strict";
import { jhUniScheduler as jh } from "../../src/schedulers/jh_unischeduler.ts";
import {
  checkScheduler,
  resourcesOf,
  runText,
} from "../helpers/check_scheduler.ts";
import { transcript } from "../helpers/transcript.ts";
import { exitReasons, nativeStates, submits } from "./lsf/cases.ts";

const plain = ["#JSUB -n 1", "#JSUB -R 'span[ptile=1]'"];
/** jjobs -o "jobid stat delimiter='|'" */
const HEAD = "JOBID|STAT\n";

checkScheduler({
  scheduler: jh,
  directives: [
    ["asks for one CPU", {}, plain],
    [
      "asks for GPUs in a queue",
      { nodes: 2, cpusPerNode: 4, gpusPerNode: 3, queue: "gpu" },
      [
        "#JSUB -n 8",
        "#JSUB -R 'span[ptile=4]'",
        "#JSUB -q gpu",
        "#JSUB -gpgpu 3",
      ],
    ],
    [
      "has the user's line for GPUs",
      { gpusPerNode: 3, options: { gpuLine: "#JSUB -gpgpu '1 mig=7'" } },
      [...plain, "#JSUB -gpgpu '1 mig=7'"],
    ],
    [
      "says all that it can",
      { memoryMib: 800, account: "lab", exclusive: true },
      [
        "#JSUB -n 1",
        "#JSUB -R 'span[ptile=1] rusage[mem=800/host]'",
        "#JSUB -P lab",
        "#JSUB -x",
      ],
    ],
  ],
  submits,
  nativeStates,
  listing: (id, word) => `${HEAD}${id}|${word}\n`,
  listings: [
    [
      "shows jobs",
      `${HEAD}123|PEND\n124 | DONE\n`,
      {
        known: {
          "123": { nativeState: "PEND" },
          "124": { nativeState: "DONE" },
        },
        complete: true,
      },
    ],
    [
      "is complete without a job that was forgotten",
      {
        code: 255,
        stdout: `${HEAD}124|RUN\n`,
        stderr: "Job <123> is not found\n",
      },
      { known: { "124": { nativeState: "RUN" } }, complete: true },
    ],
    [
      "is not complete in a format of the user's",
      transcript("jjobs-public-format-variable"),
      { known: {}, complete: false },
    ],
    [
      "is not complete in the default format, which was not asked for",
      transcript("jjobs-public-default"),
      { known: {}, complete: false },
    ],
    [
      "is not complete without the scheduler",
      { code: 255, stderr: "can not connect to server\n" },
      { known: {}, complete: false },
    ],
  ],
  found: [
    ["all jobs of the user", "JOBID|JOB_NAME\n123|d1a2\n124 | d1a3 \n", {
      d1a2: "123",
      d1a3: "124",
    }],
    ["no job", transcript("jctrl-public-none"), {}],
    [
      "nothing in another layout",
      transcript("jjobs-public-format-variable"),
      null,
    ],
  ],
  exitReasons,
});

Deno.test("JH_UniScheduler gets the header and the path of the script, however long the script is", async () => {
  const file = await Deno.makeTempFile({ prefix: "it's " });
  try {
    const long = "dpdisp_task\n".repeat(1000);
    await Deno.writeTextFile(
      file,
      `#!/bin/bash -l\n#JSUB -n 1\n#JSUB -q gpu\n${long}`,
    );
    const env = { file, name: "d1a2", out: "/o/d1a2" };
    const said = await runText("dash", jh.submit(resourcesOf({})), env);
    strictEqual(
      said,
      `jsub: <-J> <d1a2> <-o> </o/d1a2> <-e> </o/d1a2.err>
#!/bin/bash
#JSUB -n 1
#JSUB -q gpu
exec bash -l '${file.replace("'", "'\\''")}'
`,
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("JH_UniScheduler gets a time limit on its command line, in whole minutes", () => {
  const submit = jh.submit(resourcesOf({ walltimeSeconds: 61 }));
  ok(submit.includes(' -W 2 -o "$out"'), submit);
});
