import type { JobId } from "../../model/job.ts";
import type { QueueListing } from "../scheduler.ts";
import { STATES } from "./states.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

interface Row {
  /** Of the whole array. */
  readonly id: JobId;
  readonly word: string;
  /** A pending job's reason, or what else is known of an ended one. */
  readonly detail: string;
}

/** What of an array's elements stands for all of them. */
const FOREMOST = ["running", "queued", "held", "suspended", "unknown", "ended"];

/** `123|RUNNING|None`, elements `123_4|…` or `123_[5-9]|…`. */
export function readStates(stdout: string): QueueListing["entries"] {
  const rows = rowsIn(stdout, /^(\d+)(?:[_+]\S*)?\|([A-Z_]+)\|(.*?)\r?$/gm);
  return mapOf(byJob(rows), (all) => {
    const { word, detail } = foremost(
      all,
      (row) => FOREMOST.indexOf(STATES[row.word] ?? "unknown"),
    );
    return { word, ...(detail && detail !== "None" && { reason: detail }) };
  });
}

/** sacct(1), "JOB STATE CODES": the reason that a job did not come to its own end. */
const KINDS: Readonly<Record<string, ExitReasonKind>> = {
  OUT_OF_MEMORY: "outOfMemory",
  TIMEOUT: "timeLimit",
  DEADLINE: "timeLimit",
  NODE_FAIL: "nodeFailure",
  BOOT_FAIL: "nodeFailure",
  PREEMPTED: "preempted",
  CANCELLED: "cancelled",
};

const WORST: readonly ExitReasonKind[] = [
  "outOfMemory",
  "timeLimit",
  "nodeFailure",
  "preempted",
  "cancelled",
  "disappeared",
];

/**
 * Rows of sacct, `123|CANCELLED by 1000|0:15`, or of squeue's columns,
 * `123  FAILED  768`. A job of which an element is not over is not told.
 */
export function readCauses(stdout: string): ReadonlyMap<JobId, ExitReason> {
  const sacct = rowsIn(stdout, /^(\d+)(?:[_+]\S*)?\|([^|\n]+)\|(.*?)\r?$/gm);
  const squeue = rowsIn(stdout, /^(\d+)(?:[_+]\S*)? +([A-Z_]+) +(\d+) *\r?$/gm)
    .map((row) => ({ ...row, detail: exitOf(Number(row.detail)) }));
  const jobs = byJob([...sacct, ...squeue]);
  for (const [id, rows] of jobs) if (!rows.every(isOver)) jobs.delete(id);
  return mapOf(jobs, (rows) => {
    const row = foremost(rows, (row) => WORST.indexOf(kindOf(row)));
    return {
      kind: kindOf(row),
      message: `${row.word}, exit code ${row.detail}`,
    };
  });
}

/** What wait(2) gives, as sacct writes it: the exit code, and the signal. */
function exitOf(status: number): string {
  return `${status >> 8}:${status & 127}`;
}

/** Of `CANCELLED by 1000`, or `CANCELLED+` where a column was too narrow. */
function plainWord({ word }: Row): string {
  return word.match(/^[A-Z_]+/)?.[0] ?? word;
}

function isOver(row: Row): boolean {
  return STATES[plainWord(row)] === "ended";
}

function kindOf(row: Row): ExitReasonKind {
  return KINDS[plainWord(row)] ?? "disappeared";
}

function rowsIn(stdout: string, row: RegExp): readonly Row[] {
  return stdout.matchAll(row).map(([, id, word, detail]) => ({
    id: id!,
    word: word!,
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
function foremost(rows: readonly Row[], rank: (row: Row) => number): Row {
  return rows.reduce((best, row) => rank(row) < rank(best) ? row : best);
}
