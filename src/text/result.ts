/** Expected failures are values; only bugs are thrown. */

/** What failed; decides the exit code. */
export type FailureKind =
  | "usage"
  | "input"
  | "connection"
  | "transfer"
  | "scheduler";

/** An expected failure, with everything that a message about it needs. */
export interface Failure {
  readonly kind: FailureKind;
  /** What was attempted: `Cannot submit job d3f2a1`. */
  readonly summary: string;
  /** What was observed, with the messages of other programs quoted; may span lines. */
  readonly detail: string;
  /** What the user can do now. */
  readonly hint?: string;
  /** Whether the same attempt may succeed later. */
  readonly isRetryable: boolean;
}

/** A value, or an error. */
export type Result<T, E = Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function fail<E>(error: E): Result<never, E> {
  return { ok: false, error };
}

/** The failure as text: what was attempted, what was observed, what to do. */
export function formatFailure({ summary, detail, hint }: Failure): string {
  const shown = detail.includes("\n")
    ? `:\n${detail.split("\n").map((line) => `  ${line}`).join("\n")}`
    : `: ${detail}`;
  return `${summary}${detail === "" ? "" : shown}${hint ? `\n${hint}` : ""}`;
}
