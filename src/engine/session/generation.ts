/** The past of a submission: which of its generations is open, and how a new one begins. */
import { deletedResults } from "../deleted_results.ts";
import type { Event, EventData, PlanSummary } from "../../model/event.ts";
import {
  JOURNAL_SCHEMA,
  linesWith,
  parseJournal,
} from "../../model/journal.ts";
import {
  replay,
  resumeState,
  type RunState,
} from "../../model/run_state/mod.ts";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { unchangedResults } from "../reuse.ts";
import { VERSION } from "../../version.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Session } from "./context.ts";
import type { Plan } from "../../model/plan.ts";

/** The journal that a session writes on. */
export interface Generation {
  readonly number: number;
  /** Nothing stands in it yet. */
  readonly isNew: boolean;
  /** What of the newest journal could not be read. */
  readonly damage: Failure | null;
}

/** Reads the past, or begins anew where it is closed. */
export function startGeneration(session: Session): Result<Generation> {
  const { plan, wishes, world: { journals } } = session;
  const last = journals.generations(plan.runKey).at(-1) ?? 0;
  const text = last === 0 ? "" : journals.read(plan.runKey, last);
  const { events, schema, damaged } = parseJournal(text);
  const path = `${journals.directory(plan.runKey)}/${last}.jsonl`;
  if (schema > JOURNAL_SCHEMA && !wishes.forget) return fail(tooNew(path));
  const isOpen = events.length > 0 && !wishes.forget &&
    replay(events).finished !== "succeeded";
  session.progress = resumeState(
    isOpen ? events : [],
    plan.tasks.map(({ key }) => key),
  );
  const damage = damageIn(path, damaged);
  if (!isOpen) return ok({ number: last + 1, isNew: true, damage });
  // What was torn must not swallow the next line.
  const cut = text.endsWith("\n")
    ? ok(undefined)
    : journals.cutTail(plan.runKey, last);
  return cut.ok ? ok({ number: last, isNew: false, damage }) : cut;
}

function tooNew(path: string): Failure {
  return {
    kind: "input",
    summary: `Cannot read the journal ${path}`,
    detail: "a newer version of dpdisp wrote it",
    hint:
      "Update dpdisp, or run again with --forget, which takes the jobs that only it knows for gone",
    isRetryable: false,
  };
}

/** Null: every line says something. */
export function damageIn(
  path: string,
  lines: readonly number[],
): Failure | null {
  if (lines.length === 0) return null;
  const more = lines.length > 5 ? ` and ${lines.length - 5} more` : "";
  return {
    kind: "input",
    summary: `Cannot read ${lines.length === 1 ? "line" : "lines"} ${
      lines.slice(0, 5).join(", ")
    }${more} of the journal ${path}`,
    detail: "damaged, as by a full or failing disk",
    hint:
      "The run goes on without them: what they said of jobs is asked of the remote host again",
    isRetryable: true,
  };
}

/** What is told before anything is asked of the far side. */
export function* openingEvents(
  session: Session,
  { number, damage }: Generation,
): Generator<EventData> {
  const { plan, wishes, world } = session;
  const { machine } = plan.config;
  if (session.progress.started === null) {
    yield {
      type: "runStarted",
      key: plan.runKey,
      generation: number,
      mark: world.random(8),
      script: plan.config.script.path,
      base: plan.localDir,
      scheduler: machine.scheduler,
      context: machine.context,
      version: VERSION,
      ...(plan.inputSnapshots?.length && { pins: plan.inputSnapshots }),
    };
  }
  // A generation that only looked, or cancelled, has computed nothing that would be lost.
  if (wishes.reuse && session.progress.jobs.size === 0) {
    const past = lastFinishedRun(session, number);
    const results = unchangedResults(past, plan, world.files);
    if (results.length > 0) yield { type: "resultsReused", results };
  }
  yield {
    type: "sessionStarted",
    pid: world.pid,
    host: world.host,
    tasks: plan.tasks.length,
    copy: plan.script.name,
    ...newSummary(plan, session.progress),
  };
  if (damage) yield { type: "warning", failure: damage };
  const deleted = wishes.cancel
    ? null
    : deletedResults(session.progress, plan, world.files);
  if (deleted) yield deleted;
}

/** Ten thousand tasks make a long line: it is told once, and again where it changed. */
function newSummary(
  plan: Plan,
  { plan: known }: RunState,
): { readonly plan?: PlanSummary } {
  const { resources } = plan.config;
  const { nodes, cpusPerNode, gpusPerNode, queue, tasksPerJob } = resources;
  const summary: PlanSummary = {
    workBase: plan.localDir,
    resources: { nodes, cpusPerNode, gpusPerNode, queue, tasksPerJob },
    tasks: plan.tasks.map(({ key, dir, command, stdoutFile, stderrFile }) => ({
      ...{ key, dir, command },
      stdoutFile: stdoutFile,
      stderrFile: stderrFile,
    })),
  };
  const isKnown = JSON.stringify(summary) === JSON.stringify(known);
  return isKnown ? {} : { plan: summary };
}

function lastFinishedRun(
  { plan, world: { journals } }: Session,
  before: number,
): readonly Event[] {
  return journals.generations(plan.runKey)
    .filter((each) => each < before)
    .map((each) => eventsOf(journals, plan.runKey, each))
    .findLast((events) => replay(events).finished === "succeeded") ?? [];
}

/** Marks of runs that were reported: what may still stand of them on the far side makes way. */
export function closedRunIds(
  { plan, world: { journals } }: Session,
): readonly string[] {
  return journals.generations(plan.runKey).flatMap((generation) => {
    const text = journals.read(plan.runKey, generation);
    const ends = parseJournal(linesWith(text, "runStarted", "runFinished"));
    const { started, finished } = replay(ends.events);
    return finished === "succeeded" && started ? [started.mark] : [];
  });
}

export function lastEvents(
  journals: Environment["journals"],
  key: string,
): readonly Event[] {
  const last = journals.generations(key).at(-1);
  return last === undefined ? [] : eventsOf(journals, key, last);
}

function eventsOf(
  journals: Environment["journals"],
  key: string,
  generation: number,
): readonly Event[] {
  return parseJournal(journals.read(key, generation)).events;
}
