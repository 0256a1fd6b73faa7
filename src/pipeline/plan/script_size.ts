/** What all job scripts together would hold of the user's own words. */
import type { Config } from "../../model/config.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { pack } from "./pack.ts";
import type { Task } from "../../model/plan.ts";

/** Quoted and shown as JSON they may be eight times as long, and must still be one text. */
const MAX_CHARACTERS = 2 ** 26;

/** A error where each of many jobs would be handed much text. */
export function scriptSizeErrors(
  { resources, header, locate }: Config,
  tasks: readonly Task[],
): readonly Diagnostic[] {
  const jobs = pack(tasks.map(({ key }) => key), resources.tasksPerJob).length;
  const size = jobs * sharedSize(resources, header) + sizeOfTasks(tasks);
  return size <= MAX_CHARACTERS ? [] : [{
    location: locate("resources"),
    message:
      `the job scripts would be longer than ${MAX_CHARACTERS} characters together; put what every job runs into a file of source_list, or more tasks into a job (group_size)`,
  }];
}

/** What stands in every job's script. */
function sharedSize(
  { flags, sources, moduleLoad, moduleUnload, envs, prepend, append }:
    Config["resources"],
  header: string | null,
): number {
  return lengthOf([
    ...[flags, sources, moduleLoad, moduleUnload, prepend, append].flat(),
    ...envs.flat(),
    header ?? "",
  ]);
}

function sizeOfTasks(tasks: readonly Task[]): number {
  return tasks.reduce(
    (sum, { dir, command, stdoutFile, stderrFile }) =>
      sum + lengthOf([dir, command, stdoutFile ?? "", stderrFile ?? ""]),
    0,
  );
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0);
}
