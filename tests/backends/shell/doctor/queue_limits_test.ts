import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Examination } from "../../../../src/backends/shell/doctor/section_reader.ts";
import { limitChecks } from "../../../../src/backends/shell/doctor/queue_limits.ts";
import type { QueueLimits } from "../../../../src/schedulers/scheduler.ts";
import { slurm } from "../../../../src/schedulers/slurm/mod.ts";
import { NO_LIMITS } from "../../../helpers/check_limits.ts";
import { configOf, type Overrides } from "../../../helpers/config.ts";
import { planFor } from "../../../helpers/submission.ts";
import type { Plan } from "../../../../src/model/plan.ts";

const LIMITS: QueueLimits = {
  walltimeSeconds: 2 * 86_400,
  memoryMib: { most: 128 * 1024, per: "node" },
  cpus: { most: 64, per: "node" },
  gpus: { most: 4, per: "node" },
  nodes: 10,
  jobs: null,
};

/** All that such a queue allows. */
const ALL: Overrides["resources"] = {
  queue: "debug",
  walltimeSeconds: 2 * 86_400,
  memoryMib: 128 * 1024,
  cpusPerNode: 64,
  gpusPerNode: 4,
  nodes: 10,
};

function linesOf(
  { resources, machine, limits = LIMITS, code = 0, error = "", plan }: {
    readonly resources?: Overrides["resources"];
    readonly machine?: Overrides["machine"];
    readonly limits?: QueueLimits | null;
    readonly code?: number;
    readonly error?: string;
    readonly plan?: Partial<Plan>;
  },
) {
  const one: Examination = {
    plan: {
      ...planFor({ root: "/far", base: "/work" }),
      config: configOf({
        ...(resources && { resources }),
        ...(machine && { machine }),
      }),
      ...plan,
    },
    scheduler: {
      ...slurm,
      queueLimits: { ask: () => "", parseQueue: () => limits },
    },
    replies: [{ words: ["limits", `${code}`], text: "", error }],
    local: false,
    canCompress: false,
    banner: "",
    took: 0,
    ahead: null,
  };
  const checks = limitChecks(one);
  return {
    checks,
    lines: checks.map(({ name, state, detail }) =>
      `${state} ${name}: ${detail}`
    ),
  };
}

Deno.test("A job that requests all that its queue allows is ok", () => {
  deepStrictEqual(linesOf({ resources: ALL }).lines, [
    "ok limits: walltime 2 days, 128 GB a node, 64 CPUs a node, 4 GPUs a node, 10 nodes",
  ]);
});

const beyond: readonly (readonly [
  Overrides["resources"],
  asks: string,
  allows: string,
])[] = [
  [{ walltimeSeconds: 3 * 86_400 }, "walltime requests 3 days", "2 days"],
  [
    { walltimeSeconds: 2 * 86_400 + 1 },
    "walltime requests 172801 seconds",
    "2 days",
  ],
  [
    { memoryMib: 128 * 1024 + 1 },
    "memory requests 131073 MB a node",
    "128 GB a node",
  ],
  [
    { cpusPerNode: 65 },
    "cpu_per_node requests 65 CPUs a node",
    "64 CPUs a node",
  ],
  [{ gpusPerNode: 5 }, "gpu_per_node requests 5 GPUs a node", "4 GPUs a node"],
  [{ nodes: 11 }, "number_node requests 11 nodes", "10 nodes"],
];

for (const [more, asks, allows] of beyond) {
  Deno.test(`A request over one limit is a single error: ${asks}`, () => {
    const { lines, checks } = linesOf({ resources: { ...ALL, ...more } });
    deepStrictEqual(lines, [
      `error limits: resources.${asks}; queue debug allows ${allows}`,
    ]);
    strictEqual(
      checks[0]!.hint,
      "Request less, or set resources.queue_name to a queue that allows it",
    );
  });
}

Deno.test("Every exceeded limit is reported, and the queue it belongs to where no queue is named", () => {
  const { lines } = linesOf({
    resources: { walltimeSeconds: 7 * 86_400, cpusPerNode: 128 },
  });
  deepStrictEqual(lines, [
    "error limits: resources.walltime requests 7 days; the default queue allows 2 days",
    "error limits: resources.cpu_per_node requests 128 CPUs a node; the default queue allows 64 CPUs a node",
  ]);
});

Deno.test("A job's limits count for all its nodes, a CPU's for its share", () => {
  const resources = { nodes: 4, cpusPerNode: 8, memoryMib: 4096 };
  const limits: QueueLimits = {
    ...LIMITS,
    nodes: null,
    walltimeSeconds: null,
    gpus: null,
  };
  const job = (cpus: number, memory: number) =>
    linesOf({
      resources,
      limits: {
        ...limits,
        cpus: { most: cpus, per: "job" },
        memoryMib: { most: memory, per: "job" },
      },
    }).lines;
  deepStrictEqual(job(32, 16_384), ["ok limits: 16 GB a job, 32 CPUs a job"]);
  deepStrictEqual(job(31, 16_383), [
    "error limits: resources.memory requests 16 GB a job; the default queue allows 16383 MB a job",
    "error limits: resources.cpu_per_node requests 32 CPUs a job; the default queue allows 31 CPUs a job",
  ]);
  const each = (memory: number) =>
    linesOf({
      resources: { ...resources, memoryMib: 4095 },
      limits: { ...limits, memoryMib: { most: memory, per: "CPU" } },
    }).lines[0];
  strictEqual(each(512), "ok limits: 512 MB a CPU, 64 CPUs a node");
  strictEqual(
    each(511),
    "error limits: resources.memory requests 512 MB a CPU; the default queue allows 511 MB a CPU",
  );
});

Deno.test("Where another setting may change the limit it is a warning that names that setting", () => {
  const others: readonly [
    Overrides["resources"],
    Partial<Plan>,
    RegExp,
  ][] = [
    [{ qos: "long" }, {}, /; qos may change this$/],
    [{ flags: ["#SBATCH -t 60"] }, {}, /; custom_flags may change this$/],
    [{}, { header: "#SBATCH -t 60\n" }, /header_template_file may change/],
  ];
  for (const [more, plan, advice] of others) {
    const { checks } = linesOf({
      resources: { ...ALL, nodes: 11, ...more },
      plan,
    });
    strictEqual(checks[0]!.state, "warn");
    match(checks[0]!.hint!, advice);
  }
});

Deno.test("The number of GPUs that the user's own line requests is not compared", () => {
  const options = { gpuLine: "--gres=dcu:8" };
  const asking = { ...ALL, gpusPerNode: 8 };
  const state = (resources: Overrides["resources"]) =>
    linesOf({ ...(resources && { resources }) }).checks[0]!.state;
  strictEqual(state({ ...asking, options }), "ok");
  strictEqual(state({ ...asking, options: { gpuLine: null } }), "error");
});

Deno.test("A request for GPUs in a queue without GPUs is an error, no request is not", () => {
  const limits: QueueLimits = { ...LIMITS, gpus: { most: 0, per: "node" } };
  const [line] = linesOf({ limits, resources: { gpusPerNode: 1 } }).lines;
  match(line!, /^error .*requests 1 GPU a node; .* allows 0 GPUs a node$/);
  match(linesOf({ limits }).lines[0]!, /^ok .*64 CPUs a node, 10 nodes$/);
});

Deno.test("More jobs than a user may have are a warning, unless max_jobs is lower", () => {
  const limits = { ...LIMITS, jobs: 20 };
  const [task] = planFor({ root: "/far", base: "/work" }).tasks;
  const tasks = Array.from({ length: 41 }, () => task!);
  const lines = (tasksPerJob: number, maxJobs: number | null) =>
    linesOf({
      limits,
      resources: { tasksPerJob },
      machine: { maxJobs },
      plan: { tasks },
    });
  const many = lines(2, null);
  deepStrictEqual(many.lines, [
    "ok limits: walltime 2 days, 128 GB a node, 64 CPUs a node, 4 GPUs a node, 10 nodes, 20 jobs a user",
    "warn limits: the run submits 21 jobs at once; a user may have 20",
  ]);
  match(many.checks[1]!.hint!, /machine\.max_jobs to 20/);
  for (const [perJob, most] of [[3, null], [2, 20], [0, null]] as const) {
    strictEqual(lines(perJob, most).lines.length, 1, `${perJob} ${most}`);
  }
});

Deno.test("A queue whose limits cannot be read is a warning, one without limits is not", () => {
  const mute = linesOf({ limits: null, error: "sinfo: bad", resources: ALL });
  deepStrictEqual(mute.lines, [
    "warn limits: the limits of debug are unknown: sinfo: bad",
  ]);
  // An answer that broke off is none.
  strictEqual(linesOf({ code: 1 }).checks[0]!.state, "warn");
  deepStrictEqual(linesOf({ limits: NO_LIMITS, resources: ALL }).lines, [
    "ok limits: the queue reports none",
  ]);
});
