/** Submits jobs, and reconciles unconfirmed ones. */
import type { Job, JobName } from "../../model/job.ts";
import { jobOf, type RunState } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import {
  type ActionContext,
  type ActionOutcome,
  inspectedOf,
} from "./context.ts";

export async function submit(
  names: readonly JobName[],
  slots: number,
  context: ActionContext,
): ActionOutcome {
  for (const name of names) context.submitting.add(name);
  try {
    return await submitJobs(names, slots, context);
  } finally {
    context.submitting.clear();
  }
}

async function submitJobs(
  names: readonly JobName[],
  slots: number,
  { backend, state, inspection, submitting, emit }: ActionContext,
): ActionOutcome {
  const jobs = names.map((name): Job => {
    const { tasks, supersedes } = jobOf(state, name);
    return { name, tasks, supersedes };
  });
  const running = [...state.activeJobs].flatMap((name) =>
    jobOf(state, name).id ?? []
  );
  let rejected: Failure | null = null;
  let unreachable: Failure | null = null;
  const remote = inspectedOf(inspection);
  for await (const result of backend.submit(jobs, { slots, running }, remote)) {
    if (!result.ok) {
      // The submit script may still be running, and its replies were lost.
      for (const job of submitting) emit({ type: "jobUnconfirmed", job });
      return result.error;
    }
    const { job, ...reply } = result.value;
    submitting.delete(job);
    if (reply.outcome === "notSent") continue;
    if (reply.outcome === "accepted") {
      emit({ type: "jobSubmitted", job, id: reply.id });
      rejected = null;
    } else if (reply.outcome === "unconfirmed") {
      emit({ type: "jobUnconfirmed", job, message: reply.message });
    } else if (reply.outcome === "unreachable") {
      emit({ type: "jobUnconfirmed", job });
      unreachable = noSubmitReply(reply.message);
    } else {
      const isQueueFull = reply.outcome === "queueFull";
      emit({
        type: "jobRejected",
        job,
        isQueueFull,
        message: reply.message,
      });
      if (isQueueFull) continue;
      if (!hasAcceptedJob(state)) {
        // The fence keeps a later session, perhaps with another batch_type, from reading this reply again.
        emit({ type: "jobFenced", job });
        // The submit script tries some more jobs before it stops.
        rejected ??= rejection(job, reply.message);
        continue;
      }
      emit({
        type: "jobEnded",
        job,
        reason: { kind: "rejected", message: reply.message },
      });
    }
  }
  return rejected ?? unreachable;
}

function noSubmitReply(message: string): Failure {
  return {
    kind: "scheduler",
    summary: "Cannot reach the scheduler, and a job may have been submitted",
    detail: message,
    isRetryable: true,
  };
}

/** Where no job was ever accepted, all others would be rejected too. */
function hasAcceptedJob({ jobs }: RunState): boolean {
  return [...jobs.values()].some(({ id }) => id !== null);
}

/** After this many submits with an unclear reply the session ends. */
const MAX_UNCONFIRMED_SUBMITS = 3;

function isSubmitHopeless({ tasks }: RunState): boolean {
  return [...tasks.values()].some(({ schedulerLosses }) =>
    schedulerLosses >= MAX_UNCONFIRMED_SUBMITS
  );
}

function rejection(job: JobName, message: string): Failure {
  return {
    kind: "scheduler",
    summary: `Cannot submit job ${job}`,
    detail: message,
    hint:
      "No job was accepted; fix the error above (`dpdisp doctor` checks everything that a run needs) and run the same command again",
    isRetryable: false,
  };
}

export async function reconcile(
  jobs: readonly JobName[],
  { backend, state, emit }: ActionContext,
): ActionOutcome {
  const reply = await backend.reconcile(jobs.map((job) => ({
    job,
    tasks: jobOf(state, job).tasks.length,
  })));
  if (!reply.ok) return reply.error;
  for (const [job, id] of reply.value.found) {
    emit({ type: "jobSubmitted", job, id });
  }
  for (const job of reply.value.fenced) emit({ type: "jobFenced", job });
  const { submitMessage } = state.jobs.get(reply.value.fenced[0] ?? "") ??
    {};
  if (submitMessage && !hasAcceptedJob(state) && isSubmitHopeless(state)) {
    return rejection(reply.value.fenced[0]!, submitMessage);
  }
  const unconfirmed = jobs.filter((job) => state.unconfirmedJobs.has(job));
  return unconfirmed.length > 0 ? stillUnconfirmed(unconfirmed) : null;
}

function stillUnconfirmed(jobs: readonly JobName[]): Failure {
  return {
    kind: "connection",
    summary: "Cannot determine whether jobs were submitted",
    detail: `still unconfirmed: ${jobs.slice(0, 3).join(", ")}${
      jobs.length > 3 ? ` and ${jobs.length - 3} more` : ""
    }`,
    isRetryable: true,
  };
}
