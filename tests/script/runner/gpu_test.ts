import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { openJobSandbox } from "../../helpers/job_sandbox.ts";

Deno.test("Each running task has a GPU of those that the batch system gave", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({
    script:
      "echo +$CUDA_VISIBLE_DEVICES >>events; sleep 0.0$n; echo -$CUDA_VISIBLE_DEVICES >>events",
    tasks: Array.from({ length: 12 }, (_, i) => `n=${i * 7 % 10} sh`),
    resources: {
      tasksAtOnce: 3,
      gpusPerNode: 3,
      strategy: { gpuPerTask: true, unfinishedRatio: 0, headerTemplate: null },
    },
  }, { CUDA_VISIBLE_DEVICES: "2,GPU-5f,7" });
  const held = new Set<string>();
  const used = new Set<string>();
  for (const event of sandbox.read("events").trim().split("\n")) {
    const gpu = event.slice(1);
    if (event.startsWith("-")) held.delete(gpu);
    else ok(!held.has(gpu), `two on ${gpu}`), held.add(gpu), used.add(gpu);
  }
  deepStrictEqual([...used].sort(), ["2", "7", "GPU-5f"]);
});

Deno.test("One task at a time takes the GPUs in turn, and more tasks than GPUs share them evenly", async () => {
  await using sandbox = openJobSandbox();
  const strategy = {
    gpuPerTask: true,
    unfinishedRatio: 0,
    headerTemplate: null,
  };
  await sandbox.run({
    tasks: Array.from(
      { length: 4 },
      () => ({ command: "echo $CUDA_VISIBLE_DEVICES #" }),
    ),
    resources: { gpusPerNode: 3, strategy },
  });
  strictEqual(sandbox.read("log"), "0\n1\n2\n0\n");
  await sandbox.run({
    name: "j2",
    tasks: Array.from(
      { length: 4 },
      () => ({
        stdoutFile: "four",
        command: "echo $CUDA_VISIBLE_DEVICES; sleep 0.3 #",
      }),
    ),
    resources: { gpusPerNode: 2, tasksAtOnce: 4, strategy },
  });
  deepStrictEqual(sandbox.read("four").trim().split("\n").sort(), [
    "0",
    "0",
    "1",
    "1",
  ]);
});
