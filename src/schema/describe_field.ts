/** Descriptions of a field that `explain` and the reference page have in common. */
import { type ChangeEffect, type Field, isRequired } from "./field.ts";
import { describeType } from "./value_types.ts";
import { contexts } from "./names.ts";
import type { FieldRow } from "./all_fields.ts";

/** `resources.group_size`. */
export function pathOf({ table, key }: FieldRow): string {
  return [...table, key].join(".");
}

/** When the field of the row exists: `with context_type "SSHContext"`, `with batch_type "SGE"`; "": always. */
export function conditionOf({ when }: FieldRow): string {
  if (when === null) return "";
  const key = when in contexts ? "context_type" : "batch_type";
  return `with ${key} "${when}"`;
}

/** `an integer of at least 0 (tasks per job; 0 = all in one job)`. */
export function typeOf({ kind, unit, nullable }: Field): string {
  const type = kind.form === "choice" ? "a string" : describeType(kind);
  const orNull = nullable ? " or null" : "";
  return `${type}${orNull}${unit === undefined ? "" : ` (${unit})`}`;
}

/** `required`, `required unless …`, or the default as the input writes it; "" where there is none. */
export function defaultOf(field: Field): string {
  if (field.needed !== undefined) return `required ${field.needed}`;
  if (isRequired(field)) return "required";
  return field.default === undefined || field.default === null
    ? ""
    : JSON.stringify(field.default);
}

/** What happens to a run that is resumed after the value was changed. */
export const changeMeaning: Readonly<Record<ChangeEffect, string>> = {
  recompute: "the tasks run again",
  newRun: "a new run with its own remote directory begins",
  continue: "the run continues with the new value",
};
