/** Why jobs end. */

/** Why a job is over. */
export interface ExitReason {
  readonly kind: ExitReasonKind;
  /** The other side's own words. */
  readonly message?: string;
}

export type ExitReasonKind =
  /** The job script came to its end and said so. */
  | "completed"
  /** It found that another copy of it, or a newer job, has its tasks. */
  | "superseded"
  /** It is gone and left no word of its end. */
  | "disappeared"
  | "cancelled"
  /** The scheduler took others of this run and not this one. */
  | "rejected"
  /** The answer to its submit said neither yes nor no, and it was never seen. */
  | "neverSeen"
  | "timeLimit"
  | "outOfMemory"
  | "nodeFailure"
  | "preempted";
