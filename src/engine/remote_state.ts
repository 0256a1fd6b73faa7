import type { EventData } from "../model/event.ts";
import type { JobName, TaskKey } from "../model/job.ts";
import { type EndTraits, recordEvents } from "../pipeline/record_events.ts";
import { jobOf, type RunState } from "../model/run_state/mod.ts";
import type { RemoteState } from "../model/backend_messages.ts";

/**
 * The events that update `state` to the remote state. Each must be
 * applied before the next is requested: later rules depend on earlier ones.
 */
export function* remoteStateEvents(
  state: RunState,
  remote: RemoteState,
  traits: EndTraits,
): Generator<EventData> {
  if (isOwnRun(state, remote)) yield* jobEvents(state, remote, traits);
  if (state.remote === null) yield* neverSubmitted(state, remote);
  yield* lostResults(state, remote);
  const { remoteDir, host, cpus, maxTasksPerJob } = remote;
  const present = isOwnRun(state, remote);
  yield {
    type: "remoteInspected",
    remoteDir,
    host,
    cpus,
    isPresent: present,
    ...(maxTasksPerJob !== null && { maxTasksPerJob }),
  };
}

/** The remote directory belongs to this run. */
export function isOwnRun(
  { started }: RunState,
  { runId, isClosed }: RemoteState,
): boolean {
  return runId !== null && runId === started?.runId && !isClosed;
}

type Rule = (state: RunState, remote: RemoteState) => readonly EventData[];

/**
 * Jobs in the order of their submits, each with its reply and its
 * records: the end of one releases the tasks that the next one holds.
 */
function* jobEvents(
  state: RunState,
  remote: RemoteState,
  traits: EndTraits,
): Generator<EventData> {
  const records = Map.groupBy(remote.records, ({ job }) => job);
  const fenced = new Set(remote.fenced);
  const planned = new Map(remote.plannedJobs.map((each) => [each.name, each]));
  for (const [job, { tasks, supersedes }] of planned) {
    // The journal has lost the event, or the process died before it was written.
    if (!state.jobs.has(job)) {
      yield { type: "jobCreated", job, tasks, supersedes };
    }
    if (jobOf(state, job).state !== "final") {
      if (fenced.has(job)) yield { type: "jobFenced", job };
      else yield* submitEvents(state, remote, job);
    }
    yield* recordEvents(state, records.get(job) ?? [], traits, new Map());
  }
}

/** The outcome of a planned submit: an id, a rejection, or unconfirmed. */
function submitEvents(
  runState: RunState,
  { owners, submitReplies, isSubmitting }: RemoteState,
  job: JobName,
): readonly EventData[] {
  const { id, state } = jobOf(runState, job);
  const owner = owners.get(job);
  if (owner !== undefined) {
    return id === owner ? [] : [{ type: "jobSubmitted", job, id: owner }];
  }
  const reply = submitReplies.get(job);
  if (reply?.outcome === "accepted") {
    return id === null ? [{ type: "jobSubmitted", job, id: reply.id }] : [];
  }
  if (id !== null) return [];
  // The submit script may still be running, even while it unpacks its input.
  if (state === "unconfirmed") return [];
  const isUnsubmitted = reply === undefined;
  const isRejected = reply?.outcome === "rejected" ||
    reply?.outcome === "queueFull";
  // A submit script that is still running may submit it, or submit it again.
  if ((isUnsubmitted || isRejected) && !isSubmitting) {
    return [{ type: "jobFenced", job }];
  }
  const message = reply?.outcome === "unconfirmed" &&
    { message: reply.message };
  return [{ type: "jobUnconfirmed", job, ...message }];
}

/** Jobs that were created and never submitted: their tasks become pending again. */
const neverSubmitted: Rule = ({ readyJobs }, remote) => {
  const submitted = new Set(remote.plannedJobs.map(({ name }) => name));
  return [...readyJobs].flatMap((job): readonly EventData[] =>
    submitted.has(job) ? [] : [{ type: "jobFenced", job }]
  );
};

/** Without the remote directory, results that were not downloaded are lost. */
const lostResults: Rule = (runState, remote) => {
  if (isOwnRun(runState, remote)) return [];
  const tasks = [...runState.tasks].flatMap((
    [key, { state, isCollected }],
  ): readonly TaskKey[] => state === "succeeded" && !isCollected ? [key] : []);
  return tasks.length + runState.staged.size > 0
    ? [{ type: "resultsLost", tasks }]
    : [];
};
