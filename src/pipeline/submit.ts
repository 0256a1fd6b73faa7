/** Turns jobs into what a submit script is handed: their scripts, their planned jobs, their order. */
import type { Job } from "../model/job.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import { jobPath } from "../script/remote_layout.ts";
import { jobScript, type JobSite } from "../script/job_script.ts";
import type { StagedEntry } from "./stage.ts";
import type { Plan } from "../model/plan.ts";
import { formatPlannedJob } from "../script/planned_jobs.ts";

/** `root`: the absolute folder that task folders are in, as the far side says. */
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
    // The line before them may have been torn.
    { to: "planned_jobs", text: `\n${jobs.map(formatPlannedJob).join("")}` },
    { to: "submit_order", text: jobs.map(({ name }) => `${name}\n`).join("") },
    { to: "complete", text: "" },
  ];
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
  const line = array && elements ? [array.directive(elements, resources)] : [];
  return {
    root,
    self: jobIdExpression,
    directives: [...header, ...line, ...resources.flags],
    array: array && { index: array.index, size: array.size(resources) },
  };
}

/** Elements of a job with so many tasks; 0: it is no array. */
export function elementsOf(
  tasks: number,
  { config: { resources } }: Plan,
  { array }: Scheduler,
): number {
  return array ? Math.ceil(tasks / array.size(resources)) : 0;
}
