/** Hands jobs over, and settles what became of those without an answer. */
import type { Job, JobName } from "../../model/job.ts";
import { jobOf, type Progress } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import type { Outcome, Run } from "./context.ts";

export async function submit(
  names: readonly JobName[],
  slots: number,
  { backend, progress, emit }: Run,
): Outcome {
  const jobs = names.map((name): Job => {
    const { tasks, after } = jobOf(progress, name);
    return { name, tasks, after };
  });
  const running = [...progress.live].flatMap((name) =>
    jobOf(progress, name).id ?? []
  );
  const untold = new Set(names);
  let hopeless: Failure | null = null;
  for await (const told of backend.submit(jobs, slots, running)) {
    if (!told.ok) {
      // The other side may go on, or have gone on, without being heard.
      const unsure = told.error.kind === "scheduler" ? [] : untold;
      for (const job of unsure) emit({ type: "intended", job });
      return told.error;
    }
    const { job, ...answer } = told.value;
    untold.delete(job);
    if (answer.outcome === "accepted") {
      emit({ type: "submitted", job, id: answer.id });
      hopeless = null;
    } else if (answer.outcome === "unsure") {
      emit({ type: "intended", job, saw: answer.saw });
    } else if (answer.outcome === "lost") {
      emit({ type: "intended", job });
      emit({ type: "warned", failure: unheard(answer.saw) });
    } else {
      const again = answer.outcome === "full";
      emit({ type: "refused", job, again, saw: answer.saw });
      if (again) continue;
      if (!hasAccepted(progress)) {
        // Its answer is not read again by another scheduler's words, should that be what was wrong.
        emit({ type: "fenced", job });
        // The far side tries some more before it stops.
        hopeless ??= refusal(job, answer.saw);
        continue;
      }
      emit({
        type: "ended",
        job,
        cause: { kind: "refused", said: answer.saw },
      });
    }
  }
  return hopeless;
}

function unheard(saw: string): Failure {
  return {
    kind: "scheduler",
    tried: "Cannot hear from the scheduler whether it took a job",
    saw,
    again: true,
  };
}

/** Where none was ever accepted, none will be. */
function hasAccepted({ jobs }: Progress): boolean {
  return [...jobs.values()].some(({ id }) => id !== null);
}

/** What was answered was no yes, as often as this. */
const TIMES = 3;

function isHopeless({ tasks }: Progress): boolean {
  return [...tasks.values()].some(({ losses }) => losses >= TIMES);
}

function refusal(job: JobName, saw: string): Failure {
  return {
    kind: "scheduler",
    tried: `Cannot submit job ${job}`,
    saw,
    advice:
      "Nothing was accepted; mend what is named there (`dpdisp doctor` looks at all that a run needs) and run the same command again",
    again: false,
  };
}

export async function settle(
  jobs: readonly JobName[],
  { backend, progress, emit }: Run,
): Outcome {
  const settled = await backend.settle(jobs.map((job) => ({
    job,
    elements: backend.elements(jobOf(progress, job).tasks.length),
  })));
  if (!settled.ok) return settled.error;
  for (const [job, id] of settled.value.found) {
    emit({ type: "submitted", job, id });
  }
  for (const job of settled.value.fenced) emit({ type: "fenced", job });
  const { saw } = progress.jobs.get(settled.value.fenced[0] ?? "") ?? {};
  if (saw && !hasAccepted(progress) && isHopeless(progress)) {
    return refusal(settled.value.fenced[0]!, saw);
  }
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
