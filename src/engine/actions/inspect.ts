import { isNamedBy } from "../derive_events.ts";
import type { Happening } from "../../model/event.ts";
import type { Failure, Result } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";
import { isOurs, readSurvey } from "../remote_state.ts";
import type { Outcome, Run } from "./context.ts";
import type { Survey } from "../../model/backend_messages.ts";

/** A submit script that lost its dpdisp stops within this time. */
const SUBMITTING = { restsMs: [200], timeoutMs: 60_000 };
/** Between two looks at another's lease, and how long (ms) it may be silent until it counts as left. */
const WAITING = { restsMs: [2_000] };
const LEASE_SILENCE = 120_000;

export async function survey(run: Run): Outcome {
  const { backend, progress, clock, emit } = run;
  const lease = await waitForLease(run);
  if (!lease.ok) return lease.error;
  if (run.hasEnded()) return null;
  const found = await retry(
    (number) => number === 1 ? lease : backend.survey(null),
    (reply) => !reply.ok || !reply.value.submitting,
    { ...SUBMITTING, clock },
  );
  if (!found.ok) return found.error;
  const obstacle = strangerIn(run, found.value) ?? unknowable(run, found.value);
  if (obstacle) return obstacle;
  const { mark } = found.value;
  if (adopts(run, found.value)) emit({ ...progress.began!, mark: mark! });
  const { accounts } = run.limits;
  for (const each of readSurvey(progress, found.value, accounts)) emit(each);
  if (!progress.present && progress.live.size > 0) {
    emit(stranded(run, found.value));
  }
  return null;
}

/** Looks until the lease is ours: free, or its holder gone or silent for long. */
function waitForLease(
  { backend, clock, isAlive, emit, hasEnded }: Run,
): Promise<Result<Survey>> {
  const seen = { token: "", beats: -1, since: 0, told: false };
  const heir = { token: null as string | null };
  const look = async (): Promise<Result<Survey>> => {
    const asked = await backend.survey(heir.token);
    if (!asked.ok) return asked;
    const { lease, mark } = asked.value;
    if (mark === null && seen.told) emit({ type: "left", why: "elsewhere" });
    if (lease.holder === "me") return asked;
    const { token, beats, who } = lease;
    if (token !== seen.token || beats !== seen.beats) {
      Object.assign(seen, { token, beats, since: clock.now() });
    }
    const isSilent = clock.now() - seen.since >= LEASE_SILENCE;
    const before = heir.token;
    heir.token = isSilent || !isAlive(who) ? token : null;
    if (heir.token !== null && heir.token !== before) return look();
    if (!seen.told) emit({ type: "waiting", who });
    seen.told = true;
    return asked;
  };
  const isDone = (asked: Result<Survey>) =>
    !asked.ok || asked.value.lease.holder === "me" || hasEnded();
  return retry(look, isDone, { ...WAITING, clock });
}

/** The far folder is another run's, and this journal has jobs of its own. */
function strangerIn({ progress, closed }: Run, survey: Survey): Failure | null {
  const { mark } = survey;
  const isFree = mark === null || survey.closed || closed.includes(mark);
  // The journal may have lost the line that says its mark.
  const isItsOwn = mark !== null &&
    progress.jobs.keys().every((name) => isNamedBy(mark, name));
  if (isFree || isOurs(progress, survey) || isItsOwn) return null;
  return {
    kind: "input",
    tried: "Cannot go on with this run",
    saw:
      `its folder on ${survey.host} belongs to another run (${mark}), and ${progress.live.size} jobs of this one may live`,
    advice: "See what is in the queue, then run again with --forget",
    again: false,
  };
}

/** Without its folder nothing tells whether a job was handed over whose submit had no answer. */
function unknowable({ progress }: Run, survey: Survey): Failure | null {
  if (survey.mark !== null || progress.intended.size === 0) return null;
  return {
    kind: "input",
    tried: "Cannot go on with this run",
    saw:
      `its folder is gone from ${survey.host}, and nobody knows whether ${progress.intended.size} of its jobs were handed over`,
    advice: "See what is in the queue, then run again with --forget",
    again: false,
  };
}

/** Jobs without their folder: nothing is handed over beside them. */
function stranded({ progress }: Run, { host, root }: Survey): Happening {
  const names = [...progress.live].slice(0, 3).join(", ");
  const failure: Failure = {
    kind: "input",
    tried: "Cannot hand over more jobs yet",
    saw:
      `the folder of this run is gone from ${root} on ${host}, and ${progress.live.size} of its jobs may live (${names})`,
    advice: "Nothing is submitted until the queue shows none of them",
    again: true,
  };
  return { type: "warned", failure };
}

/** A run whose journal was lost is known by what stands on the far side. */
function adopts({ progress, closed }: Run, survey: Survey): boolean {
  const { mark } = survey;
  if (mark === null || survey.closed || closed.includes(mark)) return false;
  return mark !== progress.began?.mark;
}
