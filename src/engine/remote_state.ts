import type { EventData } from "../model/event.ts";
import type { JobName, TaskKey } from "../model/job.ts";
import { recordEvents } from "../pipeline/poll.ts";
import { jobOf, type RunState } from "../model/run_state/mod.ts";
import type { RemoteState } from "../model/backend_messages.ts";

/**
 * The happenings that bring `progress` up to what was found. Each must be
 * folded before the next is asked for: later rules build on earlier ones.
 */
export function* remoteStateEvents(
  progress: RunState,
  survey: RemoteState,
  /** The scheduler can tell why a job was killed: its end waits for that. */
  accounts: boolean,
): Generator<EventData> {
  if (isOwnRun(progress, survey)) yield* jobEvents(progress, survey, accounts);
  if (progress.remote === null) yield* neverTried(progress, survey);
  yield* lostResults(progress, survey);
  const { root, host, cpus, mostElements } = survey;
  const present = isOwnRun(progress, survey);
  yield {
    type: "remoteInspected",
    root,
    host,
    cpus,
    present,
    ...(mostElements && { mostElements }),
  };
}

/** The folder there is this run's. */
export function isOwnRun(
  { started }: RunState,
  { runId, isClosed }: RemoteState,
): boolean {
  return runId !== null && runId === started?.mark && !isClosed;
}

type Rule = (progress: RunState, survey: RemoteState) => readonly EventData[];

/**
 * Jobs in the order of their handing over, each with its answer and its
 * records: what became of one frees the tasks that the next one took.
 */
function* jobEvents(
  progress: RunState,
  survey: RemoteState,
  accounts: boolean,
): Generator<EventData> {
  const records = Map.groupBy(survey.records, ({ job }) => job);
  const fenced = new Set(survey.fenced);
  const intents = new Map(survey.plannedJobs.map((each) => [each.name, each]));
  for (const [job, { tasks, supersedes }] of intents) {
    // The journal lost it, or believed it unpacked.
    if (!progress.jobs.has(job)) {
      yield { type: "jobCreated", job, tasks, after: supersedes };
    }
    if (jobOf(progress, job).state !== "final") {
      if (fenced.has(job)) yield { type: "jobFenced", job };
      else yield* submitEvents(progress, survey, job);
    }
    const autopsies = accounts ? new Map() : null;
    yield* recordEvents(progress, records.get(job) ?? [], autopsies);
  }
}

/** What an intent led to: an id, a refusal, or nobody knows. */
function submitEvents(
  progress: RunState,
  { owners, submitReplies, isSubmitting }: RemoteState,
  job: JobName,
): readonly EventData[] {
  const { id, state } = jobOf(progress, job);
  const owner = owners.get(job);
  if (owner !== undefined) {
    return id === owner ? [] : [{ type: "jobSubmitted", job, id: owner }];
  }
  const answer = submitReplies.get(job);
  if (answer?.outcome === "accepted") {
    return id === null ? [{ type: "jobSubmitted", job, id: answer.id }] : [];
  }
  if (id !== null) return [];
  // The script that it was sent with may still be at work, were it at the unpacking.
  if (state === "unconfirmed") return [];
  const untried = answer === undefined;
  const refused = answer?.outcome === "rejected" ||
    answer?.outcome === "queueFull";
  // A script that is at work may come to it, or come to it again.
  if ((untried || refused) && !isSubmitting) {
    return [{ type: "jobFenced", job }];
  }
  const saw = answer?.outcome === "unconfirmed" && { saw: answer.saw };
  return [{ type: "jobUnconfirmed", job, ...saw }];
}

/** Jobs that were packed and never handed over: their tasks are packed anew. */
const neverTried: Rule = ({ readyJobs }, survey) => {
  const tried = new Set(survey.plannedJobs.map(({ name }) => name));
  return [...readyJobs].flatMap((job): readonly EventData[] =>
    tried.has(job) ? [] : [{ type: "jobFenced", job }]
  );
};

/** Without its folder, what was not brought home is gone. */
const lostResults: Rule = (progress, survey) => {
  if (isOwnRun(progress, survey)) return [];
  const tasks = [...progress.tasks].flatMap((
    [key, { state, collected }],
  ): readonly TaskKey[] => state === "succeeded" && !collected ? [key] : []);
  return tasks.length + progress.staged.size > 0
    ? [{ type: "resultsLost", tasks }]
    : [];
};
