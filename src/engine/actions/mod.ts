/** Executes one action: calls the backend and emits what happened. */
import {
  type ActionContext,
  type ActionOutcome,
  inspectedOf,
} from "./context.ts";
import { reconcile, submit } from "./submit.ts";
import { inspect } from "./inspect.ts";
import { collectRequests } from "../../pipeline/collect.ts";
import type { EventData } from "../../model/event.ts";
import type { JobName, TaskKey } from "../../model/job.ts";
import { pollEvents } from "../../pipeline/poll.ts";
import { jobOf, type RunState } from "../../model/run_state/mod.ts";
import { type Failure, ok } from "../../text/result.ts";
import { count } from "../../text/grammar.ts";
import { retry } from "../../text/retry.ts";
import type { Action } from "../action.ts";
import type { BackendTraits, PollReply } from "../../model/backend_messages.ts";

export type { ActionContext, EventStream } from "./context.ts";

export function execute(action: Action, context: ActionContext): ActionOutcome {
  switch (action.do) {
    case "inspect":
      return inspect(context);
    case "reconcile":
      return reconcile(action.jobs, context);
    case "stage":
      return stage(action.tasks, context);
    case "submit":
      return submit(action.jobs, action.slots, context);
    case "poll":
      return poll(context);
    case "collect":
      return collect(action.tasks, context);
    case "collectCommon":
      return collectCommon(context);
    case "cancel":
      return cancel(action.jobs, context);
    case "clean":
      return clean(context);
  }
}

async function stage(
  tasks: readonly TaskKey[],
  { plan, backend, state, inspection, emit }: ActionContext,
): ActionOutcome {
  const keys = new Set(tasks);
  const staged = await backend.stage(
    plan.tasks.filter(({ key }) => keys.has(key)),
    state.started!.runId,
    inspectedOf(inspection),
  );
  if (!staged.ok) return staged.error;
  emit({ type: "staged", tasks, ...staged.value });
  return null;
}

async function poll(
  { backend, limits, state, clock, emit }: ActionContext,
): ActionOutcome {
  const targets = [...state.activeJobs].flatMap((job) => {
    const { id, missedPolls, tasks } = jobOf(state, job);
    return id === null ? [] : [{
      job,
      id,
      tasks: tasks.length,
      rereadRecord: missedPolls > 0,
    }];
  });
  const reply = await backend.poll(targets);
  if (!reply.ok) return reply.error;
  const polled = targets.map(({ job }) => job);
  [
    ...unknownStates(reply.value, state, limits),
    ...stuckJobs(reply.value, state),
    ...pollWarning(reply.value, state),
    ...pollEvents(state, reply.value, polled, limits, clock.elapsed()),
  ].forEach(emit);
  return null;
}

/** A warning that the queue cannot be read, once for the same message. */
function pollWarning(
  { isComplete, errorText }: PollReply,
  { lastWarning }: RunState,
): readonly EventData[] {
  if (isComplete || errorText === "" || errorText === lastWarning) return [];
  const failure: Failure = {
    kind: "scheduler",
    summary: "Cannot read the queue",
    detail: errorText,
    hint: "dpdisp polls again; the jobs keep running",
    isRetryable: true,
  };
  return [{ type: "warning", failure }];
}

/** A warning for each reason for which jobs of this run do not start by themselves, once until no job has it any more. */
function stuckJobs(
  { queue }: PollReply,
  state: RunState,
): readonly EventData[] {
  const jobs = [...state.activeJobs].map((name) => jobOf(state, name));
  const known = new Set(jobs.map(({ reason }) => reason));
  const stuck = jobs.flatMap(({ id }) => {
    const entry = id === null ? undefined : queue.get(id);
    const { advice, reason = "" } = entry ?? {};
    return advice && !known.has(reason) ? [{ id, reason, advice }] : [];
  });
  return [...Map.groupBy(stuck, ({ reason }) => reason).values()].map(
    ([first, ...others]) => ({
      type: "warning",
      failure: {
        kind: "scheduler",
        summary: `Job ${first!.id}${
          others.length > 0 ? ` and ${others.length} more` : ""
        } cannot start`,
        detail: first!.reason,
        hint: first!.advice,
        isRetryable: true,
      },
    }),
  );
}

/** A warning for each native state that is in no manual, once in a run. */
function unknownStates(
  { queue }: PollReply,
  { unknownStates }: RunState,
  { manual }: BackendTraits,
): readonly EventData[] {
  const unknown = [...queue].filter(([, { state, nativeState }]) =>
    state === null && !unknownStates.has(nativeState)
  );
  const byState = new Map(
    unknown.map(([id, entry]) => [entry.nativeState, { id, ...entry }]),
  );
  return [...byState.values()].map(({ id, nativeState, reason }) => ({
    type: "warning",
    failure: {
      kind: "scheduler",
      summary: `Cannot determine the state of job ${id}`,
      detail: reason ??
        `the scheduler reports "${nativeState}", which is not a known state`,
      hint: `The job counts as active and is polled again${
        manual ? `; the known states are those of ${manual}` : ""
      }`,
      isRetryable: true,
    },
  }));
}

async function collect(
  tasks: readonly TaskKey[],
  { plan, backend, state, inspection, emit }: ActionContext,
): ActionOutcome {
  const requests = collectRequests(plan, state, tasks);
  const isEmpty = requests.every(({ required, optional }) =>
    required.length + optional.length === 0
  );
  const reply = isEmpty
    ? ok({
      results: requests.map(() => ({ files: [], missing: [] })),
      notCollected: [],
    })
    : await backend.collect(requests, inspectedOf(inspection));
  if (!reply.ok) return reply.error;
  const { results, notCollected } = reply.value;
  notCollectedWarnings(notCollected).forEach(emit);
  emit({
    type: "collected",
    results: results.map((result, i) => ({ ...result, task: tasks[i]! })),
  });
  return null;
}

async function collectCommon(
  { plan, backend, inspection, emit }: ActionContext,
): ActionOutcome {
  const { commonOutputs } = plan;
  const reply = await backend.collect(
    [{ dir: ".", required: commonOutputs, optional: [] }],
    inspectedOf(inspection),
  );
  if (!reply.ok) return reply.error;
  notCollectedWarnings(reply.value.notCollected).forEach(emit);
  emit({ type: "commonCollected", result: reply.value.results[0]! });
  return null;
}

/** Limits the warnings about single files, because a remote host may send any number of them. */
const MAX_WARNINGS = 50;

function notCollectedWarnings(
  messages: readonly string[],
): readonly EventData[] {
  const more = messages.length - MAX_WARNINGS;
  const shown = [
    ...messages.slice(0, MAX_WARNINGS),
    ...more > 0 ? [`${more} more like these`] : [],
  ];
  return shown.map((detail) => ({
    type: "warning",
    failure: {
      kind: "transfer",
      summary: "Cannot download a result",
      detail,
      isRetryable: false,
    },
  }));
}

async function cancel(
  jobs: readonly JobName[],
  { backend, state, emit }: ActionContext,
): ActionOutcome {
  const cancelled = await backend.cancel(
    jobs.flatMap((job) => jobOf(state, job).id ?? []),
  );
  if (!cancelled.ok) return cancelled.error;
  const { message } = cancelled.value;
  // The first message may be about jobs that have just ended.
  const refused = jobs.filter((job) => jobOf(state, job).cancel === "sent");
  if (refused.length > 0 && message !== "" && message !== state.lastWarning) {
    emit(notCancelled(refused.length, message));
  }
  emit({ type: "cancelSent", jobs, ...message !== "" && { message } });
  return null;
}

function notCancelled(jobs: number, detail: string): EventData {
  const failure: Failure = {
    kind: "scheduler",
    summary: `Cannot cancel ${count(jobs, "job")}`,
    detail,
    hint: "dpdisp asks again until the queue shows that they ended",
    isRetryable: true,
  };
  return { type: "warning", failure };
}

/** A lost connection, or a root that is away, may come back soon; a directory that cannot be removed is no reason to wait longer. */
const CLEAN_RETRIES = {
  restsMs: [1_000, 2_000, 5_000, 10_000],
  maxAttempts: 6,
};

/** A directory that cannot be removed is a warning: the run did not fail. */
async function clean({ backend, clock, emit }: ActionContext): ActionOutcome {
  const cleaned = await retry(
    () => backend.clean(),
    (reply) => reply.ok || !reply.error.isRetryable,
    { ...CLEAN_RETRIES, clock },
  );
  if (!cleaned.ok) emit({ type: "warning", failure: cleaned.error });
  emit({ type: "cleaned" });
  return null;
}
