/** `[tool.dpdispatcher]`: the top of the input. */
import { fields } from "./field.ts";
import { rows, table } from "./value_types.ts";
import { machine } from "./machine.ts";
import { resources } from "./resources.ts";
import { path, paths, text } from "./text_types.ts";

export const task = fields({
  command: {
    configName: "command",
    kind: text,
    default: "python",
    whenChanged: "recompute",
    doc:
      "Shell text that runs the script: `python`, `uv run`; the script's path follows it.",
  },
  task_work_path: {
    configName: "folder",
    kind: path,
    whenChanged: "recompute",
    doc:
      "Folder of the task, relative to work_base; a glob pattern makes one task of each folder that matches.",
  },
  forward_files: {
    configName: "inputs",
    kind: paths,
    default: [],
    whenChanged: "recompute",
    doc:
      "Files, folders or patterns that the task needs, relative to its folder.",
  },
  backward_files: {
    configName: "outputs",
    kind: paths,
    default: [],
    whenChanged: "continue",
    doc:
      "Files or patterns to bring back after the task, relative to its folder.",
  },
  outlog: {
    configName: "out",
    kind: path,
    default: "log",
    nullable: true,
    whenChanged: "continue",
    doc: "File in the task's folder that its output is appended to.",
  },
  errlog: {
    configName: "err",
    kind: path,
    default: "err",
    nullable: true,
    whenChanged: "continue",
    doc: "File in the task's folder that its error output is appended to.",
  },
});

export const submission = fields({
  work_base: {
    configName: "workBase",
    kind: path,
    default: "./",
    whenChanged: "newRun",
    doc: "Folder that the tasks' folders are in, relative to local_root.",
  },
  forward_common_files: {
    configName: "commonInputs",
    kind: paths,
    default: [],
    whenChanged: "recompute",
    doc:
      "Files, folders or patterns that all tasks need, relative to work_base.",
  },
  backward_common_files: {
    configName: "commonOutputs",
    kind: paths,
    default: [],
    whenChanged: "continue",
    doc:
      "Files or patterns to bring back once all tasks are done, relative to work_base.",
  },
  machine: {
    configName: "machine",
    kind: table(machine),
    doc: "Where the jobs run.",
  },
  resources: {
    configName: "resources",
    kind: table(resources),
    doc: "What each job asks for.",
  },
  task_list: { configName: "tasks", kind: rows(task), doc: "The tasks." },
});
