import { isWithinDirectory, join } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import { entriesOf } from "./content_hash.ts";
import type { Plan } from "../../model/plan.ts";

export interface OutsideInput {
  /** Below the work base, POSIX. */
  readonly input: string;
  /** Its absolute path without symbolic links. */
  readonly path: string;
}

/** The inputs that are outside the work base after symbolic links are followed, and such links in directories among them. */
export function outsideInputs(
  { localDir, tasks, commonInputs }: Pick<
    Plan,
    "localDir" | "tasks" | "commonInputs"
  >,
  files: Files,
): readonly OutsideInput[] {
  const inside = files.realPath(localDir) ?? localDir;
  const seen = new Set<string>();
  const check = (
    path: string,
    input: string,
    isDirectory: boolean,
  ): readonly OutsideInput[] => {
    const real = files.realPath(path);
    if (real === null) return [];
    if (!isWithinDirectory(real, inside)) return [{ input, path: real }];
    if (!isDirectory || seen.has(real)) return [];
    seen.add(real);
    return checkEntries(path, input);
  };
  const checkEntries = (path: string, input: string): readonly OutsideInput[] =>
    (entriesOf(path, files) ?? []).flatMap(({ name, kind }) => {
      const inner = join(path, name);
      if (kind === "directory") return checkEntries(inner, join(input, name));
      if (kind !== "link") return [];
      const isDirectory = files.stat(inner)?.kind === "directory";
      return check(inner, join(input, name), isDirectory);
    });
  const inputs = [commonInputs, ...tasks.map(({ inputs }) => inputs)].flat();
  return [...new Map(inputs.map((input) => [input.remotePath, input])).values()]
    .flatMap(({ localPath, remotePath, isDirectory }) =>
      check(localPath, remotePath, isDirectory)
    );
}
