import { isNamedBy } from "../derive_events.ts";
import type { EventData } from "../../model/event.ts";
import type { Failure, Result } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";
import { isOwnRun, remoteStateEvents } from "../remote_state.ts";
import type { ActionContext, Outcome } from "./context.ts";
import type { RemoteState } from "../../model/backend_messages.ts";

/** A submit script whose dpdisp process is gone stops within this time. */
const SUBMIT_WAIT = { restsMs: [200], timeoutMs: 60_000 };
/** Between two reads of another process's lease, and after how long without a heartbeat (ms) it may be taken over. */
const LEASE_POLL = { restsMs: [2_000] };
const LEASE_TIMEOUT_MS = 120_000;

export async function inspect(run: ActionContext): Outcome {
  const { backend, state, clock, emit } = run;
  const lease = await waitForLease(run);
  if (!lease.ok) return lease.error;
  if (run.hasEnded()) return null;
  const found = await retry(
    (number) => number === 1 ? lease : backend.inspect(null),
    (reply) => !reply.ok || !reply.value.isSubmitting,
    { ...SUBMIT_WAIT, clock },
  );
  if (!found.ok) return found.error;
  const obstacle = foreignRun(run, found.value) ??
    unresolvableJobs(run, found.value);
  if (obstacle) return obstacle;
  const { runId } = found.value;
  if (isAdopted(run, found.value)) {
    emit({ ...state.started!, runId: runId! });
  }
  const { explainsEnds } = run.limits;
  for (const each of remoteStateEvents(state, found.value, explainsEnds)) {
    emit(each);
  }
  if (!state.isRemoteDirPresent && state.activeJobs.size > 0) {
    emit(remoteDirLost(run, found.value));
  }
  return null;
}

/** Inspects until this process holds the lease: it was free, or its holder ended or sent no heartbeat for long. */
function waitForLease(
  { backend, clock, isAlive, emit, hasEnded }: ActionContext,
): Promise<Result<RemoteState>> {
  const last = { token: "", heartbeats: -1, since: 0, isReported: false };
  const takeOver = { token: null as string | null };
  const inspectOnce = async (): Promise<Result<RemoteState>> => {
    const reply = await backend.inspect(takeOver.token);
    if (!reply.ok) return reply;
    const { lease, runId } = reply.value;
    if (runId === null && last.isReported) {
      emit({ type: "sessionEnded", reason: "elsewhere" });
    }
    if (lease.holder === "self") return reply;
    const { token, heartbeats, holderName } = lease;
    if (token !== last.token || heartbeats !== last.heartbeats) {
      Object.assign(last, { token, heartbeats, since: clock.now() });
    }
    const isSilent = clock.now() - last.since >= LEASE_TIMEOUT_MS;
    const before = takeOver.token;
    takeOver.token = isSilent || !isAlive(holderName) ? token : null;
    if (takeOver.token !== null && takeOver.token !== before) {
      return inspectOnce();
    }
    if (!last.isReported) emit({ type: "attached", holderName });
    last.isReported = true;
    return reply;
  };
  const isDone = (reply: Result<RemoteState>) =>
    !reply.ok || reply.value.lease.holder === "self" || hasEnded();
  return retry(inspectOnce, isDone, { ...LEASE_POLL, clock });
}

/** The remote directory belongs to another run, and this journal has jobs of its own. */
function foreignRun(
  { state, closedRunIds }: ActionContext,
  remote: RemoteState,
): Failure | null {
  const { runId } = remote;
  const isFree = runId === null || remote.isClosed ||
    closedRunIds.includes(runId);
  // The journal may have lost the line with its run id.
  const isItsOwn = runId !== null &&
    state.jobs.keys().every((name) => isNamedBy(runId, name));
  if (isFree || isOwnRun(state, remote) || isItsOwn) return null;
  return {
    kind: "input",
    summary: "Cannot resume this run",
    detail:
      `its remote directory on ${remote.host} belongs to another run (${runId}), and ${state.activeJobs.size} jobs of this one may be active`,
    hint: "Check the queue, then run again with --forget",
    isRetryable: false,
  };
}

/** Without the remote directory it cannot be determined whether an unconfirmed job was submitted. */
function unresolvableJobs(
  { state }: ActionContext,
  remote: RemoteState,
): Failure | null {
  if (remote.runId !== null || state.unconfirmedJobs.size === 0) return null;
  return {
    kind: "input",
    summary: "Cannot resume this run",
    detail:
      `its remote directory on ${remote.host} no longer exists, and ${state.unconfirmedJobs.size} of its jobs are unconfirmed`,
    hint: "Check the queue, then run again with --forget",
    isRetryable: false,
  };
}

/** Active jobs without their remote directory: no more jobs are submitted. */
function remoteDirLost(
  { state }: ActionContext,
  { host, remoteDir }: RemoteState,
): EventData {
  const names = [...state.activeJobs].slice(0, 3).join(", ");
  const failure: Failure = {
    kind: "input",
    summary: "Cannot submit more jobs yet",
    detail:
      `the run's directory in ${remoteDir} on ${host} no longer exists, and ${state.activeJobs.size} of its jobs may be active (${names})`,
    hint: "No job is submitted while the queue may still have these",
    isRetryable: true,
  };
  return { type: "warning", failure };
}

/** A run whose journal was lost is recognised by its remote directory. */
function isAdopted(
  { state, closedRunIds }: ActionContext,
  remote: RemoteState,
): boolean {
  const { runId } = remote;
  if (runId === null || remote.isClosed || closedRunIds.includes(runId)) {
    return false;
  }
  return runId !== state.started?.runId;
}
