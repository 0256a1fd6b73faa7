import type { Findings } from "./diagnostics.ts";
import type { Trust } from "./trust_needs.ts";
import type { Variant } from "../../schema/field.ts";

export interface ValidationContext {
  readonly findings: Findings;
  /** The batch type and context of the input, or the ones most likely meant; null: unknown. */
  readonly chosen: Readonly<Record<Variant["by"], string | null>>;
  /** Unknown keys that already have a warning. */
  readonly warnedKeys: Set<string>;
  readonly secrets: Secrets;
  /** A header template may use keys of kwargs that no field has. */
  readonly hasTemplate: boolean;
}

export interface Secrets {
  readonly trust: Trust;
  /** False: the command does not read the secrets, and their references need no trust. */
  readonly isRead: boolean;
  /** Absolute. */
  readonly cwd: string;
  readonly home: string | undefined;
}

/** Values by their names in Config; undefined after an error. */
export type DraftTable = Readonly<Record<string, unknown>>;
