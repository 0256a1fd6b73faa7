/** The types of value that a field can have: each has a check, a description for messages, and a type in code. */
import * as v from "valibot";
import type {
  Choice,
  Envs,
  Fields,
  FieldType,
  Free,
  Rows,
  Table,
  Value,
  Variant,
} from "./field.ts";
import { type Names, spellingsOf } from "./names.ts";

export const flag: Value<boolean> = {
  form: "value",
  expected: "a boolean",
  schema: v.boolean(),
};

/** An identifier of a service, which may be a number. */
export const identifier: Value<string | number> = {
  form: "value",
  expected: "a string or an integer",
  schema: v.union([
    v.string(),
    v.pipe(v.number(), v.integer(), v.safeInteger()),
  ]),
};

export function integer(min: number, max = Infinity): Value<number> {
  return {
    form: "value",
    expected: max === Infinity
      ? `an integer of at least ${min}`
      : `an integer from ${min} to ${max}`,
    schema: max === Infinity
      ? v.pipe(v.number(), v.integer(), v.safeInteger(), v.minValue(min))
      : v.pipe(
        v.number(),
        v.integer(),
        v.safeInteger(),
        v.minValue(min),
        v.maxValue(max),
      ),
  };
}

/** An integer of at least 0, or -1 for the default. */
export function countOrDefault(byDefault: number): Value<number> {
  return {
    form: "value",
    expected: "an integer of at least 0, or -1",
    schema: v.pipe(
      v.number(),
      v.integer(),
      v.safeInteger(),
      v.minValue(-1),
      v.transform((count) => count === -1 ? byDefault : count),
    ),
  };
}

/** For keys of other programs that have no effect here: no value of theirs is an error. */
export const anything: Value<unknown> = {
  form: "value",
  expected: "any value",
  schema: v.unknown(),
};

/** A number of at least `min`; `below` is excluded. */
export function number(min: number, below = Infinity): Value<number> {
  return {
    form: "value",
    expected: below === Infinity
      ? `a number of at least ${min}`
      : `a number of at least ${min} and below ${below}`,
    schema: below === Infinity
      ? v.pipe(v.number(), v.finite(), v.minValue(min))
      : v.pipe(v.number(), v.minValue(min), v.ltValue(below)),
  };
}

export function choice<N extends string>(names: Names<N>): Choice<N> {
  return { form: "choice", names };
}

export function table<const F extends Fields>(fields: F): Table<F> {
  return { form: "table", fields };
}

export function rows<const F extends Fields>(fields: F): Rows<F> {
  return { form: "rows", fields };
}

export function variant(
  by: Variant["by"],
  tables: Readonly<Record<string, Fields>>,
): Variant {
  return { form: "variant", by, tables };
}

export const envs: Envs = { form: "envs" };

export const free: Free = { form: "free" };

/** Completes the message "must be …" for a value of any type. */
export function describeType(kind: FieldType): string {
  switch (kind.form) {
    case "value":
      return kind.expected;
    case "choice":
      return `one of ${Object.keys(kind.names).join(", ")}`;
    case "rows":
      return "an array of tables";
    default:
      return "a table";
  }
}

/** The name that a spelling stands for, or null. */
export function nameOf<N extends string>(
  names: Names<N>,
  spelling: string,
): N | null {
  const found = Object.keys(names).find((name) =>
    spellingsOf(names, name as N).includes(spelling)
  );
  return (found as N | undefined) ?? null;
}
