/** A field in words: what `explain` and the reference page have in common. */
import { type ChangeEffect, type Field, isRequired } from "./field.ts";
import { describeType } from "./value_types.ts";
import { contexts } from "./names.ts";
import type { FieldRow } from "./all_fields.ts";

/** `resources.group_size`. */
export function pathOf({ table, key }: FieldRow): string {
  return [...table, key].join(".");
}

/** Where the row's field exists: `with SSHContext`, `with batch type SGE`; "": everywhere. */
export function whereOf({ when }: FieldRow): string {
  if (when === null) return "";
  return when in contexts ? `with ${when}` : `with batch type ${when}`;
}

/** `an integer of at least 0 (tasks per job; 0 = all in one)`. */
export function typeOf({ kind, unit, nullable }: Field): string {
  const type = kind.form === "choice" ? "a name" : describeType(kind);
  const orNull = nullable ? " or null" : "";
  return `${type}${orNull}${unit === undefined ? "" : ` (${unit})`}`;
}

/** `required`, `required unless …` or the default as the input writes it; "" where there is none. */
export function defaultOf(field: Field): string {
  if (field.needed !== undefined) return `required ${field.needed}`;
  if (isRequired(field)) return "required";
  return field.default === undefined || field.default === null
    ? ""
    : JSON.stringify(field.default);
}

/** What happens to a run that is continued after the value was changed. */
export const changeMeaning: Readonly<Record<ChangeEffect, string>> = {
  recompute: "another computation: the tasks run again",
  newRun: "another place: the run begins anew there",
  continue: "the same computation: the run goes on",
};
