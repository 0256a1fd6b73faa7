import { foldersAmong, isWithin } from "./plan/match_inputs.ts";
import { filesAt } from "../schema/backend_kinds.ts";
import { RUN_DIRECTORY } from "../script/remote_layout.ts";
import { RUNNER, RUNNER_NAME } from "../script/runner/mod.ts";
import { parent } from "../text/path.ts";
import type { Machine } from "../model/config.ts";
import type { Input, Plan, Task } from "../model/plan.ts";

/** One thing to put at a path below the root; POSIX paths. */
export type StagedEntry =
  | { readonly to: string; readonly folder: true }
  | { readonly to: string; readonly text: string; readonly mode?: number }
  | { readonly to: string; readonly link: string }
  | { readonly to: string; readonly from: string; readonly tree: boolean };

/** In the order of putting: folders, the script and its runner, inputs. */
export function entriesToStage(
  plan: Plan,
  tasks: readonly Task[],
): readonly StagedEntry[] {
  const { machine } = plan.config;
  const own: readonly StagedEntry[] = [
    { to: plan.script.name, text: plan.script.text, mode: 0o600 },
    { to: `${RUN_DIRECTORY}/${plan.runKey}/${RUNNER_NAME}`, text: RUNNER },
  ];
  if (filesAt(machine.context) === "local directory") return own;
  const inputs = [
    ...plan.commonInputs,
    ...tasks.flatMap((task) => task.inputs),
  ];
  const folders = new Set(
    tasks.map(({ dir }) => dir).filter((dir) => dir !== "."),
  );
  const workedIn = new Set([".", ...folders].flatMap(foldersAbove));
  return [
    ...[...folders].map((to): StagedEntry => ({ to, folder: true })),
    ...own,
    // Tasks write where they run: behind a link that would be the user's own folder.
    ...unique(inputs).map((input) =>
      put(input, isLinked(machine) && !workedIn.has(input.remotePath))
    ),
  ];
}

/** Whether inputs are links to the user's files, and not copies of them. */
function isLinked({ context, profile }: Machine): boolean {
  return filesAt(context) === "local copy" && profile.symlink !== false;
}

function put(
  { localPath, remotePath, isDirectory }: Input,
  asLink: boolean,
): StagedEntry {
  return asLink
    ? { to: remotePath, link: localPath }
    : { to: remotePath, from: localPath, tree: isDirectory };
}

/** Each input once, without those that a folder among them brings along: tasks that share a folder may share inputs. */
function unique(inputs: readonly Input[]): readonly Input[] {
  const distinct = [
    ...new Map(inputs.map((input) => [input.remotePath, input])).values(),
  ];
  const trees = foldersAmong(distinct);
  return distinct.filter(({ remotePath }) => !isWithin(remotePath, trees));
}

/** The folder and all that it is in, up to the root. */
function foldersAbove(folder: string): readonly string[] {
  return folder === "." ? ["."] : [folder, ...foldersAbove(parent(folder))];
}

/** Files and links among them: what a user would count. */
export function stagedFiles(puts: readonly StagedEntry[]): number {
  return puts.filter((put) => !("folder" in put)).length;
}

/** Bytes that will travel: nothing for links. */
export function stagedBytes(plan: Plan, tasks: readonly Task[]): number {
  const { machine } = plan.config;
  const isInPlace = filesAt(machine.context) === "local directory";
  if (isInPlace || isLinked(machine)) return 0;
  const inputs = [
    ...plan.commonInputs,
    ...tasks.flatMap((task) => task.inputs),
  ];
  return unique(inputs).reduce((sum, { bytes }) => sum + bytes, 0);
}
