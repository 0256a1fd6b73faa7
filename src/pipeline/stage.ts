import { directoriesAmong, isWithin } from "./plan/match_inputs.ts";
import { filesAt, runsInPlace } from "../schema/backend_kinds.ts";
import { RUN_DIRECTORY } from "../script/remote_layout.ts";
import { RUNNER, RUNNER_NAME } from "../script/runner/mod.ts";
import { parent } from "../text/path.ts";
import type { Machine } from "../model/config.ts";
import type { Input, Plan, Task } from "../model/plan.ts";

/** An entry to create at a path below the remote directory; POSIX paths. */
export type StagedEntry =
  | { readonly to: string; readonly directory: true }
  | { readonly to: string; readonly text: string; readonly mode?: number }
  | { readonly to: string; readonly link: string }
  | { readonly to: string; readonly from: string; readonly tree: boolean };

/** In the order of creation: directories, the script and its runner, inputs. */
export function entriesToStage(
  plan: Plan,
  tasks: readonly Task[],
): readonly StagedEntry[] {
  const { machine } = plan.config;
  const own: readonly StagedEntry[] = [
    { to: plan.script.name, text: plan.script.text, mode: 0o600 },
    { to: `${RUN_DIRECTORY}/${plan.runKey}/${RUNNER_NAME}`, text: RUNNER },
  ];
  if (runsInPlace(machine.context)) return own;
  const inputs = [
    ...plan.commonInputs,
    ...tasks.flatMap((task) => task.inputs),
  ];
  const dirs = new Set(
    tasks.map(({ dir }) => dir).filter((dir) => dir !== "."),
  );
  const taskDirs = new Set([".", ...dirs].flatMap(withParents));
  return [
    ...[...dirs].map((to): StagedEntry => ({ to, directory: true })),
    ...own,
    // Tasks write to their directory, which must not be a link to the local one.
    ...unique(inputs).map((input) =>
      stagedInput(input, isLinked(machine) && !taskDirs.has(input.remotePath))
    ),
  ];
}

/** Whether inputs are links to the user's files, and not copies of them. */
function isLinked({ context, profile }: Machine): boolean {
  return filesAt(context) === "local copy" && profile.symlink !== false;
}

function stagedInput(
  { localPath, remotePath, isDirectory }: Input,
  asLink: boolean,
): StagedEntry {
  return asLink
    ? { to: remotePath, link: localPath }
    : { to: remotePath, from: localPath, tree: isDirectory };
}

/** Each input once, without those inside a directory among them: tasks that share a directory may share inputs. */
function unique(inputs: readonly Input[]): readonly Input[] {
  const distinct = [
    ...new Map(inputs.map((input) => [input.remotePath, input])).values(),
  ];
  const trees = directoriesAmong(distinct);
  return distinct.filter(({ remotePath }) => !isWithin(remotePath, trees));
}

/** The directory and its parents, up to the root. */
function withParents(dir: string): readonly string[] {
  return dir === "." ? ["."] : [dir, ...withParents(parent(dir))];
}

/** The number of files and links among the entries. */
export function stagedFiles(entries: readonly StagedEntry[]): number {
  return entries.filter((entry) => !("directory" in entry)).length;
}

/** The number of bytes to upload: 0 for links. */
export function stagedBytes(plan: Plan, tasks: readonly Task[]): number {
  const { machine } = plan.config;
  if (runsInPlace(machine.context) || isLinked(machine)) return 0;
  const inputs = [
    ...plan.commonInputs,
    ...tasks.flatMap((task) => task.inputs),
  ];
  return unique(inputs).reduce((sum, { bytes }) => sum + bytes, 0);
}
