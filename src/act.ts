/** Carries out one step: asks the backend, and tells what happened. */
import type { Backend, Look, Survey } from "./backends/backend.ts";
import { wantedOf } from "./collect.ts";
import type { Happening } from "./event.ts";
import type { Job, JobName, Plan, TaskKey } from "./job.ts";
import type { Step } from "./next.ts";
import { readLook } from "./poll.ts";
import type { Progress } from "./progress.ts";
import { type Failure, ok } from "./result.ts";
import { isOurs, readSurvey } from "./survey.ts";
import type { Clockwork } from "./world.ts";

/** What a step works with. */
export interface Run {
  readonly plan: Plan;
  readonly backend: Backend;
  readonly progress: Progress;
  readonly clock: Clockwork;
  /** Marks of closed generations: their folder is nobody's. */
  readonly closed: readonly string[];
  /** False: the dpdisp that is named so ("host pid") is known to be gone. */
  isAlive(who: string): boolean;
}

/** Happenings, each to be folded before the next is asked for; at the end what went wrong, if anything did. */
export type Act = AsyncGenerator<Happening, Failure | null>;

export function act(step: Step, run: Run): Act {
  switch (step.do) {
    case "survey":
      return survey(run);
    case "settle":
      return settle(step.jobs, run);
    case "stage":
      return stage(step.tasks, run);
    case "submit":
      return submit(step.jobs, step.slots, run);
    case "poll":
      return poll(run);
    case "collect":
      return collect(step.tasks, run);
    case "collectCommon":
      return collectCommon(run);
    case "cancel":
      return cancel(step.jobs, run);
    case "clean":
      return clean(run);
  }
}

/** A submit script that lost its dpdisp stops within this time (ms). */
const SUBMITTING_MAX = 60_000;
const SUBMITTING_LOOK = 200;
/** Between two looks at another's lease, and how long it may be silent until it counts as left (ms). */
const LEASE_LOOK = 2_000;
const LEASE_SILENCE = 120_000;

async function* survey(run: Run): Act {
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
  yield* readSurvey(progress, found);
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

async function* settle(
  jobs: readonly JobName[],
  { backend, progress }: Run,
): Act {
  const settled = await backend.settle(jobs);
  if (!settled.ok) return settled.error;
  for (const [job, id] of settled.value.found) {
    yield { type: "submitted", job, id };
  }
  for (const job of settled.value.fenced) yield { type: "fenced", job };
  const left = jobs.filter((job) => progress.intended.has(job));
  return left.length > 0 ? unsettled(left) : null;
}

function unsettled(jobs: readonly JobName[]): Failure {
  return {
    kind: "connection",
    tried: "Cannot find out whether jobs were handed over",
    saw: `no word about ${jobs.slice(0, 3).join(", ")}${
      jobs.length > 3 ? ` and ${jobs.length - 3} more` : ""
    }`,
    again: true,
  };
}

async function* stage(
  tasks: readonly TaskKey[],
  { plan, backend, progress }: Run,
): Act {
  const wanted = new Set(tasks);
  const staged = await backend.stage(
    plan.tasks.filter(({ key }) => wanted.has(key)),
    progress.began!.mark,
  );
  if (!staged.ok) return staged.error;
  yield { type: "staged", tasks, ...staged.value };
  return null;
}

async function* submit(
  names: readonly JobName[],
  slots: number,
  { backend, progress }: Run,
): Act {
  const jobs = names.map((name): Job => {
    const { tasks, after } = progress.jobs.get(name)!;
    return { name, tasks, after };
  });
  const running = [...progress.live].flatMap((name) =>
    progress.jobs.get(name)!.id ?? []
  );
  const untold = new Set(names);
  for await (const told of backend.submit(jobs, slots, running)) {
    if (!told.ok) {
      // The other side may go on, or have gone on, without being heard.
      for (const job of untold) yield { type: "intended", job };
      return told.error;
    }
    const { job, ...answer } = told.value;
    untold.delete(job);
    if (answer.outcome === "accepted") {
      yield { type: "submitted", job, id: answer.id };
    } else if (answer.outcome === "unsure") {
      yield { type: "intended", job };
    } else {
      const again = answer.outcome === "full";
      yield { type: "refused", job, again, saw: answer.saw };
      if (!again) return refusal(job, answer.saw);
    }
  }
  return null;
}

function refusal(job: JobName, saw: string): Failure {
  return {
    kind: "scheduler",
    tried: `Cannot submit job ${job}`,
    saw,
    advice: "Nothing was accepted; mend what the scheduler names and run again",
    again: false,
  };
}

async function* poll({ backend, progress, clock }: Run): Act {
  const watched = [...progress.live].flatMap((job) => {
    const { id, absences } = progress.jobs.get(job)!;
    return id === null ? [] : [{ job, id, afresh: absences > 0 }];
  });
  const look = await backend.poll(watched);
  if (!look.ok) return look.error;
  yield* strangeWords(look.value, progress, backend);
  const asked = watched.map(({ job }) => job);
  yield* readLook(progress, look.value, asked, backend.limits, clock.now());
  return null;
}

/** Words that are in no manual, each told once in a run. */
function strangeWords(
  { queue }: Look,
  { strangeWords }: Progress,
  { manual }: Backend,
): readonly Happening[] {
  const strange = [...queue].filter(([, { state, word }]) =>
    state === null && !strangeWords.has(word)
  );
  const byWord = new Map(
    strange.map(([id, shown]) => [shown.word, { id, ...shown }]),
  );
  return [...byWord.values()].map(({ id, word, reason }) => ({
    type: "warned",
    failure: {
      kind: "scheduler",
      tried: `Cannot tell what has become of job ${id}`,
      saw: reason ??
        `the scheduler calls it "${word}", a word of no meaning here`,
      advice: `It counts as alive and is asked about again${
        manual ? `; the words are those of ${manual}` : ""
      }`,
      again: true,
    },
  }));
}

async function* collect(
  tasks: readonly TaskKey[],
  { plan, backend, progress }: Run,
): Act {
  const wanted = wantedOf(plan, progress, tasks);
  const isNothing = wanted.every(({ patterns, maybe }) =>
    patterns.length + maybe.length === 0
  );
  const home = isNothing
    ? ok({
      results: wanted.map(() => ({ files: [], missing: [] })),
      refused: [],
    })
    : await backend.collect(wanted);
  if (!home.ok) return home.error;
  const { results, refused } = home.value;
  yield* refused.map(refusedResult);
  yield {
    type: "collected",
    results: results.map((result, i) => ({ ...result, task: tasks[i]! })),
  };
  return null;
}

async function* collectCommon({ plan, backend }: Run): Act {
  const home = await backend.collect([{
    dir: ".",
    patterns: plan.commonOutputs,
    maybe: [],
  }]);
  if (!home.ok) return home.error;
  yield* home.value.refused.map(refusedResult);
  yield { type: "collectedCommon", result: home.value.results[0]! };
  return null;
}

function refusedResult(saw: string): Happening {
  const failure: Failure = {
    kind: "transfer",
    tried: "Cannot bring a result home",
    saw,
    again: false,
  };
  return { type: "warned", failure };
}

async function* cancel(
  jobs: readonly JobName[],
  { backend, progress }: Run,
): Act {
  const ids = jobs.map((job) => progress.jobs.get(job)!.id!);
  const cancelled = await backend.cancel(ids);
  if (!cancelled.ok) return cancelled.error;
  yield { type: "cancelled", jobs };
  return null;
}

/** What cannot be removed is no reason to call a run failed. */
async function* clean({ backend }: Run): Act {
  const cleaned = await backend.clean();
  if (!cleaned.ok) yield { type: "warned", failure: cleaned.error };
  yield { type: "cleaned" };
  return null;
}
