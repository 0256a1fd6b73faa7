import type { Job, JobId } from "../model/job.ts";
import type { Result } from "../text/result.ts";
import type { Plan, Task } from "../model/plan.ts";
import type {
  BackendTraits,
  CollectReply,
  CollectRequest,
  DoctorCheck,
  PollReply,
  PollTarget,
  ReconcileReply,
  RemoteState,
  StageReply,
  SubmitReply,
  Transfers,
  UnconfirmedJob,
} from "../model/backend_messages.ts";

/**
 * Every question is plural: it costs the same number of trips for one job as
 * for thousands. Failures say by `again` whether asking once more may help.
 */
export interface Backend extends AsyncDisposable {
  readonly traits: BackendTraits;
  /** Elements of a job with so many tasks; 0: it is no array. */
  elements(tasks: number): number;
  /** Tasks that one job can hold, where an array may have so many elements. */
  mostTasks(elements: number | undefined): number;
  /** Where the scheduler's words are explained. */
  readonly manual?: string;
  /** Everything the far side knows of this submission; takes the lease where it is free or `heir`'s. */
  inspect(heir: string | null): Promise<Result<RemoteState>>;
  /** Puts inputs, script and runner in place, and makes the far directory if it is not there. */
  stage(tasks: readonly Task[], mark: string): Promise<Result<StageReply>>;
  /**
   * Hands jobs over, in order; an outcome for each that was tried. At most
   * `slots` live at once, `running` among them, where nobody else sees to that.
   * Where it fails, the rest may have been handed over, unless the failure is
   * the scheduler's: then none was.
   */
  submit(
    jobs: readonly Job[],
    slots: number,
    running: readonly JobId[],
  ): AsyncIterable<Result<SubmitReply>>;
  /** Looks for jobs that may have been handed over; those that are nowhere can never start afterwards. */
  reconcile(jobs: readonly UnconfirmedJob[]): Promise<Result<ReconcileReply>>;
  /** One look at queue and records. */
  poll(jobs: readonly PollTarget[]): Promise<Result<PollReply>>;
  /** Brings results home. */
  collect(wanted: readonly CollectRequest[]): Promise<Result<CollectReply>>;
  cancel(ids: readonly JobId[]): Promise<Result<void>>;
  /** Removes what was put on the far side. */
  clean(): Promise<Result<void>>;
  /** Marks a directory that stays after the final report. */
  close(): Promise<void>;
  /** Gives the lease back: another dpdisp may go on. */
  release(): Promise<void>;
  /** Looks at all that a run needs, and changes nothing; a failure is the last: the machine cannot be reached. */
  doctor(): AsyncIterable<Result<DoctorCheck>>;
  /** Resolves when a look is worth it before its time; absent where nobody tells. */
  readonly remoteChanges?: (signal: AbortSignal) => Promise<void>;
  /** What is on its way now, to be shown. */
  readonly transfers?: () => Transfers;
}

/** Opens the way to the far side of a plan. */
export type OpenBackend = (
  plan: Plan,
  session: LeaseHolder,
) => Promise<Result<Backend>>;

/** Who this dpdisp is, for the lease. */
export interface LeaseHolder {
  /** Random, this session's own. */
  readonly token: string;
  /** Host and process id of this dpdisp. */
  readonly holderName: string;
  /** Marks of earlier generations that were closed: their directory may be replaced. */
  readonly closedRunIds: readonly string[];
}
