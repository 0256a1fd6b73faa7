/** Names of jobs in the queue: the user's own, then the unique name by which a job is found again. */
import type { JobName } from "../../model/job.ts";

/** Where the user may name jobs, and which names the batch system accepts. */
export interface JobNaming {
  /** The header line that names the job; the name is the first group. */
  readonly directive: RegExp;
  /** Characters of a whole name. */
  readonly longest: number;
  readonly beginsWithLetter: boolean;
}

/** The header line with one of the options, whose value follows a blank or "=". */
export function nameDirective(prefix: string, ...options: string[]): RegExp {
  const option = options.map((each) =>
    each.startsWith("--") ? `${each}[=\\s]\\s*` : `${each}\\s*`
  ).join("|");
  return new RegExp(
    `^${prefix}\\s(?:.*\\s)?(?:${option})("[^"]*"|'[^']*'|[^\\s[]+)`,
  );
}

/** The name that the last such header line gives; null: none does. */
export function nameInHeader(
  lines: readonly string[],
  { directive }: JobNaming,
): string | null {
  const name = lines.map((line) => directive.exec(line)?.[1])
    .findLast((found) => found !== undefined);
  return name?.replaceAll(/^["']|["']$/g, "") ?? null;
}

/** `LABEL-NAME`, with those characters of the label that every batch system accepts, cut to the length that is left. */
export function queueNameOf(
  label: string | null,
  name: JobName,
  { longest, beginsWithLetter }: JobNaming,
): string {
  const plain = trim((label ?? "").replaceAll(/[^\w.-]+/g, "-"));
  const whole = beginsWithLetter && /^[^A-Za-z]/.test(plain)
    ? `j-${plain}`
    : plain;
  const cut = trim(whole.slice(0, longest - name.length - 1));
  return cut === "" ? name : `${cut}-${name}`;
}

function trim(label: string): string {
  return label.replaceAll(/^[._-]+|[._-]+$/g, "");
}

/** The unique name: no dash is in it. */
export function nameInQueue(queueName: string): JobName {
  return queueName.slice(queueName.lastIndexOf("-") + 1);
}
