/** Inputs in such a form that each may be staged as a link: none of them holds a place that something else goes to. */
import { foldersAmong, isWithin } from "./match_inputs.ts";
import { join, parent } from "../../text/path.ts";
import { entriesOf, weigh } from "./content_hash.ts";
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
export function spreadInputs(
  { tasks, commonInputs }: Staged,
  files: Files,
): Staged {
  const paths = new Set(commonInputs.map(({ to }) => to));
  const folders = foldersAmong(commonInputs);
  const lean = tasks.map((task) => {
    const inputs = task.inputs.filter(({ to }) =>
      !paths.has(to) && !isWithin(to, folders)
    );
    return inputs.length === task.inputs.length ? task : { ...task, inputs };
  });
  const real = realFolders(lean, commonInputs);
  const spread = (inputs: readonly Input[]): readonly Input[] =>
    inputs.some(({ folder, to }) => folder && real.has(to))
      ? inputs.flatMap((input) => spreadFolder(input, real, files))
      : inputs;
  return {
    tasks: lean.map((task) => ({ ...task, inputs: spread(task.inputs) })),
    commonInputs: spread(commonInputs),
  };
}

/** The folders that have to be real ones: task folders, all that some input goes into, and what these are in. */
function realFolders(
  tasks: readonly Task[],
  commonInputs: readonly Input[],
): ReadonlySet<string> {
  const real = new Set(["."]);
  const add = (path: string): void => {
    if (real.has(path)) return;
    real.add(path);
    add(parent(path));
  };
  for (const { to } of commonInputs) add(parent(to));
  for (const { dir, inputs } of tasks) {
    add(dir);
    for (const { to } of inputs) add(parent(to));
  }
  return real;
}

function spreadFolder(
  input: Input,
  real: ReadonlySet<string>,
  files: Files,
): readonly Input[] {
  if (!input.folder || !real.has(input.to)) return [input];
  return (entriesOf(input.from, files) ?? []).flatMap(({ name }) => {
    const inner = { from: join(input.from, name), to: join(input.to, name) };
    if (real.has(inner.to)) {
      return spreadFolder({ ...inner, folder: true, bytes: 0 }, real, files);
    }
    const weighed = weigh(inner.from, {
      files,
      digests: noDigests,
      apart: () => true,
      behindLinks: { count: 0 },
    });
    return weighed.ok
      ? [{ ...inner, folder: weighed.value.folder, bytes: weighed.value.bytes }]
      : [];
  });
}

/** Nothing is digested here: what is weighed stands apart. */
const noDigests = { get: () => undefined, set: () => {} };
