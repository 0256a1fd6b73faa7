/** The total size of the user's text in all job scripts. */
import type { Config } from "../../model/config.ts";
import type { Diagnostic, Locate } from "../../model/diagnostic.ts";
import { pack } from "./pack.ts";
import type { Task } from "../../model/plan.ts";

/** Quoted and as JSON the text may be eight times as long, and must still fit into one string. */
const MAX_CHARACTERS = 2 ** 26;

/** An error if the scripts of all jobs would contain too much text. */
export function scriptSizeErrors(
  { resources, header }: Config,
  tasks: readonly Task[],
  locate: Locate,
): readonly Diagnostic[] {
  const jobs = pack(tasks.map(({ key }) => key), resources.tasksPerJob).length;
  const size = jobs * sharedSize(resources, header) + sizeOfTasks(tasks);
  return size <= MAX_CHARACTERS ? [] : [{
    location: locate("resources"),
    message:
      `the job scripts would be longer than ${MAX_CHARACTERS} characters in total; put what every job runs into a file of source_list, or put more tasks into one job (group_size)`,
  }];
}

/** The size of the text that every job script contains. */
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
