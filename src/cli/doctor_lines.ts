import { count } from "../text/grammar.ts";
import type { DoctorCheck } from "../model/backend_messages.ts";

/** Names are shorter. */
const NAME_WIDTH = 13;
const INDENT = " ".repeat(6 + NAME_WIDTH);

/** `ok    tar          tar (GNU tar) 1.34`; what to do stands on a line of its own. */
export function checkLines(
  { name, state, detail, hint }: DoctorCheck,
): readonly string[] {
  const [first, ...rest] = detail.split("\n");
  return [
    `${state.padEnd(6)}${name.padEnd(NAME_WIDTH)}${first}`,
    ...rest.map((line) => INDENT + line),
    ...(hint === undefined
      ? []
      : hint.split("\n").map((line) => INDENT + line)),
  ];
}

/** `all is well`, or how many things are not. */
export function lastLine(checks: readonly DoctorCheck[]): string {
  const bad = checks.filter(({ state }) => state === "bad").length;
  const odd = checks.filter(({ state }) => state === "warn").length;
  const parts = [
    ...(bad > 0 ? [`${bad} bad`] : []),
    ...(odd > 0 ? [count(odd, "warning")] : []),
  ];
  return parts.length === 0 ? "all is well" : parts.join(", ");
}
