/** What would be done, task by task and job by job. */
import { previewJob } from "../backends/open.ts";
import { pack } from "../pipeline/plan/pack.ts";
import { entriesToStage, stagedBytes, stagedFiles } from "../pipeline/stage.ts";
import type { PlannedJob, PlannedWork, Summary } from "./json_lines.ts";
import { outsideAccess, outsideAccessLines } from "./outside_access.ts";
import { formatBytes } from "../text/format.ts";
import { count } from "../text/grammar.ts";
import { shownDir } from "./run_view.ts";
import type { Environment } from "../environment/environment.ts";
import { resolve } from "../text/path.ts";
import { shownFile } from "./progress/event_lines.ts";
import type { Plan } from "../model/plan.ts";

/** @param all every job's script, not only the first */
export function plannedWork(
  plan: Plan,
  world: Pick<Environment, "files" | "cwd">,
  all: boolean,
): PlannedWork {
  return {
    ...outsideAccess(plan, world),
    files: stagedFiles(entriesToStage(plan, plan.tasks)),
    bytes: stagedBytes(plan, plan.tasks),
    work: plan.tasks.map(({ key, dir, command }) => ({ key, dir, command })),
    packing: jobsOf(plan, all),
  };
}

/** A job's real name has the run's random mark in it; here it is `job1`, `job2`, … */
function jobsOf(plan: Plan, all: boolean): readonly PlannedJob[] {
  const { resources } = plan.config;
  const groups = pack(plan.tasks.map(({ key }) => key), resources.tasksPerJob);
  return groups.map((tasks, at) => {
    const job = { name: `job${at + 1}`, tasks, supersedes: [] };
    return { tasks, script: all || at === 0 ? previewJob(plan, job) : null };
  });
}

/** Tasks shown of many: a plan is looked at, not searched. */
const MOST_TASKS = 20;

/** Tasks by job, what is staged, and the first script or all of them. */
export function plannedLines(
  planned: PlannedWork,
  scripts: boolean,
): readonly string[] {
  const { files, bytes, work, packing } = planned;
  const shown = work.slice(0, MOST_TASKS).map(({ dir, command }) =>
    `  ${shownDir(dir)}  ${command}`
  );
  const rest = work.length - shown.length;
  const jobs = scripts ? packing : packing.slice(0, 1);
  return [
    `  to stage   ${count(files, "file")}, ${formatBytes(bytes)}`,
    ...outsideAccessLines(planned),
    "",
    "Tasks, each by folder and command:",
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more; --json has them all`] : []),
    ...jobs.flatMap(scriptLines),
    ...(packing.length > jobs.length
      ? [
        "",
        `The other ${otherScripts(packing.length - jobs.length)}: --scripts`,
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
    ? ["", `${title}: its backend takes no script`]
    : ["", `${title}:`, script.trimEnd()];
}

/** @param cwd the folder that a header template's relative path is from */
export function summaryOf(plan: Plan, cwd: string): Summary {
  const { script, machine, resources } = plan.config;
  const { headerTemplate } = resources.strategy;
  return {
    script: script.path,
    base: plan.localDir,
    root: plan.remoteDir,
    headerTemplate: headerTemplate === null
      ? null
      : resolve(cwd, headerTemplate),
    scheduler: machine.scheduler,
    context: machine.context,
    tasks: plan.tasks.length,
    jobs: pack(plan.tasks.map(({ key }) => key), resources.tasksPerJob).length,
  };
}

/** `hello.py: 1 task in 1 job, Shell on LazyLocalContext`, and where everything is. */
export function summaryLines(summary: Summary): readonly string[] {
  const {
    script,
    base,
    root,
    headerTemplate,
    scheduler,
    context,
    tasks,
    jobs,
  } = summary;
  const places = [
    ["script", script],
    ["work base", base],
    ["runs in", root],
    ...(headerTemplate === null ? [] : [["header", headerTemplate] as const]),
  ] as const;
  return [
    `${shownFile(script)}: ${count(tasks, "task")} in ${
      count(jobs, "job")
    }, ${scheduler} on ${context}`,
    ...places.map(([name, path]) => `  ${name.padEnd(10)} ${path}`),
  ];
}
