/** Inputs in a form in which each can be staged as a symbolic link: nothing else is staged into any of them. */
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
 * Removes from the tasks the inputs that are common inputs too, and replaces each directory that contains the
 * directory of a task, or into which another input is staged, by its entries.
 */
export function expandDirectories(
  { tasks, commonInputs }: Staged,
  files: Files,
): Staged {
  const paths = new Set(commonInputs.map(({ remotePath }) => remotePath));
  const directories = directoriesAmong(commonInputs);
  const ownTasks = tasks.map((task) => {
    const inputs = task.inputs.filter(({ remotePath }) =>
      !paths.has(remotePath) && !isWithin(remotePath, directories)
    );
    return inputs.length === task.inputs.length ? task : { ...task, inputs };
  });
  const created = directoriesToCreate(ownTasks, commonInputs);
  const expand = (inputs: readonly Input[]): readonly Input[] =>
    inputs.some(({ isDirectory, remotePath }) =>
        isDirectory && created.has(remotePath)
      )
      ? inputs.flatMap((input) => expandDirectory(input, created, files))
      : inputs;
  return {
    tasks: ownTasks.map((task) => ({ ...task, inputs: expand(task.inputs) })),
    commonInputs: expand(commonInputs),
  };
}

/** The directories that cannot be symbolic links: those of tasks, those that inputs are staged into, and their parents. */
function directoriesToCreate(
  tasks: readonly Task[],
  commonInputs: readonly Input[],
): ReadonlySet<string> {
  const created = new Set(["."]);
  const add = (path: string): void => {
    if (created.has(path)) return;
    created.add(path);
    add(parent(path));
  };
  for (const { remotePath } of commonInputs) add(parent(remotePath));
  for (const { dir, inputs } of tasks) {
    add(dir);
    for (const { remotePath } of inputs) add(parent(remotePath));
  }
  return created;
}

function expandDirectory(
  input: Input,
  created: ReadonlySet<string>,
  files: Files,
): readonly Input[] {
  if (!input.isDirectory || !created.has(input.remotePath)) return [input];
  return (entriesOf(input.localPath, files) ?? []).flatMap(({ name }) => {
    const inner = {
      localPath: join(input.localPath, name),
      remotePath: join(input.remotePath, name),
    };
    if (created.has(inner.remotePath)) {
      return expandDirectory(
        { ...inner, isDirectory: true, bytes: 0 },
        created,
        files,
      );
    }
    const hashed = hashPath(inner.localPath, {
      files,
      hashCache: noHashCache,
      isExcluded: () => true,
      behindLinks: { count: 0 },
    });
    return hashed.ok
      ? [{
        ...inner,
        isDirectory: hashed.value.isDirectory,
        bytes: hashed.value.bytes,
      }]
      : [];
  });
}

/** Only sizes are needed here: every path is excluded from hashes. */
const noHashCache = { get: () => undefined, set: () => {} };
