/** A config of which tables may be absent or wrong. */
import type { Values } from "../../schema/field.ts";
import type { submission } from "../../schema/submission.ts";

/** Values as far as they could be read. */
export type PartialConfig = Partly<Values<typeof submission>>;

export type Partly<T> = T extends readonly (infer E)[] ? readonly Partly<E>[]
  : T extends object ? { readonly [K in keyof T]?: Partly<T[K]> | undefined }
  : T;
