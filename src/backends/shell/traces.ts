/** What a job that the batch system has forgotten left behind. */
import type { JobName } from "../../model/job.ts";
import type { JobRecord } from "../../model/job_record.ts";
import type { PostMortem } from "../../model/backend_messages.ts";
import type { Traces } from "../../schedulers/scheduler.ts";

export interface LeftBehind {
  /** The end of the job's own output; undefined: there is no such file. */
  readonly output: string | undefined;
  /** The batch system writes that file, and not the user's own. */
  readonly isOutputOurs: boolean;
  /** All its records. */
  readonly records: readonly JobRecord[];
}

/** Null: nothing can be concluded. */
export function exitReasonFrom(
  { killLines }: Traces,
  { output, isOutputOurs, records }: LeftBehind,
): Pick<PostMortem, "exitReason" | "isInferred"> | null {
  for (const [pattern, kind] of killLines) {
    const line = output?.match(pattern)?.[0];
    if (line) return { exitReason: { kind, message: line.trim() } };
  }
  if (records.some((r) => r.type === "jobStopped" && r.reason === "signal")) {
    return cancelled("a signal ended it, and no limit, as after a deletion");
  }
  return records.length === 0 && output === undefined && isOutputOurs
    ? cancelled("it left the queue before it began, as after a deletion")
    : null;
}

function cancelled(message: string) {
  return {
    exitReason: { kind: "cancelled", message },
    isInferred: true,
  } as const;
}

export function recordsByJob(
  records: readonly JobRecord[],
): ReadonlyMap<JobName, readonly JobRecord[]> {
  return Map.groupBy(records, ({ job }) => job);
}
