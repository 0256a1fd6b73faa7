/** Hands jobs over, and settles what became of those without an answer. */
import type { Job, JobName } from "../../model/job.ts";
import { jobOf, type RunState } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import type { ActionContext, Outcome } from "./context.ts";

export async function submit(
  names: readonly JobName[],
  slots: number,
  { backend, state, emit }: ActionContext,
): Outcome {
  const jobs = names.map((name): Job => {
    const { tasks, supersedes } = jobOf(state, name);
    return { name, tasks, supersedes };
  });
  const running = [...state.activeJobs].flatMap((name) =>
    jobOf(state, name).id ?? []
  );
  const untold = new Set(names);
  let hopeless: Failure | null = null;
  for await (const told of backend.submit(jobs, slots, running)) {
    if (!told.ok) {
      // The other side may go on, or have gone on, without being heard.
      const unsure = told.error.kind === "scheduler" ? [] : untold;
      for (const job of unsure) emit({ type: "jobUnconfirmed", job });
      return told.error;
    }
    const { job, ...answer } = told.value;
    untold.delete(job);
    if (answer.outcome === "accepted") {
      emit({ type: "jobSubmitted", job, id: answer.id });
      hopeless = null;
    } else if (answer.outcome === "unconfirmed") {
      emit({ type: "jobUnconfirmed", job, message: answer.message });
    } else if (answer.outcome === "unreachable") {
      emit({ type: "jobUnconfirmed", job });
      emit({ type: "warning", failure: noSubmitReply(answer.message) });
    } else {
      const again = answer.outcome === "queueFull";
      emit({
        type: "jobRejected",
        job,
        isQueueFull: again,
        message: answer.message,
      });
      if (again) continue;
      if (!hasAcceptedJob(state)) {
        // Its answer is not read again by another scheduler's words, should that be what was wrong.
        emit({ type: "jobFenced", job });
        // The far side tries some more before it stops.
        hopeless ??= rejection(job, answer.message);
        continue;
      }
      emit({
        type: "jobEnded",
        job,
        reason: { kind: "rejected", message: answer.message },
      });
    }
  }
  return hopeless;
}

function noSubmitReply(saw: string): Failure {
  return {
    kind: "scheduler",
    summary: "Cannot hear from the scheduler whether it took a job",
    detail: saw,
    isRetryable: true,
  };
}

/** Where none was ever accepted, none will be. */
function hasAcceptedJob({ jobs }: RunState): boolean {
  return [...jobs.values()].some(({ id }) => id !== null);
}

/** What was answered was no yes, as often as this. */
const MAX_UNCONFIRMED_SUBMITS = 3;

function isSubmitHopeless({ tasks }: RunState): boolean {
  return [...tasks.values()].some(({ schedulerLosses }) =>
    schedulerLosses >= MAX_UNCONFIRMED_SUBMITS
  );
}

function rejection(job: JobName, saw: string): Failure {
  return {
    kind: "scheduler",
    summary: `Cannot submit job ${job}`,
    detail: saw,
    hint:
      "Nothing was accepted; mend what is named there (`dpdisp doctor` looks at all that a run needs) and run the same command again",
    isRetryable: false,
  };
}

export async function reconcile(
  jobs: readonly JobName[],
  { backend, state, emit }: ActionContext,
): Outcome {
  const settled = await backend.reconcile(jobs.map((job) => ({
    job,
    elements: backend.elements(jobOf(state, job).tasks.length),
  })));
  if (!settled.ok) return settled.error;
  for (const [job, id] of settled.value.found) {
    emit({ type: "jobSubmitted", job, id });
  }
  for (const job of settled.value.fenced) emit({ type: "jobFenced", job });
  const { submitMessage } = state.jobs.get(settled.value.fenced[0] ?? "") ??
    {};
  if (submitMessage && !hasAcceptedJob(state) && isSubmitHopeless(state)) {
    return rejection(settled.value.fenced[0]!, submitMessage);
  }
  const left = jobs.filter((job) => state.unconfirmedJobs.has(job));
  return left.length > 0 ? stillUnconfirmed(left) : null;
}

function stillUnconfirmed(jobs: readonly JobName[]): Failure {
  return {
    kind: "connection",
    summary: "Cannot find out whether jobs were handed over",
    detail: `no word about ${jobs.slice(0, 3).join(", ")}${
      jobs.length > 3 ? ` and ${jobs.length - 3} more` : ""
    }`,
    isRetryable: true,
  };
}
