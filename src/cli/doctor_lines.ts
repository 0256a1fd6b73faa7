import { count } from "../text/grammar.ts";
import type { DoctorCheck } from "../model/backend_messages.ts";

/** Every name is shorter. */
const NAME_WIDTH = 13;
const INDENT = " ".repeat(6 + NAME_WIDTH);

const LABELS: Readonly<Record<DoctorCheck["state"], string>> = {
  ok: "ok",
  warn: "warn",
  error: "error",
};

/** `ok    tar          tar (GNU tar) 1.34`; a hint stands on lines of its own. */
export function checkLines(
  { name, state, detail, hint }: DoctorCheck,
): readonly string[] {
  const [first, ...rest] = detail.split("\n");
  return [
    `${LABELS[state].padEnd(6)}${name.padEnd(NAME_WIDTH)}${first}`,
    ...rest.map((line) => INDENT + line),
    ...(hint === undefined
      ? []
      : hint.split("\n").map((line) => INDENT + line)),
  ];
}

/** `no problems found`, or the number of errors and warnings. */
export function lastLine(checks: readonly DoctorCheck[]): string {
  const errors = checks.filter(({ state }) => state === "error").length;
  const warnings = checks.filter(({ state }) => state === "warn").length;
  const parts = [
    ...(errors > 0 ? [count(errors, "error")] : []),
    ...(warnings > 0 ? [count(warnings, "warning")] : []),
  ];
  return parts.length === 0 ? "no problems found" : parts.join(", ");
}
