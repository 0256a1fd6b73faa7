/** Carries out one step: asks the backend, and tells what happened. */
import type { Outcome, Run } from "./context.ts";
import { settle, submit } from "./submit.ts";
import { survey } from "./inspect.ts";
import type { Backend } from "../../backends/backend.ts";
import { wantedOf } from "../../pipeline/collect.ts";
import type { Happening } from "../../model/event.ts";
import type { JobName, TaskKey } from "../../model/job.ts";
import { readLook } from "../../pipeline/poll.ts";
import { jobOf, type Progress } from "../../model/run_state/mod.ts";
import { type Failure, ok } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";
import type { Step } from "../action.ts";
import type { Look } from "../../model/backend_messages.ts";

export type { EventStream, Run } from "./context.ts";

export function act(step: Step, run: Run): Outcome {
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

async function stage(
  tasks: readonly TaskKey[],
  { plan, backend, progress, emit }: Run,
): Outcome {
  const wanted = new Set(tasks);
  const staged = await backend.stage(
    plan.tasks.filter(({ key }) => wanted.has(key)),
    progress.began!.mark,
  );
  if (!staged.ok) return staged.error;
  emit({ type: "staged", tasks, ...staged.value });
  return null;
}

async function poll({ backend, limits, progress, clock, emit }: Run): Outcome {
  const watched = [...progress.live].flatMap((job) => {
    const { id, absences, tasks } = jobOf(progress, job);
    const elements = backend.elements(tasks.length);
    return id === null ? [] : [{ job, id, elements, afresh: absences > 0 }];
  });
  const look = await backend.poll(watched);
  if (!look.ok) return look.error;
  const asked = watched.map(({ job }) => job);
  [
    ...strangeWords(look.value, progress, backend),
    ...trouble(look.value, progress),
    ...readLook(progress, look.value, asked, limits, clock.now()),
  ].forEach(emit);
  return null;
}

/** A queue that cannot be read, told when it begins to say so. */
function trouble(
  { complete, said }: Look,
  { trouble }: Progress,
): readonly Happening[] {
  if (complete || said === "" || said === trouble) return [];
  const failure: Failure = {
    kind: "scheduler",
    tried: "Cannot read the queue",
    saw: said,
    advice: "It is asked again; jobs go on meanwhile",
    again: true,
  };
  return [{ type: "warned", failure }];
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

async function collect(
  tasks: readonly TaskKey[],
  { plan, backend, progress, emit }: Run,
): Outcome {
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
  refusedResults(refused).forEach(emit);
  emit({
    type: "collected",
    results: results.map((result, i) => ({ ...result, task: tasks[i]! })),
  });
  return null;
}

async function collectCommon({ plan, backend, emit }: Run): Outcome {
  const home = await backend.collect([{
    dir: ".",
    patterns: plan.commonOutputs,
    maybe: [],
  }]);
  if (!home.ok) return home.error;
  refusedResults(home.value.refused).forEach(emit);
  emit({ type: "collectedCommon", result: home.value.results[0]! });
  return null;
}

/** Of what could not come, so much is told one by one: a machine may make up any number. */
const REFUSED_TOLD = 50;

function refusedResults(refused: readonly string[]): readonly Happening[] {
  const more = refused.length - REFUSED_TOLD;
  const told = [
    ...refused.slice(0, REFUSED_TOLD),
    ...more > 0 ? [`${more} more like these`] : [],
  ];
  return told.map((saw) => ({
    type: "warned",
    failure: {
      kind: "transfer",
      tried: "Cannot bring a result home",
      saw,
      again: false,
    },
  }));
}

async function cancel(
  jobs: readonly JobName[],
  { backend, progress, emit }: Run,
): Outcome {
  const cancelled = await backend.cancel(
    jobs.flatMap((job) => jobOf(progress, job).id ?? []),
  );
  if (!cancelled.ok) return cancelled.error;
  emit({ type: "cancelled", jobs });
  return null;
}

/** A connection that was lost may be back; what cannot be removed is no reason to wait for long. */
const CLEANING = { restsMs: [1_000, 2_000, 5_000], maxAttempts: 4 };

/** What cannot be removed is no reason to call a run failed. */
async function clean({ backend, clock, emit }: Run): Outcome {
  const cleaned = await retry(
    () => backend.clean(),
    (reply) => reply.ok || !reply.error.again,
    { ...CLEANING, clock },
  );
  if (!cleaned.ok) emit({ type: "warned", failure: cleaned.error });
  emit({ type: "cleaned" });
  return null;
}
