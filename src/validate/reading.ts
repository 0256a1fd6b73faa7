/** What the readers of values share. */
import type { Span } from "../parse/node.ts";
import type { Variant } from "../schema/kinds.ts";
import type { Findings } from "./findings.ts";

export interface Reading {
  readonly findings: Findings;
  /** The batch type and context of the input, or the ones most likely meant; null: nobody can tell. */
  readonly chosen: Readonly<Record<Variant["by"], string | null>>;
  /** Whether the user let the input run commands and read files. */
  readonly allowRef: boolean;
  /** Unknown keys that a warning was given for. */
  readonly warned: Set<string>;
  /** Where plain-text secrets stand. */
  readonly secretSpans: { readonly file: string; readonly span: Span }[];
}
