import { isNamedBy } from "../derive_events.ts";
import type { EventData } from "../../model/event.ts";
import type { Failure, Result } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";
import { isOwnRun, remoteStateEvents } from "../remote_state.ts";
import type { ActionContext, Outcome } from "./context.ts";
import type { RemoteState } from "../../model/backend_messages.ts";

/** A submit script that lost its dpdisp stops within this time. */
const SUBMIT_WAIT = { restsMs: [200], timeoutMs: 60_000 };
/** Between two looks at another's lease, and how long (ms) it may be silent until it counts as left. */
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

/** Looks until the lease is ours: free, or its holder gone or silent for long. */
function waitForLease(
  { backend, clock, isAlive, emit, hasEnded }: ActionContext,
): Promise<Result<RemoteState>> {
  const seen = { token: "", beats: -1, since: 0, told: false };
  const heir = { token: null as string | null };
  const look = async (): Promise<Result<RemoteState>> => {
    const asked = await backend.inspect(heir.token);
    if (!asked.ok) return asked;
    const { lease, runId } = asked.value;
    if (runId === null && seen.told) {
      emit({ type: "sessionEnded", reason: "elsewhere" });
    }
    if (lease.holder === "self") return asked;
    const { token, heartbeats, holderName } = lease;
    if (token !== seen.token || heartbeats !== seen.beats) {
      Object.assign(seen, { token, beats: heartbeats, since: clock.now() });
    }
    const isSilent = clock.now() - seen.since >= LEASE_TIMEOUT_MS;
    const before = heir.token;
    heir.token = isSilent || !isAlive(holderName) ? token : null;
    if (heir.token !== null && heir.token !== before) return look();
    if (!seen.told) emit({ type: "attached", holderName });
    seen.told = true;
    return asked;
  };
  const isDone = (asked: Result<RemoteState>) =>
    !asked.ok || asked.value.lease.holder === "self" || hasEnded();
  return retry(look, isDone, { ...LEASE_POLL, clock });
}

/** The far folder is another run's, and this journal has jobs of its own. */
function foreignRun(
  { state, closedRunIds }: ActionContext,
  remote: RemoteState,
): Failure | null {
  const { runId } = remote;
  const isFree = runId === null || remote.isClosed ||
    closedRunIds.includes(runId);
  // The journal may have lost the line that says its mark.
  const isItsOwn = runId !== null &&
    state.jobs.keys().every((name) => isNamedBy(runId, name));
  if (isFree || isOwnRun(state, remote) || isItsOwn) return null;
  return {
    kind: "input",
    summary: "Cannot go on with this run",
    detail:
      `its folder on ${remote.host} belongs to another run (${runId}), and ${state.activeJobs.size} jobs of this one may live`,
    hint: "See what is in the queue, then run again with --forget",
    isRetryable: false,
  };
}

/** Without its folder nothing tells whether a job was handed over whose submit had no answer. */
function unresolvableJobs(
  { state }: ActionContext,
  remote: RemoteState,
): Failure | null {
  if (remote.runId !== null || state.unconfirmedJobs.size === 0) return null;
  return {
    kind: "input",
    summary: "Cannot go on with this run",
    detail:
      `its folder is gone from ${remote.host}, and nobody knows whether ${state.unconfirmedJobs.size} of its jobs were handed over`,
    hint: "See what is in the queue, then run again with --forget",
    isRetryable: false,
  };
}

/** Jobs without their folder: nothing is handed over beside them. */
function remoteDirLost(
  { state }: ActionContext,
  { host, remoteDir }: RemoteState,
): EventData {
  const names = [...state.activeJobs].slice(0, 3).join(", ");
  const failure: Failure = {
    kind: "input",
    summary: "Cannot hand over more jobs yet",
    detail:
      `the folder of this run is gone from ${remoteDir} on ${host}, and ${state.activeJobs.size} of its jobs may live (${names})`,
    hint: "Nothing is submitted until the queue shows none of them",
    isRetryable: true,
  };
  return { type: "warning", failure };
}

/** A run whose journal was lost is known by what stands on the far side. */
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
