/** Inputs in such a form that each may be staged as a link: none of them holds a place that something else goes to. */
import { directoriesAmong, isWithin } from "./match_inputs.ts";
import { join, parent } from "../../text/path.ts";
import { entriesOf, hashPath } from "./content_hash.ts";
import type { Files } from "../../environment/environment.ts";
import type { Input, Task } from "../../model/plan.ts";

interface Staged {
  readonly tasks: readonly Task[];
  readonly commonInputs: readonly Input[];
}

/**
 * Takes from the tasks what the common inputs bring already, and replaces each folder that holds a task's folder,
 * or into which another input goes, by what is in it.
 */
export function expandDirectories(
  { tasks, commonInputs }: Staged,
  files: Files,
): Staged {
  const paths = new Set(commonInputs.map(({ remotePath }) => remotePath));
  const folders = directoriesAmong(commonInputs);
  const lean = tasks.map((task) => {
    const inputs = task.inputs.filter(({ remotePath }) =>
      !paths.has(remotePath) && !isWithin(remotePath, folders)
    );
    return inputs.length === task.inputs.length ? task : { ...task, inputs };
  });
  const real = directoriesToCreate(lean, commonInputs);
  const spread = (inputs: readonly Input[]): readonly Input[] =>
    inputs.some(({ isDirectory, remotePath }) =>
        isDirectory && real.has(remotePath)
      )
      ? inputs.flatMap((input) => expandDirectory(input, real, files))
      : inputs;
  return {
    tasks: lean.map((task) => ({ ...task, inputs: spread(task.inputs) })),
    commonInputs: spread(commonInputs),
  };
}

/** The folders that have to be real ones: task folders, all that some input goes into, and what these are in. */
function directoriesToCreate(
  tasks: readonly Task[],
  commonInputs: readonly Input[],
): ReadonlySet<string> {
  const real = new Set(["."]);
  const add = (path: string): void => {
    if (real.has(path)) return;
    real.add(path);
    add(parent(path));
  };
  for (const { remotePath } of commonInputs) add(parent(remotePath));
  for (const { dir, inputs } of tasks) {
    add(dir);
    for (const { remotePath } of inputs) add(parent(remotePath));
  }
  return real;
}

function expandDirectory(
  input: Input,
  real: ReadonlySet<string>,
  files: Files,
): readonly Input[] {
  if (!input.isDirectory || !real.has(input.remotePath)) return [input];
  return (entriesOf(input.localPath, files) ?? []).flatMap(({ name }) => {
    const inner = {
      localPath: join(input.localPath, name),
      remotePath: join(input.remotePath, name),
    };
    if (real.has(inner.remotePath)) {
      return expandDirectory(
        { ...inner, isDirectory: true, bytes: 0 },
        real,
        files,
      );
    }
    const weighed = hashPath(inner.localPath, {
      files,
      digests: noDigests,
      isExcluded: () => true,
      behindLinks: { count: 0 },
    });
    return weighed.ok
      ? [{
        ...inner,
        isDirectory: weighed.value.isDirectory,
        bytes: weighed.value.bytes,
      }]
      : [];
  });
}

/** Nothing is digested here: what is weighed stands apart. */
const noDigests = { get: () => undefined, set: () => {} };
