import type { Job, JobId } from "../model/job.ts";
import type { Result } from "../text/result.ts";
import type { Plan, Task } from "../model/plan.ts";
import type {
  BackendTraits,
  CancelReply,
  CollectReply,
  CollectRequest,
  DoctorCheck,
  LogFile,
  PollReply,
  PollTarget,
  ReconcileReply,
  RemoteState,
  StageReply,
  SubmitReply,
  SubmitRoom,
  Transfer,
  TransferDirection,
  UnconfirmedJob,
  Wait,
} from "../model/backend_messages.ts";

/**
 * A batch system and the way to it, for one run. Every request is plural: it
 * costs the same number of round trips for one job as for thousands. A failure
 * says by `isRetryable` whether the same request may succeed later. What a
 * request needs of an inspection is its parameter `remote`.
 */
export interface Backend extends AsyncDisposable {
  readonly traits: BackendTraits;
  /** Reads everything that the remote host knows of the run; takes no lease and writes nothing there. */
  inspect(): Promise<Result<RemoteState>>;
  /** Absent where there can be none: then the lock of the local journal decides who submits. */
  readonly lease?: RemoteLease;
  /** Uploads the inputs that the remote host does not have, the script and the runner. Where the run's directory does not exist, it is made, and its lease taken. */
  stage(
    tasks: readonly Task[],
    runId: string,
    remote: RemoteState,
  ): Promise<Result<StageReply>>;
  /**
   * Submits jobs in their order, with a reply for each that was tried; a
   * submit may stop early, and jobs without a reply were not tried then. After
   * a failure, jobs without a reply are unconfirmed.
   */
  submit(
    jobs: readonly Job[],
    room: SubmitRoom,
    remote: RemoteState,
  ): AsyncIterable<Result<SubmitReply>>;
  /** Looks for jobs that may have been submitted, and makes sure that those which are nowhere never start. */
  reconcile(jobs: readonly UnconfirmedJob[]): Promise<Result<ReconcileReply>>;
  /** Reads the queue, and the records that no earlier reply of this backend contained. */
  poll(jobs: readonly PollTarget[]): Promise<Result<PollReply>>;
  /** Downloads and installs results. */
  collect(
    requests: readonly CollectRequest[],
    remote: RemoteState,
  ): Promise<Result<CollectReply>>;
  /** Asks the batch system to cancel jobs. */
  cancel(ids: readonly JobId[]): Promise<Result<CancelReply>>;
  /** Removes what was staged. */
  clean(): Promise<Result<void>>;
  /** Marks the run as reported: its directory stays, and a new run may replace it. */
  close(): Promise<Result<void>>;
  /** A log from a byte on to its present end, in chunks of bounded size; nothing where there is no such file. */
  readLog(
    log: LogFile,
    from: number,
    signal: AbortSignal,
  ): AsyncIterable<Result<Uint8Array>>;
  /** Checks everything that a run needs, and changes nothing. A failure is the last result: the host cannot be reached. */
  doctor(): AsyncIterable<Result<DoctorCheck>>;
  /** Resolves when a poll is worthwhile before its time; absent where nothing reports that. */
  readonly remoteChanges?: (
    remote: RemoteState,
    signal: AbortSignal,
  ) => Promise<void>;
}

/** Decides on the remote host which dpdisp process may submit, cancel and clean. */
export interface RemoteLease {
  /**
   * Takes the lease where it is free or `from`'s, then inspects, in one round
   * trip: nothing changes between the two. The reply says who holds it.
   * `from`: the token of a holder that is known to have ended.
   */
  acquire(from: string | null): Promise<Result<RemoteState>>;
  /** Gives the lease back; without the lease it does nothing. */
  release(): Promise<Result<void>>;
}

/** Opens the backend of a plan. */
export type OpenBackend = (
  plan: Plan,
  session: BackendSession,
) => Promise<Result<Backend>>;

/** The dpdisp process that a backend works for. */
export interface BackendSession {
  /** Random, this session's own: the token of its lease. */
  readonly token: string;
  /** Host and process id. */
  readonly holderName: string;
  /** Ids of earlier runs that were closed: their remote directory may be replaced. */
  readonly closedRunIds: readonly string[];
  /** What calls wait for now; the backend adds and removes them. */
  readonly waits: Set<Wait>;
  /** Called during a transfer, and with null at its end. */
  onTransfer(direction: TransferDirection, transfer: Transfer | null): void;
}
