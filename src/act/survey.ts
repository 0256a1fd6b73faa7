/** Learns what stands on the far side, and takes the lease there. */
import type { Survey } from "../backends/backend.ts";
import type { Happening } from "../event.ts";
import type { Failure } from "../result.ts";
import { isOurs, readSurvey } from "../survey.ts";
import type { Act, Run } from "./run.ts";

/** A submit script that lost its dpdisp stops within this time (ms). */
const SUBMITTING_MAX = 60_000;
const SUBMITTING_LOOK = 200;
/** Between two looks at another's lease, and how long it may be silent until it counts as left (ms). */
const LEASE_LOOK = 2_000;
const LEASE_SILENCE = 120_000;

export async function* survey(run: Run): Act {
  const { backend, progress, clock } = run;
  const lease = yield* waitForLease(run);
  if ("tried" in lease) return lease;
  const deadline = clock.now() + SUBMITTING_MAX;
  let found: Survey = lease;
  while (found.submitting && clock.now() < deadline) {
    await clock.sleep(SUBMITTING_LOOK);
    const again = await backend.survey(null);
    if (!again.ok) return again.error;
    found = again.value;
  }
  const obstacle = strangerIn(run, found) ?? unknowable(run, found);
  if (obstacle) return obstacle;
  if (adopts(run, found)) yield { ...progress.began!, mark: found.mark! };
  yield* readSurvey(progress, found, backend.limits.accounts);
  if (!progress.present && progress.live.size > 0) yield stranded(run, found);
  return null;
}

/** Looks until the lease is ours: free, or its holder gone or silent for long. */
async function* waitForLease(
  { backend, clock, isAlive }: Run,
): AsyncGenerator<Happening, Survey | Failure> {
  const watched = { token: "", beats: -1, since: 0, told: false };
  let heir: string | null = null;
  for (;;) {
    const asked = await backend.survey(heir);
    if (!asked.ok) return asked.error;
    const { lease, mark } = asked.value;
    if (mark === null && watched.told) yield { type: "left", why: "elsewhere" };
    if (lease.holder === "me") return asked.value;
    if (lease.token !== watched.token || lease.beats !== watched.beats) {
      Object.assign(watched, {
        token: lease.token,
        beats: lease.beats,
        since: clock.now(),
      });
    }
    const silent = clock.now() - watched.since >= LEASE_SILENCE;
    const before: string | null = heir;
    heir = silent || !isAlive(lease.who) ? lease.token : null;
    if (heir !== null && heir !== before) continue;
    if (!watched.told) yield { type: "waiting", who: lease.who };
    watched.told = true;
    await clock.sleep(LEASE_LOOK);
  }
}

/** The far folder is another run's, and this journal has jobs of its own. */
function strangerIn({ progress, closed }: Run, survey: Survey): Failure | null {
  const { mark } = survey;
  const isFree = mark === null || survey.closed || closed.includes(mark);
  if (isFree || isOurs(progress, survey) || progress.jobs.size === 0) {
    return null;
  }
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
