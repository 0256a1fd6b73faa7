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
  state: RunState,
  remote: RemoteState,
  /** The scheduler can tell why a job was killed: its end waits for that. */
  accounts: boolean,
): Generator<EventData> {
  if (isOwnRun(state, remote)) yield* jobEvents(state, remote, accounts);
  if (state.remote === null) yield* neverSubmitted(state, remote);
  yield* lostResults(state, remote);
  const { remoteDir, host, cpus, maxElements } = remote;
  const present = isOwnRun(state, remote);
  yield {
    type: "remoteInspected",
    remoteDir,
    host,
    cpus,
    isPresent: present,
    ...(maxElements && { maxElements }),
  };
}

/** The folder there is this run's. */
export function isOwnRun(
  { started }: RunState,
  { runId, isClosed }: RemoteState,
): boolean {
  return runId !== null && runId === started?.runId && !isClosed;
}

type Rule = (progress: RunState, survey: RemoteState) => readonly EventData[];

/**
 * Jobs in the order of their handing over, each with its answer and its
 * records: what became of one frees the tasks that the next one took.
 */
function* jobEvents(
  state: RunState,
  remote: RemoteState,
  accounts: boolean,
): Generator<EventData> {
  const records = Map.groupBy(remote.records, ({ job }) => job);
  const fenced = new Set(remote.fenced);
  const intents = new Map(remote.plannedJobs.map((each) => [each.name, each]));
  for (const [job, { tasks, supersedes }] of intents) {
    // The journal lost it, or believed it unpacked.
    if (!state.jobs.has(job)) {
      yield { type: "jobCreated", job, tasks, supersedes };
    }
    if (jobOf(state, job).state !== "final") {
      if (fenced.has(job)) yield { type: "jobFenced", job };
      else yield* submitEvents(state, remote, job);
    }
    const autopsies = accounts ? new Map() : null;
    yield* recordEvents(state, records.get(job) ?? [], autopsies);
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
  const said = answer?.outcome === "unconfirmed" &&
    { message: answer.message };
  return [{ type: "jobUnconfirmed", job, ...said }];
}

/** Jobs that were packed and never handed over: their tasks are packed anew. */
const neverSubmitted: Rule = ({ readyJobs }, remote) => {
  const tried = new Set(remote.plannedJobs.map(({ name }) => name));
  return [...readyJobs].flatMap((job): readonly EventData[] =>
    tried.has(job) ? [] : [{ type: "jobFenced", job }]
  );
};

/** Without its folder, what was not brought home is gone. */
const lostResults: Rule = (progress, remote) => {
  if (isOwnRun(progress, remote)) return [];
  const tasks = [...progress.tasks].flatMap((
    [key, { state, isCollected }],
  ): readonly TaskKey[] => state === "succeeded" && !isCollected ? [key] : []);
  return tasks.length + progress.staged.size > 0
    ? [{ type: "resultsLost", tasks }]
    : [];
};
