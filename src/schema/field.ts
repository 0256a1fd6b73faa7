import type * as v from "valibot";
import type { Secret } from "./secret.ts";
import type { Names } from "./names.ts";

export interface Field {
  /** The name in Config; null: accepted and not used. */
  readonly configName: string | null;
  readonly kind: FieldType;
  /** One sentence for `explain`, the reference page and editors. */
  readonly doc: string;
  /** The unit of the number, for messages: `seconds`. */
  readonly unit?: string;
  /** The value where the key is absent; a field without one is required. */
  readonly default?: unknown;
  /** When a field with a default is required nevertheless, which a rule checks: `unless work_base is absolute`. */
  readonly needed?: string;
  /** Null may be written; a default of null implies it. */
  readonly nullable?: true;
  /** May be a reference such as `${env:NAME}`; never shown, recorded or passed on. */
  readonly secret?: true;
  readonly whenChanged?: ChangeEffect;
  /** Other spellings of the key. */
  readonly aliases?: readonly string[];
  /** What batch systems and other programs call it: the warning about such an unknown key names the field. */
  readonly commonWords?: readonly string[];
}

/**
 * What a changed value of the field means for a run that is resumed: `recompute`: tasks run again;
 * `newRun`: another run, with its own remote directory; `continue`: the run continues with the new value.
 */
export type ChangeEffect = "recompute" | "newRun" | "continue";

/** The fields of a table by their keys in the input. */
export type Fields = Readonly<Record<string, Field>>;

/** Keeps the literal types of the rows, from which the types of the values are derived. */
export function fields<const F extends Fields>(rows: F): F {
  return rows;
}

/** The values of a table after validation, by their names in Config. */
export type Values<F extends Fields> = {
  readonly [K in keyof F as ConfigName<F[K]>]: ValueOf<F[K]>;
};

type ConfigName<R extends Field> = R["configName"] extends string
  ? R["configName"]
  : never;

type ValueOf<R extends Field> =
  | (R extends { readonly secret: true } ? Secret : KindValue<R["kind"]>)
  | (R extends { readonly nullable: true } | { readonly default: null } ? null
    : never);

/** Whether its value may contain a secret, at any depth. */
export function holdsSecrets({ secret, kind }: Field): boolean {
  const below = kind.form === "table" || kind.form === "rows"
    ? [kind.fields]
    : kind.form === "variant"
    ? Object.values(kind.tables)
    : [];
  return secret === true ||
    below.flatMap((fields) => Object.values(fields)).some(holdsSecrets);
}

/** Whether null may be written. */
export function acceptsNull({ nullable, default: value }: Field): boolean {
  return nullable === true || value === null;
}

/** Whether a table without the key is an error. */
export function isRequired(field: Field): boolean {
  if (field.kind.form === "table") {
    return Object.values(field.kind.fields).some(isRequired) &&
      !("default" in field);
  }
  return field.kind.form !== "variant" && !("default" in field);
}

export type FieldType =
  | Value<unknown>
  | Choice<string>
  | Table<Fields>
  | Rows<Fields>
  | Variant
  | Envs
  | Free;

/**
 * Checked by a valibot schema, which may also convert the value. `expected` completes the message "must be …";
 * for a string with characters that are not allowed, `expectedText` does.
 */
export interface Value<T> {
  readonly form: "value";
  readonly expected: string;
  readonly expectedText?: string;
  readonly schema: v.GenericSchema<unknown, T>;
}

/** One of a table of names, in any of their spellings. */
export interface Choice<N extends string> {
  readonly form: "choice";
  readonly names: Names<N>;
}

export interface Table<F extends Fields> {
  readonly form: "table";
  readonly fields: F;
}

/** An array of tables. */
export interface Rows<F extends Fields> {
  readonly form: "rows";
  readonly fields: F;
}

/** A table whose fields depend on the value of another field. */
export interface Variant {
  readonly form: "variant";
  readonly by: "context_type" | "batch_type";
  readonly tables: Readonly<Record<string, Fields>>;
}

/** Environment variables: strings, numbers, booleans, or arrays of them. */
export interface Envs {
  readonly form: "envs";
}

/** A table that is passed on unchanged. */
export interface Free {
  readonly form: "free";
}

/** The type of the value after validation. */
export type KindValue<K extends FieldType> = K extends Value<infer T> ? T
  : K extends Choice<infer N> ? N
  : K extends Table<infer F> ? Values<F>
  : K extends Rows<infer F> ? readonly Values<F>[]
  : K extends Envs ? readonly (readonly [name: string, value: string])[]
  : Readonly<Record<string, unknown>>;
