import type { JobId, JobName } from "../../model/job.ts";
import { lookUp } from "../../text/parse_number.ts";
import type { QueueListing } from "../scheduler.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

interface Shown {
  readonly id: JobId;
  readonly fields: ReadonlyMap<string, string>;
}

/** Of a job that waits the comment says why; later it tells a story. */
const WAITS = /^[QHWTS]$/;

export function statesOf(stdout: string): QueueListing["entries"] {
  return new Map(
    jobsIn(stdout).flatMap(({ id, fields }) => {
      const word = fields.get("job_state");
      const reason = WAITS.test(word ?? "") && fields.get("comment");
      return word ? [[id, { word, ...(reason && { reason }) }] as const] : [];
    }),
  );
}

export function namesOf(stdout: string): ReadonlyMap<JobName, JobId> {
  return new Map(
    jobsIn(stdout).flatMap(({ id, fields }) => {
      const name = fields.get("job_name");
      return name ? [[name, id] as const] : [];
    }),
  );
}

/** Of jobs that are over: why. */
export function causesOf(
  stdout: string,
  statuses: Statuses,
): ReadonlyMap<JobId, ExitReason> {
  const over = jobsIn(stdout).filter(({ fields }) =>
    /^[FXC]$/.test(fields.get("job_state") ?? "")
  );
  return new Map(over.map(({ id, fields }) => [id, causeOf(fields, statuses)]));
}

/** What an `Exit_status` below 0 means: it is the system's own. */
export type Statuses = Readonly<Record<string, ExitReasonKind>>;

function causeOf(fields: Shown["fields"], statuses: Statuses): ExitReason {
  const status = fields.get("exit_status");
  const comment = fields.get("comment");
  const said = [status && `Exit_status ${status}`, comment].filter(Boolean);
  return {
    // A job that never ran has no status.
    kind: status === undefined
      ? "cancelled"
      : lookUp(statuses, status) ?? kindOf(fields, Number(status)),
    ...(said.length > 0 && { message: said.join(", ") }),
  };
}

/** Above 128 or 256 a signal ended the job: that of a limit it went beyond, or of a qdel. */
function kindOf(fields: Shown["fields"], status: number): ExitReasonKind {
  if (![128, 256].some((base) => isSignal(status - base))) return "disappeared";
  if (isBeyond(fields, "walltime", seconds)) return "timeLimit";
  if (isBeyond(fields, "mem", kibibytes)) return "outOfMemory";
  return "cancelled";
}

/** SIGKILL or SIGTERM. */
function isSignal(number: number): boolean {
  return number === 9 || number === 15;
}

function isBeyond(
  fields: Shown["fields"],
  resource: string,
  amount: (text: string) => number,
): boolean {
  const limit = fields.get(`resource_list.${resource}`);
  const used = fields.get(`resources_used.${resource}`);
  return limit !== undefined && used !== undefined &&
    amount(used) >= amount(limit);
}

function seconds(time: string): number {
  return time.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
}

function kibibytes(size: string): number {
  const [, number, unit = ""] = size.match(/^(\d+)([kmgt]?)b?$/i) ?? [];
  return Number(number) * 1024 ** (" kmgt".indexOf(unit.toLowerCase()) - 1);
}

/** Blocks of `Job Id: 12.server` and `    key = value`; a value goes on after a tab. */
function jobsIn(stdout: string): readonly Shown[] {
  return stdout.replaceAll(/\r?\n\t/g, "").split(/^(?=Job Id: )/m)
    .flatMap((block) => {
      const id = block.match(/^Job Id:\s*(\S+)/)?.[1];
      const fields = block.matchAll(/^ +([\w.]+) = (.*?)\r?$/gm)
        .map(([, key, value]) => [key!.toLowerCase(), value!] as const);
      return id ? [{ id, fields: new Map(fields) }] : [];
    });
}
