/** The parts of a line that cannot be parsed that a message may show: nothing that may be a secret. */
import { allRows } from "../../schema/all_fields.ts";

/** True after a known key, alone on its line, whose value is a single value and not a secret. */
export function mayShowAfter(before: string): boolean {
  const key = /^\s*([\w-]+)\s*=[^=]*$/.exec(before)?.[1];
  const rows = allRows().filter((row) => row.key === key);
  return rows.length > 0 &&
    rows.every(({ field: { secret, kind } }) =>
      !secret && (kind.form === "value" || kind.form === "choice")
    );
}

/** A line without its value: `group_size = …`, `[tool.x]`; null if no part of it is a known name. */
export function withoutValue(line: string): string | null {
  const table = /^\[{1,2}tool\.[\w.\s"'-]+\]{1,2}/.exec(line)?.[0];
  if (table !== undefined) return table;
  const key = /^([\w.-]+)\s*=/.exec(line)?.[1];
  const last = key?.split(".").at(-1);
  return allRows().some((row) => row.key === last) ? `${key} = …` : null;
}
