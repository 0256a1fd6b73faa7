/** From jobs to the files that a submit script reads: job scripts, planned jobs, and their order. */
import type { Job } from "../model/job.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import { jobPath } from "../script/remote_layout.ts";
import {
  jobScript,
  type JobShell,
  type JobSite,
  plannedTask,
} from "../script/job_script.ts";
import type { Machine } from "../model/config.ts";
import { keepsEnvironment } from "../schema/backend_kinds.ts";
import { nameInHeader, queueNameOf } from "../schedulers/shared/job_names.ts";
import type { StagedEntry } from "./stage.ts";
import type { Plan } from "../model/plan.ts";
import { formatPlannedJob } from "../script/planned_jobs.ts";

/** `root`: the absolute path of the remote directory, which contains the directories of the tasks. */
export function jobFiles(
  jobs: readonly Job[],
  plan: Plan,
  scheduler: Scheduler,
  root: string,
): readonly StagedEntry[] {
  return [
    ...jobs.map((job): StagedEntry => ({
      to: jobPath(job.name),
      text: jobText(job, plan, scheduler, root),
    })),
    // The last line of the file may be incomplete.
    { to: "planned_jobs", text: `\n${jobs.map(formatPlannedJob).join("")}` },
    {
      to: "submit_order",
      text: jobs.map((job) =>
        `${job.name} ${queueNameOfJob(job, plan, scheduler)}\n`
      )
        .join(""),
    },
    { to: "complete", text: "" },
  ];
}

/** The job's name in the queue: it begins with the user's own, and ends with the unique one. */
export function queueNameOfJob(
  job: Job,
  plan: Plan,
  { naming, names }: Scheduler,
): string {
  if (naming === null) return job.name;
  const { config: { resources }, header } = plan;
  const lines = [...header?.split("\n") ?? [], ...resources.flags];
  const only = job.tasks.length === 1
    ? plannedTask(plan, job.tasks[0]!)
    : undefined;
  const label = nameInHeader(lines, naming) ?? names?.given(resources) ??
    only?.name ?? names?.byDefault ?? null;
  return queueNameOf(label, job.name, naming);
}

/** The script of a job. `root`: as for all of them. */
export function jobText(
  job: Job,
  plan: Plan,
  scheduler: Scheduler,
  root: string,
): string {
  return jobScript(job, plan, jobSiteOf(job, plan, scheduler, root));
}

function jobSiteOf(
  job: Job,
  plan: Plan,
  scheduler: Scheduler,
  root: string,
): JobSite {
  const { resources } = plan.config;
  const { jobIdExpression, array } = scheduler;
  const header = plan.header?.split("\n") ?? scheduler.directives(resources);
  const elements = elementsOf(job.tasks.length, plan, scheduler);
  const arrayLine = array && elements
    ? [array.directive(elements, resources)]
    : [];
  return {
    root,
    shell: jobShellOf(plan.config.machine),
    self: jobIdExpression,
    directives: [...header, ...arrayLine, ...resources.flags],
    array: array && { index: array.index, size: array.size(resources) },
  };
}

/** What runs the job scripts of a run. */
export function jobShellOf({ scheduler, context }: Machine): JobShell {
  return keepsEnvironment(scheduler, context) ? "bash" : "bash -l";
}

/** The number of array elements of a job with so many tasks; 0: it is not an array job. */
export function elementsOf(
  tasks: number,
  { config: { resources } }: Plan,
  { array }: Scheduler,
): number {
  return array ? Math.ceil(tasks / array.size(resources)) : 0;
}
