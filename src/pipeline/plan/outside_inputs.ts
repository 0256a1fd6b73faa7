import { isWithinDirectory, join } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import { entriesOf } from "./content_hash.ts";
import type { Plan } from "../../model/plan.ts";

export interface OutsideInput {
  /** Below the work base, POSIX. */
  readonly input: string;
  /** Where it really is, absolute. */
  readonly path: string;
}

/** Looks at each input once, and at each link in a folder among them. */
export function outsideInputs(
  { localDir: localDir, tasks, commonInputs }: Pick<
    Plan,
    "localDir" | "tasks" | "commonInputs"
  >,
  files: Files,
): readonly OutsideInput[] {
  const inside = files.realPath(localDir) ?? localDir;
  const seen = new Set<string>();
  const look = (
    path: string,
    input: string,
    folder: boolean,
  ): readonly OutsideInput[] => {
    const real = files.realPath(path);
    if (real === null) return [];
    if (!isWithinDirectory(real, inside)) return [{ input, path: real }];
    if (!folder || seen.has(real)) return [];
    seen.add(real);
    return lookInside(path, input);
  };
  const lookInside = (path: string, input: string): readonly OutsideInput[] =>
    (entriesOf(path, files) ?? []).flatMap(({ name, kind }) => {
      const inner = join(path, name);
      if (kind === "folder") return lookInside(inner, join(input, name));
      if (kind !== "link") return [];
      const isFolder = files.stat(inner)?.kind === "folder";
      return look(inner, join(input, name), isFolder);
    });
  const inputs = [commonInputs, ...tasks.map(({ inputs }) => inputs)].flat();
  return [...new Map(inputs.map((input) => [input.remotePath, input])).values()]
    .flatMap(({ localPath, remotePath, isDirectory }) =>
      look(localPath, remotePath, isDirectory)
    );
}
