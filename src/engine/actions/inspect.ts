import { isNamedBy } from "../derive_events.ts";
import type { EventData } from "../../model/event.ts";
import type { Failure } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";
import { acquireLease } from "./acquire_lease.ts";
import { isOwnRun, remoteStateEvents } from "../remote_state.ts";
import type { ActionContext, ActionOutcome } from "./context.ts";
import type { RemoteState } from "../../model/backend_messages.ts";

/** A submit script whose dpdisp process is gone stops within this time. */
const SUBMIT_WAIT = { restsMs: [200], timeoutMs: 60_000 };

/** Takes the lease, where the backend has one, and reads the remote state under it. */
export async function inspect(run: ActionContext): ActionOutcome {
  const { backend, state, clock, emit } = run;
  const { lease } = backend;
  const first = await (lease ? acquireLease(run, lease) : backend.inspect());
  if (!first.ok) return first.error;
  if (run.hasEnded()) return null;
  const found = await retry(
    (number) => number === 1 ? first : backend.inspect(),
    (reply) => !reply.ok || !reply.value.isSubmitting,
    { ...SUBMIT_WAIT, clock },
  );
  if (!found.ok) return found.error;
  const obstacle = foreignRun(run, found.value) ??
    unresolvableJobs(run, found.value);
  if (obstacle) return obstacle;
  run.inspection.last = found.value;
  const { runId } = found.value;
  if (isAdopted(run, found.value)) {
    emit({ ...state.started!, runId: runId! });
  }
  for (const each of remoteStateEvents(state, found.value, run.limits)) {
    emit(each);
  }
  for (const each of run.eventsAfterInspection(found.value)) emit(each);
  if (!state.isRemoteDirPresent && state.activeJobs.size > 0) {
    emit(remoteDirLost(run, found.value));
  }
  return null;
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
