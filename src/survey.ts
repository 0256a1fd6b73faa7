/** Joins what the far side knows with what the journal says: an id in either is a job that exists. */
import type { Submitted, Survey } from "./backends/backend.ts";
import type { Happening } from "./event.ts";
import type { JobName, TaskKey } from "./job.ts";
import { readRecords } from "./poll.ts";
import type { Progress } from "./progress.ts";

/**
 * The happenings that bring `progress` up to what was found. Each must be
 * folded before the next is asked for: later rules build on earlier ones.
 */
export function* readSurvey(
  progress: Progress,
  survey: Survey,
): Generator<Happening> {
  for (const rule of [jobsOf, answersOf, recordsOf, neverTried, lostResults]) {
    yield* rule(progress, survey);
  }
  const { root, host, cpus } = survey;
  const present = isOurs(progress, survey);
  yield { type: "surveyed", root, host, cpus, present };
}

/** The folder there is this run's. */
export function isOurs({ began }: Progress, { mark, closed }: Survey): boolean {
  return mark !== null && mark === began?.mark && !closed;
}

type Rule = (progress: Progress, survey: Survey) => readonly Happening[];

/** Jobs that the journal lost, or believed unpacked. */
const jobsOf: Rule = (progress, survey) =>
  isOurs(progress, survey)
    ? survey.intents.flatMap(({ name, tasks, after }): readonly Happening[] =>
      progress.jobs.has(name)
        ? []
        : [{ type: "packed", job: name, tasks, after }]
    )
    : [];

/** What each intent led to: an id, a refusal, or nobody knows. */
const answersOf: Rule = (progress, survey) => {
  if (!isOurs(progress, survey)) return [];
  const answers = new Map(survey.submitted.map((each) => [each.job, each]));
  const fenced = new Set(survey.fenced);
  return survey.intents.flatMap(({ name: job }): readonly Happening[] => {
    if (progress.jobs.get(job)!.state === "over") return [];
    if (fenced.has(job)) return [{ type: "fenced", job }];
    return answerOf(progress, job, answers.get(job));
  });
};

function answerOf(
  { jobs }: Progress,
  job: JobName,
  answer: Submitted | undefined,
): readonly Happening[] {
  const { id } = jobs.get(job)!;
  if (answer?.outcome === "accepted") {
    return id === null ? [{ type: "submitted", job, id: answer.id }] : [];
  }
  if (id !== null) return [];
  const refused = answer?.outcome === "refused" || answer?.outcome === "full";
  return [{ type: refused ? "fenced" : "intended", job }];
}

const recordsOf: Rule = (progress, survey) =>
  isOurs(progress, survey) ? readRecords(progress, survey.records) : [];

/** Jobs that were packed and never handed over: their tasks are packed anew. */
const neverTried: Rule = ({ due }, survey) => {
  const tried = new Set(survey.intents.map(({ name }) => name));
  return [...due].flatMap((job): readonly Happening[] =>
    tried.has(job) ? [] : [{ type: "fenced", job }]
  );
};

/** Without its folder, what was not brought home is gone. */
const lostResults: Rule = (progress, survey) => {
  if (isOurs(progress, survey)) return [];
  const tasks = [...progress.tasks].flatMap((
    [key, { state, collected }],
  ): readonly TaskKey[] => state === "done" && !collected ? [key] : []);
  return tasks.length + progress.staged.size > 0
    ? [{ type: "lost", tasks }]
    : [];
};
