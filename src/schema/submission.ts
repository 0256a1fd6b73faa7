/** `[tool.dpdispatcher]`: the top of the input. */
import { fields } from "./field.ts";
import { anything, rows, table } from "./value_types.ts";
import { machine } from "./machine.ts";
import { resources } from "./resources.ts";
import { line, path, paths, text } from "./text_types.ts";

export const task = fields({
  command: {
    configName: "command",
    kind: text,
    default: "python",
    whenChanged: "recompute",
    doc:
      "Command that runs the script, such as `python` or `uv run`; the path of the script is appended. The shell reads it.",
  },
  task_work_path: {
    configName: "dir",
    kind: path,
    whenChanged: "recompute",
    doc:
      "Directory of the task, relative to work_base; a glob pattern makes one task for each directory that matches.",
  },
  forward_files: {
    configName: "inputs",
    kind: paths,
    default: [],
    whenChanged: "recompute",
    doc:
      "Files, directories or glob patterns to upload before the task, relative to its directory.",
  },
  backward_files: {
    configName: "outputs",
    kind: paths,
    default: [],
    whenChanged: "continue",
    doc:
      "Files or glob patterns to download after the task, relative to its directory.",
  },
  task_name: {
    configName: "name",
    kind: line,
    default: null,
    whenChanged: "continue",
    doc:
      "What the name in the queue begins with, of a job that has only this task.",
  },
  outlog: {
    configName: "out",
    kind: path,
    default: "log",
    nullable: true,
    whenChanged: "continue",
    doc:
      "File in the task's directory that its standard output is appended to; null: none.",
  },
  errlog: {
    configName: "err",
    kind: path,
    default: "err",
    nullable: true,
    whenChanged: "continue",
    doc:
      "File in the task's directory that its standard error is appended to; null: none.",
  },
  task_need_resources: {
    configName: null,
    kind: anything,
    default: null,
    whenChanged: "continue",
    doc:
      "Accepted for old inputs and without effect: each job requests what resources says.",
  },
});

export const submission = fields({
  work_base: {
    configName: "workBase",
    kind: path,
    default: "./",
    whenChanged: "newRun",
    doc:
      "Directory that contains the tasks' directories, relative to local_root.",
  },
  forward_common_files: {
    configName: "commonInputs",
    kind: paths,
    default: [],
    whenChanged: "recompute",
    doc:
      "Files, directories or glob patterns to upload for all tasks, relative to work_base.",
  },
  backward_common_files: {
    configName: "commonOutputs",
    kind: paths,
    default: [],
    whenChanged: "continue",
    doc:
      "Files or glob patterns to download once all tasks are done, relative to work_base.",
  },
  machine: {
    configName: "machine",
    kind: table(machine),
    doc: "Where the jobs run.",
  },
  resources: {
    configName: "resources",
    kind: table(resources),
    doc: "What each job requests from the batch system.",
  },
  continue_on_failure: {
    configName: null,
    kind: anything,
    default: null,
    whenChanged: "continue",
    doc:
      "Accepted and without effect: a run always continues after a failed task; `--fail-fast` ends it.",
  },
  previous_submission_hash: {
    configName: null,
    kind: anything,
    default: null,
    whenChanged: "continue",
    doc: "Accepted and without effect: the same command resumes a run.",
  },
  task_list: { configName: "tasks", kind: rows(task), doc: "The tasks." },
});
