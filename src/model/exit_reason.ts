/** The reasons for which jobs end. */

/** Why a job ended. */
export interface ExitReason {
  readonly kind: ExitReasonKind;
  /** The scheduler's own message. */
  readonly message?: string;
}

export type ExitReasonKind =
  /** The job script reached its end and recorded it. */
  | "completed"
  /** The job script found that another copy of the job, or a newer job, runs its tasks. */
  | "superseded"
  /** The job disappeared from the queue without an exit record. */
  | "disappeared"
  | "cancelled"
  /** The scheduler accepted other jobs of this run and rejected this one. */
  | "rejected"
  /** The reply to its submit neither confirmed nor rejected it, and the job was never found. */
  | "neverSeen"
  | "timeLimit"
  | "outOfMemory"
  | "nodeFailure"
  | "preempted";
