/** Reads the doctor script's reply and makes checks from it. */
import type { FailureKind } from "../../../text/result.ts";
import { runsInPlace } from "../../../schema/backend_kinds.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";
import type { ShellBackendParts } from "../parts.ts";

/** A section, and the stderr of its command. */
export interface ReplyWithError {
  readonly words: readonly string[];
  readonly text: string;
  readonly error: string;
}

/** The input of the checks. */
export interface Examination
  extends Pick<ShellBackendParts, "plan" | "scheduler"> {
  readonly replies: readonly ReplyWithError[];
  /** Scripts run on this computer. */
  readonly local: boolean;
  /** Streams may be compressed. */
  readonly canCompress: boolean;
  /** What was printed before the script's own output. */
  readonly banner: string;
  /** Milliseconds until the script's first output. */
  readonly took: number;
  /** Milliseconds by which the remote clock is ahead of the local one; null: unknown. */
  readonly ahead: number | null;
}

/** Whether tasks run in the work base itself. */
export function isInPlace({ plan }: Examination): boolean {
  return runsInPlace(plan.config.machine.context);
}

/** All sections with a name, in their order. */
export function allOf(
  { replies }: Examination,
  name: string,
): readonly ReplyWithError[] {
  return replies.filter(({ words }) => words[0] === name);
}

/** The last section with a name; null: there is none. */
export function lastReply(
  examination: Examination,
  name: string,
): ReplyWithError | null {
  return allOf(examination, name).at(-1) ?? null;
}

/** The trimmed text of a section; "" where there is none. */
export function sectionText(examination: Examination, name: string): string {
  return lastReply(examination, name)?.text.trim() ?? "";
}

/** The exit code in a section's header, or null. */
export function exitCodeIn(reply: ReplyWithError | null): number | null {
  return reply === null ? null : Number(reply.words[1]);
}

/** A command's output, as an error message. */
export function wordsOf({ text, error }: ReplyWithError): string {
  const message = [error, text].map((part) => part.trim()).filter(Boolean)
    .join("\n");
  return message || "no error message";
}

/** Makes the checks of a group. */
export function checksOf(kind: FailureKind) {
  return {
    fine: (name: string, detail: string): DoctorCheck => (
      { name, state: "ok", kind, detail }
    ),
    odd: (name: string, detail: string, hint: string): DoctorCheck => (
      { name, state: "warn", kind, detail, hint }
    ),
    bad: (name: string, detail: string, hint: string): DoctorCheck => (
      { name, state: "error", kind, detail, hint }
    ),
  };
}
