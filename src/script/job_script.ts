/** The text that a batch system runs. */
import type { Resources } from "../model/config.ts";
import type { Job, TaskKey } from "../model/job.ts";
import { exportLines } from "./export_lines.ts";
import { runDirectory } from "./remote_layout.ts";
import { quote } from "./quote.ts";
import { REMOVE_REDEFINITIONS, RUNNER_NAME } from "./runner/mod.ts";
import { isClosed } from "./shell_syntax.ts";
import type { Plan, Task } from "../model/plan.ts";

/** What runs a job script: `bash -l` sets up an environment as a login does, `bash` keeps the one that it gets. */
export type JobShell = "bash -l" | "bash";

/** Where a job runs, in the syntax of its batch system. */
export interface JobSite {
  /** Absolute directory that contains the task directories. */
  readonly root: string;
  /** Complete lines, with the user's custom_flags. */
  readonly directives: readonly string[];
  readonly shell: JobShell;
  /** A shell expression for the job's own id, for use in double quotes. */
  readonly self: string;
  readonly array: null | {
    /** A shell expression for the element's index from 0, for use in double quotes. */
    readonly index: string;
    /** Tasks of an element; the last element may have fewer. */
    readonly size: number;
  };
}

/**
 * A bash script that claims the job, prepares the environment in the order that
 * the reference documents, runs the tasks and records each. Data is quoted;
 * what the user wrote as shell text stays shell text.
 */
export function jobScript(job: Job, plan: Plan, site: JobSite): string {
  const { resources } = plan.config;
  return [
    `#!/bin/${site.shell}`,
    ...site.directives,
    ...openingLines(job, plan, site),
    ...setupLines(resources),
    maySetTrap(resources) ? "dpdisp_start_tasks adopt" : "dpdisp_start_tasks",
    ...resources.strategy.gpuPerTask
      ? [`dpdisp_share_gpus ${resources.gpusPerNode}`]
      : [],
    ...job.tasks.map((key) => taskLine(plannedTask(plan, key))),
    "dpdisp_wait_for_tasks",
    ...userLines("append_script", resources.append),
    "dpdisp_finish",
    "",
  ].join("\n");
}

/**
 * While a job is queued its directory may be purged, and another user may make
 * one in its place. On a file system where all files belong to another user, a
 * new directory belongs to that user too.
 */
const CHECK_OWNER = `dpdisp_runner=$dpdisp_dir/${RUNNER_NAME}
if [[ -L $dpdisp_dir || ! -O $dpdisp_dir || (-e $dpdisp_runner && ! -O $dpdisp_runner) ]]; then
  if ! command mkdir "$dpdisp_dir/own.$$" || [[ -O $dpdisp_dir/own.$$ ]]; then
    builtin printf 'dpdisp: %s belongs to another user: nothing is run from it\\n' "$dpdisp_dir" >&2
    exit 75
  fi
  command rmdir "$dpdisp_dir/own.$$"
fi`;

/** As `dpdisp_wait_for_root` of the runner, which cannot be read before. */
const WAIT_FOR_ROOT = `dpdisp_seconds=0
while [[ ! -d $dpdisp_dir && ! -d $REMOTE_ROOT && $dpdisp_seconds -lt \${dpdisp_patience:-60} ]]; do
  command sleep 1
  dpdisp_seconds=$((dpdisp_seconds + 1))
done
[[ -d $dpdisp_dir ]] || exit 0`;

/** Ends the script where another copy has the job, or its run directory does not exist any more. */
function openingLines(
  job: Job,
  plan: Plan,
  { root, self, array }: JobSite,
): readonly string[] {
  const beginArguments = [
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
    "# shellcheck disable=SC1090,SC1091,SC2016,SC2088,SC2034,SC2154 # sourced files are not available; quoted text is data",
    REMOVE_REDEFINITIONS.trimEnd(),
    `export REMOTE_ROOT=${quote(root)}`,
    `dpdisp_dir=${quote(runDirectory(root, plan.runKey))}`,
    WAIT_FOR_ROOT,
    CHECK_OWNER,
    '. "$dpdisp_runner" || exit 75',
    `dpdisp_begin ${beginArguments.join(" ")}`,
    ...job.supersedes.length > 0
      ? [`dpdisp_supersede ${job.supersedes.join(" ")}`]
      : [],
  ];
}

/** Order: docs reference, "Order inside a job script". */
function setupLines(resources: Resources): readonly string[] {
  const { modulePurge, moduleUnload, moduleLoad } = resources;
  const usesModules = modulePurge ||
    moduleUnload.length + moduleLoad.length > 0;
  return [
    ...usesModules ? ["dpdisp_require_module"] : [],
    ...modulePurge ? ["module purge"] : [],
    ...moduleUnload.map((name) => `module unload ${words(name)}`),
    ...moduleLoad.map((name) => `module load ${words(name)}`),
    ...resources.sources.flatMap(sourceLines),
    ...usesModules || resources.sources.length > 0
      ? ["dpdisp_remove_redefinitions"]
      : [],
    ...exportLines(resourceVariables(resources)),
    ...exportLines(resources.envs),
    ...userLines("prepend_script", resources.prepend),
  ];
}

/** Whether lines that are not ours run in the job's shell and may set a trap; to look for one costs a process. */
function maySetTrap(
  { modulePurge, moduleUnload, moduleLoad, sources, prepend }: Resources,
): boolean {
  const lines = [moduleUnload, moduleLoad, sources, prepend];
  return modulePurge || lines.some(({ length }) => length > 0);
}

/** Environment variables that tell every task its resources. */
function resourceVariables(
  resources: Resources,
): readonly (readonly [string, string])[] {
  const { nodes, cpusPerNode, gpusPerNode, queue, tasksPerJob } = resources;
  return [
    ["DPDISPATCHER_NUMBER_NODE", `${nodes}`],
    ["DPDISPATCHER_CPU_PER_NODE", `${cpusPerNode}`],
    ["DPDISPATCHER_GPU_PER_NODE", `${gpusPerNode}`],
    ["DPDISPATCHER_QUEUE_NAME", quote(queue)],
    ["DPDISPATCHER_GROUP_SIZE", `${tasksPerJob}`],
  ];
}

/** A file with its arguments, as the user's shell would read them; or a file with exactly this name. */
function sourceLines(text: string): readonly string[] {
  const raw = quote(text);
  return [
    `dpdisp_source ${raw}${words(text) === raw ? "" : ` ${text}`}`,
    '\\. "${dpdisp_file[@]}"',
  ];
}

/** The user's words as shell text; text that would break the script is quoted. */
function words(text: string): string {
  return isClosed(text) && !/[\n;&|<>()#]/.test(text) ? text : quote(text);
}

/**
 * The user's own lines, which the shell reads as one piece: an unclosed quote
 * cannot extend into the following lines, and the runner detects it.
 */
function userLines(field: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return [
    `dpdisp_open_lines ${field}`,
    `\\eval ${quote(`${lines.join("\n")}\n\ndpdisp_close_lines`)}`,
  ];
}

function taskLine({ key, dir, command, stdoutFile, stderrFile }: Task): string {
  return [
    "dpdisp_task",
    key,
    ...[dir, command, stdoutFile ?? "", stderrFile ?? ""].map(quote),
  ].join(" ");
}

/** The task of the plan with that key. */
export function plannedTask(plan: Plan, key: TaskKey): Task {
  const task = byKey(plan).get(key);
  if (!task) throw new Error(`No task ${key} in plan ${plan.runKey}`);
  return task;
}

/** The index of a plan is made once, because a plan may have ten thousand jobs. */
const indexes = new WeakMap<Plan, ReadonlyMap<TaskKey, Task>>();

function byKey(plan: Plan): ReadonlyMap<TaskKey, Task> {
  const known = indexes.get(plan);
  if (known) return known;
  const index = new Map(plan.tasks.map((task) => [task.key, task]));
  indexes.set(plan, index);
  return index;
}
