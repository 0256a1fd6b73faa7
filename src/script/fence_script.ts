import type { JobName } from "../model/job.ts";
import type { ShellText } from "./shell_text.ts";
import { copiesOf } from "./remote_layout.ts";
import { quote } from "./quote.ts";

export interface JobElements {
  readonly job: JobName;
  /** Elements of an array job; 0: it is not an array. */
  readonly elements: number;
}

/** Makes sure that jobs which cannot be found never start, by taking their locks; a job that has its lock already is reported as started. */
export function fenceScript(jobs: readonly JobElements[]): ShellText {
  return `
has_lease || finish lease_taken
fence() {
  if ln -s "fenced:$T" "$D/locks/$2" 2>/dev/null; then section fenced "$1"
  else owner=$(readlink "$D/locks/$2") || finish failed; section started "$1"; printf '%s' "$owner"; fi
}
${
    jobs.flatMap(({ job, elements }) =>
      copiesOf(job, elements).map((copy) =>
        `fence ${quote(job)} ${quote(copy)}`
      )
    ).join("\n")
  }`;
}
