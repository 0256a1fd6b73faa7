import type { JobId } from "../../model/job.ts";
import type { QueueListing } from "../scheduler.ts";
import { STATES } from "./states.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

interface Row {
  /** Of the whole array. */
  readonly id: JobId;
  readonly nativeState: string;
  /** A pending job's reason, or the exit code of an ended one. */
  readonly detail: string;
}

/** The state of an array is the first of these that an element has. */
const STATE_ORDER = [
  "running",
  "queued",
  "held",
  "suspended",
  "unknown",
  "ended",
];

/** `123|RUNNING|None`, elements `123_4|…` or `123_[5-9]|…`. */
export function parseStates(stdout: string): QueueListing["entries"] {
  const rows = rowsIn(stdout, /^(\d+)(?:[_+]\S*)?\|([A-Z_]+)\|(.*?)\r?$/gm);
  return mapOf(byJob(rows), (all) => {
    const { nativeState, detail } = lowestRank(
      all,
      (row) => STATE_ORDER.indexOf(STATES[row.nativeState] ?? "unknown"),
    );
    return {
      nativeState,
      ...(detail && detail !== "None" && { reason: detail }),
    };
  });
}

/** sacct(1), "JOB STATE CODES": why a job was ended by the system. */
const EXIT_REASONS: Readonly<Record<string, ExitReasonKind>> = {
  OUT_OF_MEMORY: "outOfMemory",
  TIMEOUT: "timeLimit",
  DEADLINE: "timeLimit",
  NODE_FAIL: "nodeFailure",
  BOOT_FAIL: "nodeFailure",
  PREEMPTED: "preempted",
  CANCELLED: "cancelled",
};

const REASON_ORDER: readonly ExitReasonKind[] = [
  "outOfMemory",
  "timeLimit",
  "nodeFailure",
  "preempted",
  "cancelled",
  "disappeared",
];

/**
 * Rows of sacct, `123|CANCELLED by 1000|0:15`, or of squeue's columns,
 * `123  FAILED  768`. A job with an element that has not ended is omitted.
 */
export function parseExitReasons(
  stdout: string,
): ReadonlyMap<JobId, ExitReason> {
  const sacct = rowsIn(stdout, /^(\d+)(?:[_+]\S*)?\|([^|\n]+)\|(.*?)\r?$/gm);
  const squeue = rowsIn(stdout, /^(\d+)(?:[_+]\S*)? +([A-Z_]+) +(\d+) *\r?$/gm)
    .map((row) => ({ ...row, detail: exitOf(Number(row.detail)) }));
  const jobs = byJob([...sacct, ...squeue]);
  for (const [id, rows] of jobs) if (!rows.every(hasEnded)) jobs.delete(id);
  return mapOf(jobs, (rows) => {
    const row = lowestRank(rows, (row) => REASON_ORDER.indexOf(kindOf(row)));
    return {
      kind: kindOf(row),
      // The number is a uid: 0 is the administrator.
      message: `${
        row.nativeState.replace(/ by (?=\d+$)/, " by user ")
      }, exit code ${row.detail}`,
    };
  });
}

/** The status of wait(2) as sacct writes it: the exit code and the signal. */
function exitOf(status: number): string {
  return `${status >> 8}:${status & 127}`;
}

/** Of `CANCELLED by 1000`, or `CANCELLED+` where a column was too narrow. */
function plainState({ nativeState }: Row): string {
  return nativeState.match(/^[A-Z_]+/)?.[0] ?? nativeState;
}

function hasEnded(row: Row): boolean {
  return STATES[plainState(row)] === "ended";
}

function kindOf(row: Row): ExitReasonKind {
  return EXIT_REASONS[plainState(row)] ?? "disappeared";
}

function rowsIn(stdout: string, row: RegExp): readonly Row[] {
  return stdout.matchAll(row).map(([, id, nativeState, detail]) => ({
    id: id!,
    nativeState: nativeState!,
    detail: detail!,
  })).toArray();
}

function byJob(rows: readonly Row[]): Map<JobId, readonly Row[]> {
  return Map.groupBy(rows, ({ id }) => id);
}

function mapOf<T>(
  jobs: ReadonlyMap<JobId, readonly Row[]>,
  value: (rows: readonly Row[]) => T,
): Map<JobId, T> {
  return new Map(jobs.entries().map(([id, rows]) => [id, value(rows)]));
}

/** The row of the lowest rank, the first of several. */
function lowestRank(rows: readonly Row[], rank: (row: Row) => number): Row {
  return rows.reduce((best, row) => rank(row) < rank(best) ? row : best);
}
