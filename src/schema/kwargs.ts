/** `resources.kwargs` of each batch type. */
import { fields, type Values } from "./field.ts";
import { flag, integer } from "./value_types.ts";
import type { BatchName } from "./names.ts";
import { directive, name, word, wordOrNone } from "./text_types.ts";

const gpuLine = fields({
  custom_gpu_line: {
    configName: "gpuLine",
    kind: directive,
    default: null,
    whenChanged: "continue",
    doc: "Header line that requests GPUs, in place of the generated one.",
  },
});

const none = fields({});

export const kwargs = {
  Shell: none,
  Slurm: gpuLine,
  SlurmJobArray: fields({
    ...gpuLine,
    slurm_job_size: {
      configName: "tasksPerElement",
      kind: integer(1),
      unit: "tasks per array element",
      default: 1,
      whenChanged: "continue",
      doc: "How many tasks one array element runs, one after the other.",
    },
    slurm_array_throttle: {
      configName: "elementsAtOnce",
      kind: integer(1),
      unit: "array elements at once",
      default: null,
      whenChanged: "continue",
      doc: "How many elements of an array job may run at once.",
    },
  }),
  PBS: none,
  Torque: none,
  SGE: fields({
    pe_name: {
      configName: "parallelEnvironment",
      kind: word,
      default: "mpi",
      whenChanged: "continue",
      aliases: ["sge_pe_name"],
      doc: "Parallel environment that the CPUs are requested from.",
    },
    job_name: {
      configName: "jobName",
      kind: word,
      default: null,
      whenChanged: "continue",
      doc:
        "What the names of the jobs in the queue begin with. Default: task_name, or wDPjob.",
    },
  }),
  LSF: fields({
    gpu_usage: {
      configName: "gpuUsage",
      kind: flag,
      default: false,
      whenChanged: "continue",
      doc: "Requests GPUs.",
    },
    gpu_new_syntax: {
      configName: "gpuNewSyntax",
      kind: flag,
      default: false,
      whenChanged: "continue",
      doc: "Requests GPUs with `-gpu`, for LSF 10.1.0.3 and later.",
    },
    gpu_exclusive: {
      configName: "gpuExclusive",
      kind: flag,
      default: true,
      whenChanged: "continue",
      doc: "Requests GPUs that no other job uses.",
    },
    ...gpuLine,
  }),
  JH_UniScheduler: gpuLine,
  Fugaku: none,
  DistributedShell: fields({
    yarn_path: {
      configName: "yarnPath",
      kind: name,
      whenChanged: "continue",
      doc:
        "Directory of Hadoop's YARN libraries, which contains the jar of the distributed shell.",
    },
    img_name: {
      configName: "image",
      kind: wordOrNone,
      whenChanged: "continue",
      doc: "Docker image of the container; empty for none.",
    },
    mem_limit: {
      configName: "memoryGib",
      kind: integer(1),
      unit: "GiB",
      default: 1,
      whenChanged: "continue",
      doc: "Memory of the container.",
    },
  }),
  Bohrium: none,
  OpenAPI: none,
} as const satisfies Readonly<Record<BatchName, unknown>>;

/** The kwargs of a batch type after checking. */
export type OptionsOf<B extends BatchName> = Values<(typeof kwargs)[B]>;
