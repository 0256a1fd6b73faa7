import { isNamedBy } from "../derive_events.ts";
import type { EventData } from "../../model/event.ts";
import type { Failure, Result } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";
import { isOwnRun, remoteStateEvents } from "../remote_state.ts";
import type { ActionContext, Outcome } from "./context.ts";
import type { RemoteState } from "../../model/backend_messages.ts";

/** A submit script that lost its dpdisp stops within this time. */
const SUBMITTING = { restsMs: [200], timeoutMs: 60_000 };
/** Between two looks at another's lease, and how long (ms) it may be silent until it counts as left. */
const WAITING = { restsMs: [2_000] };
const LEASE_SILENCE = 120_000;

export async function inspect(run: ActionContext): Outcome {
  const { backend, progress, clock, emit } = run;
  const lease = await waitForLease(run);
  if (!lease.ok) return lease.error;
  if (run.hasEnded()) return null;
  const found = await retry(
    (number) => number === 1 ? lease : backend.inspect(null),
    (reply) => !reply.ok || !reply.value.isSubmitting,
    { ...SUBMITTING, clock },
  );
  if (!found.ok) return found.error;
  const obstacle = foreignRun(run, found.value) ??
    unresolvableJobs(run, found.value);
  if (obstacle) return obstacle;
  const { runId } = found.value;
  if (isAdopted(run, found.value)) emit({ ...progress.started!, mark: runId! });
  const { explainsEnds } = run.limits;
  for (const each of remoteStateEvents(progress, found.value, explainsEnds)) {
    emit(each);
  }
  if (!progress.isRemoteDirPresent && progress.activeJobs.size > 0) {
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
      emit({ type: "sessionEnded", why: "elsewhere" });
    }
    if (lease.holder === "self") return asked;
    const { token, heartbeats, holderName } = lease;
    if (token !== seen.token || heartbeats !== seen.beats) {
      Object.assign(seen, { token, beats: heartbeats, since: clock.now() });
    }
    const isSilent = clock.now() - seen.since >= LEASE_SILENCE;
    const before = heir.token;
    heir.token = isSilent || !isAlive(holderName) ? token : null;
    if (heir.token !== null && heir.token !== before) return look();
    if (!seen.told) emit({ type: "attached", who: holderName });
    seen.told = true;
    return asked;
  };
  const isDone = (asked: Result<RemoteState>) =>
    !asked.ok || asked.value.lease.holder === "self" || hasEnded();
  return retry(look, isDone, { ...WAITING, clock });
}

/** The far folder is another run's, and this journal has jobs of its own. */
function foreignRun(
  { progress, closed }: ActionContext,
  survey: RemoteState,
): Failure | null {
  const { runId } = survey;
  const isFree = runId === null || survey.isClosed || closed.includes(runId);
  // The journal may have lost the line that says its mark.
  const isItsOwn = runId !== null &&
    progress.jobs.keys().every((name) => isNamedBy(runId, name));
  if (isFree || isOwnRun(progress, survey) || isItsOwn) return null;
  return {
    kind: "input",
    summary: "Cannot go on with this run",
    detail:
      `its folder on ${survey.host} belongs to another run (${runId}), and ${progress.activeJobs.size} jobs of this one may live`,
    hint: "See what is in the queue, then run again with --forget",
    isRetryable: false,
  };
}

/** Without its folder nothing tells whether a job was handed over whose submit had no answer. */
function unresolvableJobs(
  { progress }: ActionContext,
  survey: RemoteState,
): Failure | null {
  if (survey.runId !== null || progress.unconfirmedJobs.size === 0) return null;
  return {
    kind: "input",
    summary: "Cannot go on with this run",
    detail:
      `its folder is gone from ${survey.host}, and nobody knows whether ${progress.unconfirmedJobs.size} of its jobs were handed over`,
    hint: "See what is in the queue, then run again with --forget",
    isRetryable: false,
  };
}

/** Jobs without their folder: nothing is handed over beside them. */
function remoteDirLost(
  { progress }: ActionContext,
  { host, root }: RemoteState,
): EventData {
  const names = [...progress.activeJobs].slice(0, 3).join(", ");
  const failure: Failure = {
    kind: "input",
    summary: "Cannot hand over more jobs yet",
    detail:
      `the folder of this run is gone from ${root} on ${host}, and ${progress.activeJobs.size} of its jobs may live (${names})`,
    hint: "Nothing is submitted until the queue shows none of them",
    isRetryable: true,
  };
  return { type: "warning", failure };
}

/** A run whose journal was lost is known by what stands on the far side. */
function isAdopted(
  { progress, closed }: ActionContext,
  survey: RemoteState,
): boolean {
  const { runId } = survey;
  if (runId === null || survey.isClosed || closed.includes(runId)) return false;
  return runId !== progress.started?.mark;
}
