/** The text that a scheduler runs. */
import type { Resources } from "../model/config.ts";
import type { Job, TaskKey } from "../model/job.ts";
import { exportLines } from "./export_lines.ts";
import { runDirectory } from "./remote_layout.ts";
import { quote } from "./quote.ts";
import { RUNNER_NAME } from "./runner/mod.ts";
import { isClosed } from "./shell_syntax.ts";
import type { Plan, Task } from "../model/plan.ts";

/** Where a job runs, in its scheduler's words. */
export interface JobSite {
  /** Absolute folder that task folders are in. */
  readonly root: string;
  /** Complete lines, the user's own flags among them. */
  readonly directives: readonly string[];
  /** The job's own id, as it expands in double quotes. */
  readonly self: string;
  readonly array: null | {
    /** The element's number from 0, as it expands in double quotes. */
    readonly index: string;
    /** Tasks of an element; the last may have fewer. */
    readonly size: number;
  };
}

/**
 * A bash script that claims the job, prepares the environment in the order of
 * the reference, runs the tasks and records each. What is data is quoted;
 * what the user wrote as shell text stays shell text.
 */
export function jobScript(job: Job, plan: Plan, site: JobSite): string {
  const { resources } = plan.config;
  return [
    "#!/bin/bash -l",
    ...site.directives,
    ...opening(job, plan, site),
    ...setup(resources),
    mayTrap(resources) ? "dpdisp_start_tasks adopt" : "dpdisp_start_tasks",
    ...resources.strategy.gpuPerTask
      ? [`dpdisp_share_gpus ${resources.gpusPerNode}`]
      : [],
    ...job.tasks.map((key) => taskLine(taskOf(plan, key))),
    "dpdisp_wait_for_tasks",
    ...userLines("append_script", resources.append),
    "dpdisp_finish",
    "",
  ].join("\n");
}

/**
 * While a job waits its directory may be purged, and another user may make one
 * in its place. A file system that gives everything to somebody else gives him
 * a new directory too.
 */
const OWN = `dpdisp_runner=$dpdisp_dir/${RUNNER_NAME}
if [ -L "$dpdisp_dir" ] || [ ! -O "$dpdisp_dir" ] || { [ -e "$dpdisp_runner" ] && [ ! -O "$dpdisp_runner" ]; }; then
  if ! mkdir "$dpdisp_dir/own.$$" || [ -O "$dpdisp_dir/own.$$" ]; then
    printf 'dpdisp: %s belongs to another user: nothing is run from it\\n' "$dpdisp_dir" >&2
    exit 75
  fi
  rmdir "$dpdisp_dir/own.$$"
fi`;

/** Ends the script where the job is not this copy's to run, or its submission is gone. */
function opening(
  job: Job,
  plan: Plan,
  { root, self, array }: JobSite,
): readonly string[] {
  const begin = [
    '"$REMOTE_ROOT"',
    '"$dpdisp_dir"',
    job.name,
    `"${self}"`,
    job.tasks.length,
    Math.max(1, plan.config.resources.tasksAtOnce),
    quote(plan.script.name),
    ...array ? [`"${array.index}"`, array.size] : [],
  ];
  return [
    "# shellcheck disable=SC1090,SC1091,SC2016,SC2088,SC2154 # sourced files are not at hand; quoted text is data",
    `export REMOTE_ROOT=${quote(root)}`,
    `dpdisp_dir=${quote(runDirectory(root, plan.runKey))}`,
    '[ -d "$dpdisp_dir" ] || exit 0',
    OWN,
    '. "$dpdisp_runner" || exit 75',
    `dpdisp_begin ${begin.join(" ")}`,
    ...job.supersedes.length > 0
      ? [`dpdisp_supersede ${job.supersedes.join(" ")}`]
      : [],
  ];
}

/** Order: docs reference, "Order inside a job script". */
function setup(resources: Resources): readonly string[] {
  return [
    ...resources.modulePurge ? ["module purge"] : [],
    ...resources.moduleUnload.map((name) => `module unload ${words(name)}`),
    ...resources.moduleLoad.map((name) => `module load ${words(name)}`),
    ...resources.sources.flatMap(sourceLines),
    ...exportLines(given(resources)),
    ...exportLines(resources.envs),
    ...userLines("prepend_script", resources.prepend),
  ];
}

/** Lines of others run in the job's shell; to look for their traps takes a process. */
function mayTrap(
  { modulePurge, moduleUnload, moduleLoad, sources, prepend }: Resources,
): boolean {
  const lines = [moduleUnload, moduleLoad, sources, prepend];
  return modulePurge || lines.some(({ length }) => length > 0);
}

/** What every task is told of its resources. */
function given(resources: Resources): readonly (readonly [string, string])[] {
  const { nodes, cpusPerNode, gpusPerNode, queue, tasksPerJob } = resources;
  return [
    ["DPDISPATCHER_NUMBER_NODE", `${nodes}`],
    ["DPDISPATCHER_CPU_PER_NODE", `${cpusPerNode}`],
    ["DPDISPATCHER_GPU_PER_NODE", `${gpusPerNode}`],
    ["DPDISPATCHER_QUEUE_NAME", quote(queue)],
    ["DPDISPATCHER_GROUP_SIZE", `${tasksPerJob}`],
  ];
}

/** A file with its arguments, as the user's shell would read them; or one that bears this very name. */
function sourceLines(text: string): readonly string[] {
  const raw = quote(text);
  return [
    `dpdisp_source ${raw}${words(text) === raw ? "" : ` ${text}`}`,
    '. "${dpdisp_file[@]}"',
  ];
}

/** The user's words as the shell reads them; what would break the script is data. */
function words(text: string): string {
  return isClosed(text) && !/[\n;&|<>()#]/.test(text) ? text : quote(text);
}

/**
 * The user's own lines, read by the shell in one piece: what they leave open
 * cannot swallow what follows, and the runner sees that it was left open.
 */
function userLines(field: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return [
    `dpdisp_open_lines ${field}`,
    `eval ${quote(`${lines.join("\n")}\n\ndpdisp_close_lines`)}`,
  ];
}

function taskLine({ key, dir, command, stdoutFile, stderrFile }: Task): string {
  return [
    "dpdisp_task",
    key,
    ...[dir, command, stdoutFile ?? "", stderrFile ?? ""].map(quote),
  ].join(" ");
}

function taskOf(plan: Plan, key: TaskKey): Task {
  const task = byKey(plan).get(key);
  if (!task) throw new Error(`No task ${key} in plan ${plan.runKey}`);
  return task;
}

/** A plan of ten thousand jobs is indexed once. */
const indexes = new WeakMap<Plan, ReadonlyMap<TaskKey, Task>>();

function byKey(plan: Plan): ReadonlyMap<TaskKey, Task> {
  const known = indexes.get(plan);
  if (known) return known;
  const index = new Map(plan.tasks.map((task) => [task.key, task]));
  indexes.set(plan, index);
  return index;
}
