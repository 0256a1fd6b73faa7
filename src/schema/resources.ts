/** `resources`: what each job requests, and what its script does around the tasks. */
import { duration, size } from "./quantities.ts";
import { fields } from "./field.ts";
import { envs, flag, integer, number, table, variant } from "./value_types.ts";
import { kwargs } from "./kwargs.ts";
import {
  directives,
  lines,
  path,
  text,
  texts,
  wordOrNone,
} from "./text_types.ts";

export const strategy = fields({
  if_cuda_multi_devices: {
    configName: "gpuPerTask",
    kind: flag,
    default: false,
    whenChanged: "continue",
    doc:
      "Distributes the tasks of a job over its GPUs through CUDA_VISIBLE_DEVICES; para_deg tasks run on each GPU, gpu_per_node × para_deg at once. Needs one node with GPUs.",
  },
  ratio_unfinished: {
    configName: "unfinishedRatio",
    kind: number(0, 1),
    unit: "share of the tasks",
    default: 0,
    whenChanged: "continue",
    doc:
      "Once this share of the tasks or less is unfinished, the rest is cancelled and the finished tasks are collected.",
  },
  customized_script_header_template_file: {
    configName: "headerTemplate",
    kind: path,
    default: null,
    whenChanged: "continue",
    doc:
      "Local file that replaces the generated header of the job script; fields of resources are replaced as Python's str.format does: {number_node:02d}, {kwargs[qos]}, {custom_flags[0]}, {queue_name!r}. A file outside work_base that only you can read needs trust.",
  },
});

export const resources = fields({
  number_node: {
    configName: "nodes",
    kind: integer(1),
    unit: "nodes per job",
    default: 1,
    whenChanged: "continue",
    commonWords: ["nodes"],
    doc: "How many nodes a job requests.",
  },
  cpu_per_node: {
    configName: "cpusPerNode",
    kind: integer(1),
    unit: "CPUs per node",
    default: 1,
    whenChanged: "continue",
    commonWords: ["cpus", "ncpus", "ntasks"],
    doc: "How many CPUs a job requests on each node.",
  },
  gpu_per_node: {
    configName: "gpusPerNode",
    kind: integer(0),
    unit: "GPUs per node",
    default: 0,
    whenChanged: "continue",
    commonWords: ["gpus", "ngpus"],
    doc: "How many GPUs a job requests on each node.",
  },
  queue_name: {
    configName: "queue",
    kind: wordOrNone,
    default: "",
    whenChanged: "continue",
    commonWords: ["queue", "partition"],
    doc: "Queue or partition of the batch system; empty: the default queue.",
  },
  walltime: {
    configName: "walltimeSeconds",
    kind: duration,
    default: null,
    whenChanged: "continue",
    commonWords: ["time", "time_limit", "wall_time"],
    doc: "How long a job may run before the batch system ends it.",
  },
  memory: {
    configName: "memoryMib",
    kind: size,
    default: null,
    whenChanged: "continue",
    commonWords: ["mem"],
    doc: "How much memory a job requests on each node.",
  },
  account: {
    configName: "account",
    kind: wordOrNone,
    default: null,
    whenChanged: "continue",
    commonWords: ["project"],
    doc: "Account, project or group that a job is charged to.",
  },
  qos: {
    configName: "qos",
    kind: wordOrNone,
    default: null,
    whenChanged: "continue",
    doc: "Quality of service that a job requests.",
  },
  exclusive: {
    configName: "exclusive",
    kind: flag,
    default: false,
    whenChanged: "continue",
    doc: "Requests whole nodes, which no other job uses.",
  },
  group_size: {
    configName: "tasksPerJob",
    kind: integer(0),
    unit: "tasks per job; 0 = all in one job",
    whenChanged: "continue",
    doc:
      "How many tasks go into one job: 20 tasks with a group_size of 5 make 4 jobs.",
  },
  custom_flags: {
    configName: "flags",
    kind: directives,
    default: [],
    whenChanged: "continue",
    doc:
      "Lines added unchanged to the header of the job script, such as `#SBATCH --time=1:00:00`.",
  },
  strategy: {
    configName: "strategy",
    kind: table(strategy),
    default: {},
    doc: "How the tasks of a job are run, and when the run ends.",
  },
  para_deg: {
    configName: "tasksAtOnce",
    kind: integer(1),
    unit: "tasks at once",
    default: 1,
    whenChanged: "continue",
    doc:
      "How many tasks of a job run at the same time; with if_cuda_multi_devices, on each GPU.",
  },
  source_list: {
    configName: "sources",
    kind: lines,
    default: [],
    whenChanged: "recompute",
    doc: "Shell files that a job sources before its tasks.",
  },
  module_purge: {
    configName: "modulePurge",
    kind: flag,
    default: false,
    whenChanged: "recompute",
    doc: "Runs `module purge` before modules are unloaded and loaded.",
  },
  module_unload_list: {
    configName: "moduleUnload",
    kind: lines,
    default: [],
    whenChanged: "recompute",
    doc:
      "Environment modules to unload before those of module_list are loaded.",
  },
  module_list: {
    configName: "moduleLoad",
    kind: lines,
    default: [],
    whenChanged: "recompute",
    doc: "Environment modules to load before the tasks.",
  },
  envs: {
    configName: "envs",
    kind: envs,
    default: {},
    whenChanged: "recompute",
    doc:
      "Environment variables of the tasks; `$NAME` in a value is expanded on the remote host, an array is exported once for each element.",
  },
  prepend_script: {
    configName: "prepend",
    kind: texts,
    default: [],
    whenChanged: "recompute",
    doc: "Shell commands that a job runs before its tasks.",
  },
  append_script: {
    configName: "append",
    kind: texts,
    default: [],
    whenChanged: "recompute",
    doc:
      "Shell commands that a job runs after its tasks; the variable DPDISP_FAILED is the number of failed tasks.",
  },
  wait_time: {
    configName: "waitSeconds",
    kind: number(0),
    unit: "seconds",
    default: 0,
    whenChanged: "continue",
    doc:
      "Pause after each submitted job, for sites that require it. With 0, two submit commands run in parallel.",
  },
  kwargs: {
    configName: "options",
    kind: variant("batch_type", kwargs),
    default: {},
    doc: "Fields of the chosen batch type.",
  },
  batch_type: {
    configName: null,
    kind: text,
    default: "",
    whenChanged: "continue",
    doc: "Accepted for old inputs and not used; machine.batch_type is used.",
  },
});
