/** A config in which tables and values may be absent. */
import type { Values } from "../../schema/field.ts";
import type { submission } from "../../schema/submission.ts";

/** The values that could be read. */
export type PartialConfig = Partly<Values<typeof submission>>;

export type Partly<T> = T extends readonly (infer E)[] ? readonly Partly<E>[]
  : T extends object ? { readonly [K in keyof T]?: Partly<T[K]> | undefined }
  : T;
