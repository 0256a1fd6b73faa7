/** Carries out one step: asks the backend, and tells what happened. */
import type { ActionContext, Outcome } from "./context.ts";
import { reconcile, submit } from "./submit.ts";
import { inspect } from "./inspect.ts";
import type { Backend } from "../../backends/backend.ts";
import { collectRequests } from "../../pipeline/collect.ts";
import type { EventData } from "../../model/event.ts";
import type { JobName, TaskKey } from "../../model/job.ts";
import { pollEvents } from "../../pipeline/poll.ts";
import { jobOf, type RunState } from "../../model/run_state/mod.ts";
import { type Failure, ok } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";
import type { Action } from "../action.ts";
import type { PollReply } from "../../model/backend_messages.ts";

export type { ActionContext, EventStream } from "./context.ts";

export function execute(action: Action, run: ActionContext): Outcome {
  switch (action.do) {
    case "inspect":
      return inspect(run);
    case "reconcile":
      return reconcile(action.jobs, run);
    case "stage":
      return stage(action.tasks, run);
    case "submit":
      return submit(action.jobs, action.slots, run);
    case "poll":
      return poll(run);
    case "collect":
      return collect(action.tasks, run);
    case "collectCommon":
      return collectCommon(run);
    case "cancel":
      return cancel(action.jobs, run);
    case "clean":
      return clean(run);
  }
}

async function stage(
  tasks: readonly TaskKey[],
  { plan, backend, state, emit }: ActionContext,
): Outcome {
  const wanted = new Set(tasks);
  const staged = await backend.stage(
    plan.tasks.filter(({ key }) => wanted.has(key)),
    state.started!.runId,
  );
  if (!staged.ok) return staged.error;
  emit({ type: "staged", tasks, ...staged.value });
  return null;
}

async function poll(
  { backend, limits, state, clock, emit }: ActionContext,
): Outcome {
  const watched = [...state.activeJobs].flatMap((job) => {
    const { id, missedPolls, tasks } = jobOf(state, job);
    const elements = backend.elements(tasks.length);
    return id === null
      ? []
      : [{ job, id, elements, rereadRecord: missedPolls > 0 }];
  });
  const look = await backend.poll(watched);
  if (!look.ok) return look.error;
  const asked = watched.map(({ job }) => job);
  [
    ...unknownStates(look.value, state, backend),
    ...pollWarning(look.value, state),
    ...pollEvents(state, look.value, asked, limits, clock.now()),
  ].forEach(emit);
  return null;
}

/** A queue that cannot be read, told when it begins to say so. */
function pollWarning(
  { isComplete, errorText }: PollReply,
  { lastWarning }: RunState,
): readonly EventData[] {
  if (isComplete || errorText === "" || errorText === lastWarning) return [];
  const failure: Failure = {
    kind: "scheduler",
    summary: "Cannot read the queue",
    detail: errorText,
    hint: "It is asked again; jobs go on meanwhile",
    isRetryable: true,
  };
  return [{ type: "warning", failure }];
}

/** Words that are in no manual, each told once in a run. */
function unknownStates(
  { queue }: PollReply,
  { unknownStates }: RunState,
  { manual }: Backend,
): readonly EventData[] {
  const strange = [...queue].filter(([, { state, nativeState }]) =>
    state === null && !unknownStates.has(nativeState)
  );
  const byWord = new Map(
    strange.map(([id, shown]) => [shown.nativeState, { id, ...shown }]),
  );
  return [...byWord.values()].map(({ id, nativeState, reason }) => ({
    type: "warning",
    failure: {
      kind: "scheduler",
      summary: `Cannot tell what has become of job ${id}`,
      detail: reason ??
        `the scheduler calls it "${nativeState}", a word of no meaning here`,
      hint: `It counts as alive and is asked about again${
        manual ? `; the words are those of ${manual}` : ""
      }`,
      isRetryable: true,
    },
  }));
}

async function collect(
  tasks: readonly TaskKey[],
  { plan, backend, state, emit }: ActionContext,
): Outcome {
  const wanted = collectRequests(plan, state, tasks);
  const isNothing = wanted.every(({ required, optional }) =>
    required.length + optional.length === 0
  );
  const home = isNothing
    ? ok({
      results: wanted.map(() => ({ files: [], missing: [] })),
      notCollected: [],
    })
    : await backend.collect(wanted);
  if (!home.ok) return home.error;
  const { results, notCollected } = home.value;
  notCollectedWarnings(notCollected).forEach(emit);
  emit({
    type: "collected",
    results: results.map((result, i) => ({ ...result, task: tasks[i]! })),
  });
  return null;
}

async function collectCommon({ plan, backend, emit }: ActionContext): Outcome {
  const home = await backend.collect([{
    dir: ".",
    required: plan.commonOutputs,
    optional: [],
  }]);
  if (!home.ok) return home.error;
  notCollectedWarnings(home.value.notCollected).forEach(emit);
  emit({ type: "commonCollected", result: home.value.results[0]! });
  return null;
}

/** Of what could not come, so much is told one by one: a machine may make up any number. */
const MAX_WARNINGS = 50;

function notCollectedWarnings(
  refused: readonly string[],
): readonly EventData[] {
  const more = refused.length - MAX_WARNINGS;
  const told = [
    ...refused.slice(0, MAX_WARNINGS),
    ...more > 0 ? [`${more} more like these`] : [],
  ];
  return told.map((saw) => ({
    type: "warning",
    failure: {
      kind: "transfer",
      summary: "Cannot bring a result home",
      detail: saw,
      isRetryable: false,
    },
  }));
}

async function cancel(
  jobs: readonly JobName[],
  { backend, state, emit }: ActionContext,
): Outcome {
  const cancelled = await backend.cancel(
    jobs.flatMap((job) => jobOf(state, job).id ?? []),
  );
  if (!cancelled.ok) return cancelled.error;
  emit({ type: "cancelSent", jobs });
  return null;
}

/** A connection that was lost may be back; what cannot be removed is no reason to wait for long. */
const CLEAN_RETRIES = { restsMs: [1_000, 2_000, 5_000], maxAttempts: 4 };

/** What cannot be removed is no reason to call a run failed. */
async function clean({ backend, clock, emit }: ActionContext): Outcome {
  const cleaned = await retry(
    () => backend.clean(),
    (reply) => reply.ok || !reply.error.isRetryable,
    { ...CLEAN_RETRIES, clock },
  );
  if (!cleaned.ok) emit({ type: "warning", failure: cleaned.error });
  emit({ type: "cleaned" });
  return null;
}
