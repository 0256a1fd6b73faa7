/** All fields of the input in one list, in the order of the tables. */
import type { Field, Fields } from "./field.ts";
import { submission } from "./submission.ts";

export interface FieldRow {
  readonly key: string;
  /** Keys of the tables that contain it: `["machine", "remote_profile"]`. */
  readonly table: readonly string[];
  /** The context or batch type that has the field; null: all have it. */
  readonly when: string | null;
  readonly field: Field;
}

/** Every field, tables included, parents first. */
export function allRows(): readonly FieldRow[] {
  return rowsOf(submission, [], null);
}

function rowsOf(
  fields: Fields,
  table: readonly string[],
  when: string | null,
): readonly FieldRow[] {
  return Object.entries(fields).flatMap(([key, field]) => [
    { key, table, when, field },
    ...rowsBelow(field, [...table, key], when),
  ]);
}

function rowsBelow(
  { kind }: Field,
  table: readonly string[],
  when: string | null,
): readonly FieldRow[] {
  if (kind.form === "table" || kind.form === "rows") {
    return rowsOf(kind.fields, table, when);
  }
  if (kind.form !== "variant") return [];
  return Object.entries(kind.tables).flatMap(([name, fields]) =>
    rowsOf(fields, table, name)
  );
}
