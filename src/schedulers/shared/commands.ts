/** Shell text that the commands of several batch systems share. */
import type { ShellText } from "../../script/shell_text.ts";

/**
 * Runs `command`. Where its stderr contains a refusal, the program cannot do what
 * it was asked to, and the reply of `instead` counts; else stderr is printed. The
 * exit code is that of the command that counts.
 */
export function orElse(
  command: ShellText,
  refusals: readonly string[],
  instead: ShellText,
): ShellText {
  return `{
  errors=$({
${command}
  } 2>&1 >&4 4>&-)
  code=$?
} 4>&1
case $errors in
  (${refusals.map((words) => `*${words.replaceAll(" ", "\\ ")}*`).join("|")})
${instead}
    ;;
  (*)
    [ -z "$errors" ] || printf '%s\\n' "$errors" >&2
    (exit "$code")
    ;;
esac`;
}
