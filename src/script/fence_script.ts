/** Makes sure that jobs can never start. */
import type { ShellText } from "./shell_text.ts";
import { copiesOf } from "./remote_layout.ts";
import { quote } from "./quote.ts";

/** Makes sure that jobs which nobody can find never start: their lock is taken, unless they have it. */
export function fenceScript(
  jobs: readonly {
    readonly job: string; /** 0: no array. */
    readonly elements: number;
  }[],
): ShellText {
  return `
mine || leave lease_taken
fence() {
  if ln -s "fenced:$T" "$D/locks/$2" 2>/dev/null; then say fenced "$1"
  else owner=$(readlink "$D/locks/$2") || leave failed; say started "$1"; printf '%s' "$owner"; fi
}
${
    jobs.flatMap(({ job, elements }) =>
      copiesOf(job, elements).map((copy) =>
        `fence ${quote(job)} ${quote(copy)}`
      )
    ).join("\n")
  }`;
}
