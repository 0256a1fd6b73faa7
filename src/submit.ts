/** Turns jobs into what a submit script is handed: their scripts, their intents, their order. */
import type { Job, Plan } from "./job.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";
import { jobScript } from "./script/job_script.ts";
import type { Put } from "./stage.ts";

/** `root`: the absolute folder that task folders are in, as the far side says. */
export function submission(
  jobs: readonly Job[],
  plan: Plan,
  scheduler: Scheduler,
  root: string,
): readonly Put[] {
  const { resources } = plan.config;
  const header = plan.header?.split("\n") ?? scheduler.directives(resources);
  const directives = [...header, ...resources.flags];
  const site = { root, directives, self: scheduler.self, array: null };
  return [
    ...jobs.map((job): Put => ({
      to: `jobs/${job.name}.sh`,
      text: jobScript(job, plan, site),
    })),
    // The line before them may have been torn.
    { to: "intents", text: `\n${jobs.map(intent).join("")}` },
    { to: "due", text: jobs.map(({ name }) => `${name}\n`).join("") },
  ];
}

/** A line that says which tasks a job has: the far side's own memory of it. */
export function intent({ name, tasks, after }: Job): string {
  const line = `${name} ${after.join(",") || "-"} ${tasks.join(" ")}`;
  return `${line} #${line.length}\n`;
}

/**
 * The intents in a file's text, each job once however often it was tried; a
 * line without its right length does not exist.
 */
export function parseIntents(text: string): readonly Job[] {
  const jobs = text.split("\n").flatMap((line) => parseIntent(line) ?? []);
  return [...new Map(jobs.map((job) => [job.name, job])).values()];
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
