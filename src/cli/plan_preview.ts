/** What a run would do, for each task and each job. */
import { previewJob } from "../backends/open.ts";
import { pack } from "../pipeline/plan/pack.ts";
import { entriesToStage, stagedBytes, stagedFiles } from "../pipeline/stage.ts";
import type { PlannedJob, PlannedRun, ScriptSummary } from "./json_lines.ts";
import { outsideAccess, outsideAccessLines } from "./outside_access.ts";
import { formatBytes } from "../text/format.ts";
import { count } from "../text/grammar.ts";
import { shownDir } from "./wording/names.ts";
import type { Environment } from "../environment/environment.ts";
import { resolve } from "../text/path.ts";
import { shownFile } from "./wording/names.ts";
import type { Plan } from "../model/plan.ts";

/** @param all every job's script, not only the first */
export function plannedRun(
  plan: Plan,
  environment: Pick<Environment, "files" | "cwd">,
  all: boolean,
): PlannedRun {
  return {
    ...outsideAccess(plan, environment),
    files: stagedFiles(entriesToStage(plan, plan.tasks)),
    bytes: stagedBytes(plan, plan.tasks),
    jobs: jobsOf(plan, all),
  };
}

/** The real name of a job contains the random id of the run; here jobs are called `job1`, `job2`, … */
function jobsOf(plan: Plan, all: boolean): readonly PlannedJob[] {
  const { resources } = plan.config;
  const groups = pack(plan.tasks.map(({ key }) => key), resources.tasksPerJob);
  return groups.map((tasks, at) => {
    const job = { name: `job${at + 1}`, tasks, supersedes: [] };
    return { tasks, script: all || at === 0 ? previewJob(plan, job) : null };
  });
}

/** So many tasks are shown at most; `--json` has all. */
const MOST_TASKS = 20;

/** Tasks by job, what is staged, and the first script or all of them. */
export function plannedLines(
  { tasks }: Plan,
  planned: PlannedRun,
  scripts: boolean,
): readonly string[] {
  const { files, bytes, jobs } = planned;
  const shown = tasks.slice(0, MOST_TASKS).map(({ dir, command }) =>
    `  ${shownDir(dir)}  ${command}`
  );
  const rest = tasks.length - shown.length;
  const shownJobs = scripts ? jobs : jobs.slice(0, 1);
  return [
    `  to stage   ${count(files, "file")}, ${formatBytes(bytes)}`,
    ...outsideAccessLines(planned),
    "",
    "Tasks (directory, command):",
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more; --json lists them all`] : []),
    ...shownJobs.flatMap(scriptLines),
    ...(jobs.length > shownJobs.length
      ? [
        "",
        `Show the other ${
          otherScripts(jobs.length - shownJobs.length)
        } with --scripts`,
      ]
      : []),
  ];
}

function otherScripts(number: number): string {
  return number === 1 ? "script" : `${number} scripts`;
}

function scriptLines(
  { tasks, script }: PlannedJob,
  at: number,
): readonly string[] {
  const title = `Job ${at + 1}, ${count(tasks.length, "task")}`;
  return script === null
    ? ["", `${title}: this backend takes no script`]
    : ["", `${title}:`, script.trimEnd()];
}

/** @param cwd the directory that the path of a header template is relative to */
export function summarizeScript(plan: Plan, cwd: string): ScriptSummary {
  const { script, machine, resources } = plan.config;
  const { headerTemplate } = resources.strategy;
  return {
    script: script.path,
    workBase: plan.localDir,
    remoteDir: plan.remoteDir,
    headerTemplate: headerTemplate === null
      ? null
      : resolve(cwd, headerTemplate),
    scheduler: machine.scheduler,
    context: machine.context,
    taskCount: plan.tasks.length,
    jobCount:
      pack(plan.tasks.map(({ key }) => key), resources.tasksPerJob).length,
  };
}

/** `hello.py: 1 task in 1 job, Shell on LazyLocalContext`, and the paths. */
export function scriptSummaryLines(summary: ScriptSummary): readonly string[] {
  const {
    script,
    workBase,
    remoteDir,
    headerTemplate,
    scheduler,
    context,
    taskCount,
    jobCount,
  } = summary;
  const places = [
    ["script", script],
    ["work base", workBase],
    ["runs in", remoteDir],
    ...(headerTemplate === null ? [] : [["header", headerTemplate] as const]),
  ] as const;
  return [
    `${shownFile(script)}: ${count(taskCount, "task")} in ${
      count(jobCount, "job")
    }, ${scheduler} on ${context}`,
    ...places.map(([name, path]) => `  ${name.padEnd(10)} ${path}`),
  ];
}
