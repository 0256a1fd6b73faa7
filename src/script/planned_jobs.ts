/** What is written on the remote host of jobs before they are submitted. */
import type { Job } from "../model/job.ts";

/** A line with the tasks of a job, from which the job can be read back without the script. */
export function formatPlannedJob({ name, tasks, supersedes }: Job): string {
  const line = `${name} ${supersedes.join(",") || "-"} ${tasks.join(" ")}`;
  return `${line} #${line.length}\n`;
}

/**
 * The planned jobs in a file's text, each job once, in the order of the last
 * submit attempts; a line that does not end in its own length is ignored.
 */
export function parsePlannedJobs(text: string): readonly Job[] {
  const jobs = text.split("\n").flatMap((line) => parsePlannedJob(line) ?? []);
  const latest = jobs.toReversed().map((job) => [job.name, job] as const);
  // Of equal keys a map keeps the place of the first and the value of the last; both values are equal.
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
