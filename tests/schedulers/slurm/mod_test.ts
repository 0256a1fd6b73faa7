import { match, ok, strictEqual } from "node:assert/strict";
import { slurm } from "../../../src/schedulers/slurm/mod.ts";
import {
  checkScheduler,
  resourcesOf,
  runText,
} from "../../helpers/check_scheduler.ts";
import { submits } from "./replies.ts";
import { exitReasons, found, listings, nativeStates } from "./cases.ts";

const plain = ["#SBATCH --nodes 1", "#SBATCH --ntasks-per-node 1"];

checkScheduler({
  scheduler: slurm,
  directives: [
    ["asks for one CPU", {}, plain],
    [
      "asks for GPUs in a partition",
      { nodes: 2, cpusPerNode: 4, gpusPerNode: 3, queue: "gpu" },
      [
        "#SBATCH --nodes 2",
        "#SBATCH --ntasks-per-node 4",
        "#SBATCH --gres=gpu:3",
        "#SBATCH --partition gpu",
      ],
    ],
    [
      "has the user's line for GPUs",
      { gpusPerNode: 3, options: { gpuLine: "#SBATCH --gpus=a100:2" } },
      [...plain, "#SBATCH --gpus=a100:2"],
    ],
    [
      "makes a line of an option for GPUs",
      { options: { gpuLine: "--gpus=1" } },
      [...plain, "#SBATCH --gpus=1"],
    ],
    [
      "says all that it can",
      {
        walltimeSeconds: 100000,
        memoryMib: 4096,
        account: "lab",
        qos: "long",
        exclusive: true,
      },
      [
        ...plain,
        "#SBATCH --time 27:46:40",
        "#SBATCH --mem 4096M",
        "#SBATCH --account lab",
        "#SBATCH --qos long",
        "#SBATCH --exclusive",
      ],
    ],
  ],
  submits,
  nativeStates,
  listing: (id, word) => `${id}|${word}|None\n`,
  listings,
  found,
  exitReasons,
});

Deno.test("Slurm's output goes to our file, unless the user sets another", () => {
  const submit = (flag: string) => slurm.submit(resourcesOf({ flags: [flag] }));
  match(submit("#SBATCH --time=5"), /--output "\$out" --error "\$out"/);
  for (const flag of ["-o x", "--output=x", "-e x", "--error x", "-N 1 -o x"]) {
    ok(!submit(`#SBATCH ${flag}`).includes("$out"), flag);
  }
  match(submit("#SBATCH --exclude=out"), /--output/);
});

Deno.test("Slurm's controller is asked once why jobs ended where there is no accounting", async () => {
  const text = slurm.account(["1", "2"])!;
  const off = await runText(
    "dash",
    `sacct() { return 1; }\nid() { echo me; }\n${text}`,
  );
  strictEqual(
    off,
    "squeue: <-h> <-t> <all> <-r> <-O> <jobarrayid:30,state:20,exit_code:20> <-a> <-u> <me>\n",
  );
  match(await runText("dash", text), /^sacct:.* <1,2> [^\n]*\n$/);
});

Deno.test("Slurm lists one job by its id, and several as all of the user, hidden partitions too", async () => {
  const asked = (ids: readonly string[]) =>
    runText("dash", `id() { echo me; }\n${slurm.poll(ids)}`);
  const all = "squeue: <-h> <-t> <all> <-r> <-o> <%i|%T|%r>";
  strictEqual(await asked(["1"]), `${all} <-j> <1>\n`);
  strictEqual(await asked(["1", "2"]), `${all} <-a> <-u> <me>\n`);
  match(
    await runText("dash", `id() { echo me; }\n${slurm.findCommand}`),
    /^squeue: .*<-a> <-u> <me>/,
  );
});

Deno.test("An sbatch that ends with a fatal error has not contacted the controller; one that lost its reply may have", () => {
  const answered = (stderr: string) =>
    slurm.parseSubmit({ code: 1, stdout: "", stderr }).outcome;
  // Seen on a host without Slurm's configuration.
  const lost = "sbatch: error: resolve_ctls_from_dns_srv: res_nsearch error";
  strictEqual(
    answered(
      `${lost}\nsbatch: fatal: Could not establish a configuration source\n`,
    ),
    "rejected",
  );
  strictEqual(
    answered("sbatch: error: Batch job submission failed: Socket timed out\n"),
    "unreachable",
  );
});
