/** What the far side said to a doctor, and how checks are made of it. */
import type { FailureKind } from "../../../text/result.ts";
import { filesAt } from "../../../schema/backend_kinds.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";
import type { ShellBackendParts } from "../parts.ts";

/** A section, and what the command behind it said on stderr. */
export interface ReplyWithError {
  readonly words: readonly string[];
  readonly text: string;
  readonly error: string;
}

/** What the checks of one group are made from. */
export interface Examination
  extends Pick<ShellBackendParts, "plan" | "scheduler"> {
  readonly said: readonly ReplyWithError[];
  /** The far side is this machine. */
  readonly local: boolean;
  /** Streams may be made smaller. */
  readonly compress: boolean;
  /** What was printed before the script said anything. */
  readonly banner: string;
  /** Milliseconds until the script's first word. */
  readonly took: number;
  /** Milliseconds by which the far side's clock is ahead of ours; null: it did not say. */
  readonly ahead: number | null;
}

/** Whether tasks run in the work base itself. */
export function isInPlace({ plan }: Examination): boolean {
  return filesAt(plan.config.machine.context) === "local directory";
}

/** All sections of a name, in their order. */
export function allOf(
  { said }: Examination,
  name: string,
): readonly ReplyWithError[] {
  return said.filter(({ words }) => words[0] === name);
}

/** Null: nothing was said of it. */
export function saidOf(one: Examination, name: string): ReplyWithError | null {
  return allOf(one, name).at(-1) ?? null;
}

/** Without blanks around it; "" where there is none. */
export function textOf(one: Examination, name: string): string {
  return saidOf(one, name)?.text.trim() ?? "";
}

/** The exit code that a section's second word tells, or null. */
export function codeOf(said: ReplyWithError | null): number | null {
  return said === null ? null : Number(said.words[1]);
}

/** What a command said of its failure. */
export function wordsOf({ text, error }: ReplyWithError): string {
  const said = [error, text].map((part) => part.trim()).filter(Boolean)
    .join("\n");
  return said || "no word about it";
}

/** How a group of checks tells what it saw. */
export function checksOf(kind: FailureKind) {
  return {
    fine: (name: string, saw: string): DoctorCheck => (
      { name, state: "ok", kind, detail: saw }
    ),
    odd: (name: string, saw: string, advice: string): DoctorCheck => (
      { name, state: "warn", kind, detail: saw, hint: advice }
    ),
    bad: (name: string, saw: string, advice: string): DoctorCheck => (
      { name, state: "bad", kind, detail: saw, hint: advice }
    ),
  };
}
