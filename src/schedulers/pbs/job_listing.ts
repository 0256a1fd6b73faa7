import type { JobId, JobName } from "../../model/job.ts";
import { lookUp } from "../../text/parse_number.ts";
import type { QueueListing } from "../scheduler.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

interface ListedJob {
  readonly id: JobId;
  readonly fields: ReadonlyMap<string, string>;
}

/** States in which the comment is the reason for waiting; in later states it describes the past. */
const WAITING = /^[QHWTS]$/;

/** What a comment says of the past: of a suspended job it still says when it began. */
const STARTED = /^Job (?:run at|started on) /;

/** pbs_sched of OpenPBS: the job requests more than there is, also when all of it is free. */
const NEVER = /^Can Never Run\b/;

export function statesOf(stdout: string): QueueListing["entries"] {
  return new Map(
    jobsIn(stdout).flatMap(({ id, fields }) => {
      const nativeState = fields.get("job_state");
      const comment = fields.get("comment") ?? "";
      const reason = WAITING.test(nativeState ?? "") &&
        !STARTED.test(comment) && comment;
      const neverRuns = reason && NEVER.test(reason);
      return nativeState
        ? [
          [id, {
            nativeState,
            ...(reason && { reason }),
            ...(neverRuns && { neverRuns }),
          }] as const,
        ]
        : [];
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

/** Exit reasons of ended jobs. */
export function exitReasonsOf(
  stdout: string,
  statuses: Statuses,
): ReadonlyMap<JobId, ExitReason> {
  const ended = jobsIn(stdout).filter(({ fields }) =>
    /^[FXC]$/.test(fields.get("job_state") ?? "")
  );
  return new Map(
    ended.map(({ id, fields }) => [id, exitReasonOf(fields, statuses)]),
  );
}

/** Meanings of an `Exit_status` below 0, which the batch system itself sets. */
export type Statuses = Readonly<Record<string, ExitReasonKind>>;

function exitReasonOf(
  fields: ListedJob["fields"],
  statuses: Statuses,
): ExitReason {
  const status = fields.get("exit_status");
  const comment = fields.get("comment");
  const details = [status && `Exit_status ${status}`, comment].filter(Boolean);
  return {
    // A job that never ran has no status.
    kind: status === undefined
      ? "cancelled"
      : lookUp(statuses, status) ?? kindOf(fields, Number(status)),
    ...(details.length > 0 && { message: details.join(", ") }),
  };
}

/** job.h of OpenPBS, JOB_SUBSTATE_TERMINATED: a qdel ended the job. A job that ended otherwise has another number; Torque shows none. */
const DELETED = "91";

/**
 * Above 128 or 256 a signal ended the job: because it exceeded a limit, or because
 * of a qdel, or because somebody or the system's OOM killer sent it.
 */
function kindOf(fields: ListedJob["fields"], status: number): ExitReasonKind {
  if (![128, 256].some((base) => isSignal(status - base))) return "disappeared";
  if (isExceeded(fields, "walltime", seconds)) return "timeLimit";
  if (isExceeded(fields, "mem", kibibytes)) return "outOfMemory";
  return (fields.get("substate") ?? DELETED) === DELETED
    ? "cancelled"
    : "disappeared";
}

/** SIGKILL or SIGTERM. */
function isSignal(number: number): boolean {
  return number === 9 || number === 15;
}

function isExceeded(
  fields: ListedJob["fields"],
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

/** Whether the listing is the long one, and each of its jobs has the field; a table has lines that begin with a number. */
export function isInFull(
  stdout: string,
  field: "job_name" | "job_state",
): boolean {
  return !/^ *\d/m.test(stdout) &&
    jobsIn(stdout).every(({ fields }) => fields.has(field));
}

/** Blocks of `Job Id: 12.server` and `    key = value`; a value continues after a tab. */
function jobsIn(stdout: string): readonly ListedJob[] {
  return stdout.replaceAll(/\r?\n\t/g, "").split(/^(?=Job Id: )/m)
    .flatMap((block) => {
      const id = block.match(/^Job Id:\s*(\S+)/)?.[1];
      const fields = block.matchAll(/^ +([\w.]+) = (.*?)\r?$/gm)
        .map(([, key, value]) => [key!.toLowerCase(), value!] as const);
      return id ? [{ id, fields: new Map(fields) }] : [];
    });
}
