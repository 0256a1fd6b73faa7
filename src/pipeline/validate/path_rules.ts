/** Paths and patterns of tasks must be inside the directory that they are relative to. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { locationAt, type TableNode } from "../parse/node.ts";
import { isAbsolute, isOutside, normalise } from "../../text/path.ts";
import { quoteForMessage } from "./format_value.ts";
import type { PartialConfig } from "./partial_config.ts";

export function pathErrors(
  draft: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  const check = (
    key: string,
    base: string,
    at: readonly (string | number)[],
    path: string | undefined,
  ) => {
    const message = path === undefined ? null : pathError(key, base, path);
    return message === null
      ? []
      : [{ location: locationAt(table, at), message }];
  };
  const checkAll = (
    key: string,
    base: string,
    at: readonly (string | number)[],
    paths: readonly string[] = [],
  ) =>
    paths.flatMap((path, index) => check(key, base, [...at, key, index], path));
  return [
    ...checkAll("forward_common_files", "work_base", [], draft.commonInputs),
    ...checkAll("backward_common_files", "work_base", [], draft.commonOutputs),
    ...(draft.tasks ?? []).flatMap((task, row) => {
      const at = ["task_list", row];
      return [
        ...check(
          "task_work_path",
          "work_base",
          [...at, "task_work_path"],
          task?.dir,
        ),
        ...(["outlog", "errlog"] as const).flatMap((key) =>
          check(
            key,
            "the task's directory",
            [...at, key],
            (key === "outlog" ? task?.out : task?.err) ?? undefined,
          )
        ),
        ...checkAll("forward_files", "the task's directory", at, task?.inputs),
        ...checkAll(
          "backward_files",
          "the task's directory",
          at,
          task?.outputs,
        ),
      ];
    }),
  ];
}

function pathError(key: string, base: string, path: string): string | null {
  if (isAbsolute(path)) {
    return `${key} must be relative to ${base}, got the absolute path ${
      quoteForMessage(path)
    }; ${hintForPath(key)}`;
  }
  if (isOutside(normalise(path))) {
    return `${key} must be inside ${base}, got ${quoteForMessage(path)}; ${
      hintForPath(key)
    }`;
  }
  return null;
}

function hintForPath(key: string): string {
  if (key === "task_work_path") return "set work_base to a directory above it";
  if (key === "outlog" || key === "errlog") return "name a file inside it";
  return key.startsWith("forward")
    ? "put a symbolic link to it there"
    : "let the task write the file there";
}
