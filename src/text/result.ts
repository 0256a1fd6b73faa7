/** Expected failures are values; only bugs are thrown. */

/** Which part of the work could not be done; picks the exit code. */
export type FailureKind =
  | "usage"
  | "input"
  | "connection"
  | "transfer"
  | "scheduler";

/** One thing that went wrong, complete enough to be shown without its stack. */
export interface Failure {
  readonly kind: FailureKind;
  /** What was attempted: `Cannot submit job d3f2a1`. */
  readonly summary: string;
  /** What was seen, in the other side's own words; may span lines. */
  readonly detail: string;
  /** What the user can do now. */
  readonly hint?: string;
  /** True when the same attempt may succeed later. */
  readonly isRetryable: boolean;
}

/** A value, or why there is none. */
export type Result<T, E = Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function fail<E>(error: E): Result<never, E> {
  return { ok: false, error };
}

/** The failure as text: what was tried, what was seen, what to do. */
export function formatFailure({ summary, detail, hint }: Failure): string {
  const seen = detail.includes("\n")
    ? `:\n${detail.split("\n").map((line) => `  ${line}`).join("\n")}`
    : `: ${detail}`;
  return `${summary}${detail === "" ? "" : seen}${hint ? `\n${hint}` : ""}`;
}
