import { deepStrictEqual, ok } from "node:assert/strict";
import { openJobSandbox } from "../../helpers/job_sandbox.ts";

Deno.test("Each running task has a GPU of those that the batch system gave", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({
    script:
      "echo +$CUDA_VISIBLE_DEVICES >>events; sleep 0.0$n; echo -$CUDA_VISIBLE_DEVICES >>events",
    tasks: Array.from({ length: 12 }, (_, i) => `n=${i * 7 % 10} sh`),
    resources: {
      gpusPerNode: 3,
      strategy: { gpuPerTask: true, unfinishedRatio: 0, headerTemplate: null },
    },
  }, { CUDA_VISIBLE_DEVICES: "2,GPU-5f,7,9" });
  const held = new Set<string>();
  const used = new Set<string>();
  for (const event of sandbox.read("events").trim().split("\n")) {
    const gpu = event.slice(1);
    if (event.startsWith("-")) held.delete(gpu);
    else ok(!held.has(gpu), `two on ${gpu}`), held.add(gpu), used.add(gpu);
  }
  deepStrictEqual([...used].sort(), ["2", "7", "GPU-5f"]);
});

Deno.test("para_deg tasks run on each GPU: gpu_per_node × para_deg at once", async () => {
  await using sandbox = openJobSandbox();
  const strategy = {
    gpuPerTask: true,
    unfinishedRatio: 0,
    headerTemplate: null,
  };
  await sandbox.run({
    script:
      "echo +$CUDA_VISIBLE_DEVICES >>events; sleep 0.5; echo -$CUDA_VISIBLE_DEVICES >>events",
    tasks: Array.from({ length: 10 }, () => "sh"),
    resources: { gpusPerNode: 4, tasksAtOnce: 2, strategy },
  });
  const events = sandbox.read("events").trim().split("\n");
  const running: string[] = [];
  const peaks = new Map<string, number>();
  for (const event of events) {
    const gpu = event.slice(1);
    if (event.startsWith("+")) running.push(gpu);
    else running.splice(running.indexOf(gpu), 1);
    const onGpu = running.filter((each) => each === gpu).length;
    peaks.set(gpu, Math.max(onGpu, peaks.get(gpu) ?? 0));
    peaks.set("all", Math.max(running.length, peaks.get("all") ?? 0));
  }
  deepStrictEqual(Object.fromEntries(peaks), {
    ...{ "0": 2, "1": 2, "2": 2, "3": 2 },
    all: 8,
  });
});

Deno.test("Tasks are spread evenly over the GPUs", async () => {
  await using sandbox = openJobSandbox();
  await sandbox.run({
    tasks: Array.from(
      { length: 4 },
      () => ({
        stdoutFile: "four",
        command: "echo $CUDA_VISIBLE_DEVICES; sleep 0.3 #",
      }),
    ),
    resources: {
      gpusPerNode: 2,
      tasksAtOnce: 2,
      strategy: { gpuPerTask: true, unfinishedRatio: 0, headerTemplate: null },
    },
  });
  deepStrictEqual(sandbox.read("four").trim().split("\n").sort(), [
    "0",
    "0",
    "1",
    "1",
  ]);
});
