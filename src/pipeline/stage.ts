import { directoriesAmong, isWithin } from "./plan/match_inputs.ts";
import { RUN_DIRECTORY } from "../script/remote_layout.ts";
import { RUNNER, RUNNER_NAME } from "../script/runner/mod.ts";
import { parent } from "../text/path.ts";
import type { Input, Plan, Task } from "../model/plan.ts";

/** How inputs get to where the tasks run. */
export type Staging =
  /** They are there: the tasks run in the user's own folder. */
  | "in place"
  /** The far side sees the same files: links to them. */
  | "link"
  | "copy";

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
  staging: Staging,
): readonly StagedEntry[] {
  const own: readonly StagedEntry[] = [
    { to: plan.script.name, text: plan.script.text, mode: 0o600 },
    { to: `${RUN_DIRECTORY}/${plan.runKey}/${RUNNER_NAME}`, text: RUNNER },
  ];
  if (staging === "in place") return own;
  const inputs = [
    ...plan.commonInputs,
    ...tasks.flatMap((task) => task.inputs),
  ];
  const folders = new Set(
    tasks.map(({ dir }) => dir).filter((dir) => dir !== "."),
  );
  const workedIn = new Set([".", ...folders].flatMap(withParents));
  return [
    ...[...folders].map((to): StagedEntry => ({ to, folder: true })),
    ...own,
    // Tasks write where they run: behind a link that would be the user's own folder.
    ...unique(inputs).map((input) =>
      stagedInput(input, workedIn.has(input.remotePath) ? "copy" : staging)
    ),
  ];
}

function stagedInput(
  { localPath, remotePath, isDirectory }: Input,
  staging: "link" | "copy",
): StagedEntry {
  return staging === "link"
    ? { to: remotePath, link: localPath }
    : { to: remotePath, from: localPath, tree: isDirectory };
}

/** Each input once, without those that a folder among them brings along: tasks that share a folder may share inputs. */
function unique(inputs: readonly Input[]): readonly Input[] {
  const distinct = [
    ...new Map(inputs.map((input) => [input.remotePath, input])).values(),
  ];
  const trees = directoriesAmong(distinct);
  return distinct.filter(({ remotePath }) => !isWithin(remotePath, trees));
}

/** The folder and all that it is in, up to the root. */
function withParents(folder: string): readonly string[] {
  return folder === "." ? ["."] : [folder, ...withParents(parent(folder))];
}

/** Files and links among them: what a user would count. */
export function stagedFiles(puts: readonly StagedEntry[]): number {
  return puts.filter((put) => !("folder" in put)).length;
}

/** Bytes that will travel: nothing for links. */
export function stagedBytes(
  plan: Plan,
  tasks: readonly Task[],
  staging: Staging,
): number {
  if (staging !== "copy") return 0;
  const inputs = [
    ...plan.commonInputs,
    ...tasks.flatMap((task) => task.inputs),
  ];
  return unique(inputs).reduce((sum, { bytes }) => sum + bytes, 0);
}
