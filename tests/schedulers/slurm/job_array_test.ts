import { strictEqual } from "node:assert/strict";
import { slurmJobArray } from "../../../src/schedulers/slurm/job_array.ts";
import { checkScheduler, resourcesOf } from "../../helpers/check_scheduler.ts";
import { transcript } from "../../helpers/transcript.ts";
import { submits } from "./replies.ts";
import { exitReasons, found, listings, nativeStates } from "./cases.ts";

checkScheduler({
  scheduler: slurmJobArray,
  directives: [
    ["asks for one CPU an element", {}, [
      "#SBATCH --nodes 1",
      "#SBATCH --ntasks-per-node 1",
    ]],
  ],
  submits,
  nativeStates,
  listing: (id, word) => `${id}_4|${word}|None\n`,
  listings: [
    ...listings,
    [
      "tells of an array what runs before what waits",
      "12_0|COMPLETED|None\n12_1|SUSPENDED|None\n12_[3-9]|PENDING|Resources\n12_2|RUNNING|None\n",
      { known: { "12": { nativeState: "RUNNING" } }, complete: true },
    ],
    [
      "tells of an array what waits before what is held",
      "12_1|REQUEUE_HOLD|JobHeldUser\n12_2|PENDING|JobArrayTaskLimit\n12_0|FAILED|NonZeroExitCode\n",
      {
        known: {
          "12": { nativeState: "PENDING", reason: "JobArrayTaskLimit" },
        },
        complete: true,
      },
    ],
    [
      "keeps an array listed with an unknown state",
      "12_0|COMPLETED|None\n12_1|FROZEN|None\n",
      { known: { "12": { nativeState: "FROZEN" } }, complete: true },
    ],
    [
      "tells arrays apart",
      "12_0|COMPLETED|None\n120_0|RUNNING|None\n",
      {
        known: {
          "12": { nativeState: "COMPLETED" },
          "120": { nativeState: "RUNNING" },
        },
        complete: true,
      },
    ],
  ],
  found,
  exitReasons: [
    ...exitReasons,
    [
      "the worst that happened to an array's elements",
      "12_0|COMPLETED|0:0\n12_1|CANCELLED by 0|0:15\n12_2|TIMEOUT|0:0\n",
      { "12": { kind: "timeLimit", message: "TIMEOUT, exit code 0:0" } },
    ],
    [
      "nothing of an array that is not over",
      "12_0|TIMEOUT|0:0\n12_[1-3]|PENDING|0:0\n",
      {},
    ],
    [
      "of elements by the array's id, by the controller",
      "12_0   OUT_OF_MEMORY   253   \n12_1   COMPLETED   0   \n",
      {
        "12": {
          kind: "outOfMemory",
          message: "OUT_OF_MEMORY, exit code 0:125",
        },
      },
    ],
  ],
});

Deno.test("an array's elements count from 0, with as many at once as the user allows", () => {
  const { directive, size } = slurmJobArray.array!;
  const options = (more: object) =>
    resourcesOf({
      options: { tasksPerElement: 5, elementsAtOnce: null, ...more },
    });
  strictEqual(directive(3, options({})), "#SBATCH --array=0-2");
  strictEqual(
    directive(3, options({ elementsAtOnce: 2 })),
    "#SBATCH --array=0-2%2",
  );
  strictEqual(size(options({})), 5);
});

Deno.test("an array has as many elements as the site allows", () => {
  const { mostElements } = slurmJobArray.array!;
  const most = (stdout: string) =>
    mostElements({ code: 0, stdout, stderr: "" });
  strictEqual(
    most("MaxArraySize            = 1001\nMaxJobCount             = 10000\n"),
    1001,
  );
  strictEqual(mostElements(transcript("scontrol-22.05.8-limits")), 1001);
  strictEqual(most("MaxArraySize            = 0\n"), null);
  strictEqual(most(""), null);
});
