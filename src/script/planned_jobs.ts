/** What is written on the remote host of jobs before they are submitted. */
import type { Job } from "../model/job.ts";

/** A line that says which tasks a job has: the far side's own memory of it. */
export function formatPlannedJob({ name, tasks, supersedes }: Job): string {
  const line = `${name} ${supersedes.join(",") || "-"} ${tasks.join(" ")}`;
  return `${line} #${line.length}\n`;
}

/**
 * The intents in a file's text, each job once, where it was tried last; a line
 * without its right length does not exist.
 */
export function parsePlannedJobs(text: string): readonly Job[] {
  const jobs = text.split("\n").flatMap((line) => parsePlannedJob(line) ?? []);
  const latest = jobs.toReversed().map((job) => [job.name, job] as const);
  // Of equal keys a map keeps the first one's place, and the last one's value: they say the same.
  return [...new Map(latest).values()].reverse();
}

function parsePlannedJob(line: string): Job | null {
  const [, body, length] = line.match(/^(.*) #(\d+)$/) ?? [];
  if (body?.length !== Number(length)) return null;
  const [name, after, ...tasks] = body!.split(" ");
  return {
    name: name!,
    tasks,
    supersedes: after === "-" ? [] : after!.split(","),
  };
}
