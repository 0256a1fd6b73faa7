/** Why jobs end. */

/** Why a job is over. */
export interface ExitReason {
  readonly kind: ExitReasonKind;
  /** The other side's own words. */
  readonly message?: string;
}

export type ExitReasonKind =
  /** The job script came to its end and said so. */
  | "script"
  /** It found that another copy of it, or a newer job, has its tasks. */
  | "left"
  /** It is gone and left no word of its end. */
  | "died"
  | "cancelled"
  /** The scheduler took others of this run and not this one. */
  | "refused"
  /** The answer to its submit said neither yes nor no, and it was never seen. */
  | "unseen"
  | "timeLimit"
  | "memory"
  | "node"
  | "preempted";
