import type { Findings } from "./diagnostics.ts";
import type { Trust } from "./trust_needs.ts";
import type { Variant } from "../../schema/field.ts";

export interface ValidationContext {
  readonly findings: Findings;
  /** The batch type and context of the input, or the ones most likely meant; null: nobody can tell. */
  readonly chosen: Readonly<Record<Variant["by"], string | null>>;
  /** Unknown keys that a warning was given for. */
  readonly warnedKeys: Set<string>;
  readonly secrets: Secrets;
}

export interface Secrets {
  readonly trust: Trust;
  /** False: references stay references, whoever looks at them. */
  readonly isRead: boolean;
  /** Absolute. */
  readonly cwd: string;
  readonly home: string | undefined;
}

/** Values by our words; undefined where the input was wrong. */
export type DraftTable = Readonly<Record<string, unknown>>;
