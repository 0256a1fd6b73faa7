/** The past of a submission: which of its generations is open, and how a new one begins. */
import { deletedResults } from "../deleted.ts";
import type { Event, Happening } from "../event.ts";
import { parseJournal } from "../journal.ts";
import { apply, beginning, type Progress, resume } from "../progress.ts";
import { unchangedResults } from "../reuse.ts";
import { VERSION } from "../version.ts";
import type { World } from "../world.ts";
import type { Session } from "./session.ts";

/** Reads the past, or begins anew where it is closed; gives the generation's number. */
export function startGeneration(session: Session): number {
  const { plan, wishes, world: { journals } } = session;
  const last = journals.generations(plan.key).at(-1) ?? 0;
  const text = last === 0 ? "" : journals.read(plan.key, last);
  // A torn line must not swallow the next one.
  if (!/(^|\n)$/.test(text)) journals.append(plan.key, last, "\n");
  const past = parseJournal(text);
  const isOpen = past.length > 0 && !wishes.forget &&
    foldAll(past).finished !== "done";
  session.progress = resume(
    isOpen ? past : [],
    plan.tasks.map(({ key }) => key),
  );
  return isOpen ? last : last + 1;
}

/** What is told before anything is asked of the far side. */
export function* overture(
  session: Session,
  generation: number,
): Generator<Happening> {
  const { plan, wishes, world } = session;
  const { machine } = plan.config;
  if (session.progress.began === null) {
    yield {
      type: "began",
      key: plan.key,
      generation,
      mark: world.random(8),
      script: plan.config.script.path,
      scheduler: machine.scheduler,
      context: machine.context,
      version: VERSION,
      ...(plan.pins?.length && { pins: plan.pins }),
    };
  }
  // A generation that only looked, or cancelled, has computed nothing that would be lost.
  if (wishes.reuse && session.progress.jobs.size === 0) {
    const past = lastClosed(session, generation);
    const results = unchangedResults(past, plan, world.files);
    if (results.length > 0) yield { type: "reused", results };
  }
  yield {
    type: "opened",
    pid: world.pid,
    host: world.host,
    tasks: plan.tasks.length,
    copy: plan.script.name,
  };
  const deleted = wishes.cancel
    ? null
    : deletedResults(session.progress, plan, world.files);
  if (deleted) yield deleted;
}

export function lastClosed(
  { plan, world: { journals } }: Session,
  generation: number,
): readonly Event[] {
  return journals.generations(plan.key)
    .filter((each) => each < generation)
    .map((each) => parseJournal(journals.read(plan.key, each)))
    .findLast((events) => foldAll(events).finished === "done") ?? [];
}

/** Marks of runs that were reported: what may still stand of them on the far side makes way. */
export function closedMarks(
  { plan, world: { journals } }: Session,
): readonly string[] {
  return journals.generations(plan.key).flatMap((generation) => {
    const { began, finished } = foldAll(
      parseJournal(journals.read(plan.key, generation)),
    );
    return finished === "done" && began ? [began.mark] : [];
  });
}

export function lastEvents(
  journals: World["journals"],
  key: string,
): readonly Event[] {
  const last = journals.generations(key).at(-1);
  return last === undefined ? [] : parseJournal(journals.read(key, last));
}

export function foldAll(events: readonly Event[]): Progress {
  const progress = beginning();
  for (const event of events) apply(progress, event);
  return progress;
}
