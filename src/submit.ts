/** Turns jobs into what a submit script is handed: their scripts, their intents, their order. */
import type { Job, Plan } from "./job.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";
import { jobPath } from "./script/layout.ts";
import { jobScript, type Site } from "./script/job_script.ts";
import type { Put } from "./stage.ts";

/** `root`: the absolute folder that task folders are in, as the far side says. */
export function submission(
  jobs: readonly Job[],
  plan: Plan,
  scheduler: Scheduler,
  root: string,
): readonly Put[] {
  return [
    ...jobs.map((job): Put => ({
      to: jobPath(job.name),
      text: jobScript(job, plan, siteOf(job, plan, scheduler, root)),
    })),
    // The line before them may have been torn.
    { to: "intents", text: `\n${jobs.map(intent).join("")}` },
    { to: "due", text: jobs.map(({ name }) => `${name}\n`).join("") },
    { to: "whole", text: "" },
  ];
}

function siteOf(
  job: Job,
  plan: Plan,
  scheduler: Scheduler,
  root: string,
): Site {
  const { resources } = plan.config;
  const { self, array } = scheduler;
  const header = plan.header?.split("\n") ?? scheduler.directives(resources);
  const elements = elementsOf(job.tasks.length, plan, scheduler);
  const line = array && elements ? [array.directive(elements, resources)] : [];
  return {
    root,
    self,
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

/** A line that says which tasks a job has: the far side's own memory of it. */
export function intent({ name, tasks, after }: Job): string {
  const line = `${name} ${after.join(",") || "-"} ${tasks.join(" ")}`;
  return `${line} #${line.length}\n`;
}

/**
 * The intents in a file's text, each job once, where it was tried last; a line
 * without its right length does not exist.
 */
export function parseIntents(text: string): readonly Job[] {
  const jobs = text.split("\n").flatMap((line) => parseIntent(line) ?? []);
  const latest = jobs.toReversed().map((job) => [job.name, job] as const);
  // Of equal keys a map keeps the first one's place, and the last one's value: they say the same.
  return [...new Map(latest).values()].reverse();
}

function parseIntent(line: string): Job | null {
  const [, body, length] = line.match(/^(.*) #(\d+)$/) ?? [];
  if (body?.length !== Number(length)) return null;
  const [name, after, ...tasks] = body!.split(" ");
  return {
    name: name!,
    tasks,
    after: after === "-" ? [] : after!.split(","),
  };
}
