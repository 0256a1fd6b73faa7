/** The generations of a run: which one is open, and how a new one starts. */
import { deletedResults } from "../deleted_results.ts";
import { type Edit, findEdit } from "../find_edit.ts";
import {
  type Event,
  eventAt,
  type EventData,
  type ForgottenRun,
  type PlanSummary,
} from "../../model/event.ts";
import type { RemoteState } from "../../model/backend_messages.ts";
import { recordEvents } from "../../pipeline/record_events.ts";
import { isOwnRun } from "../remote_state.ts";
import {
  JOURNAL_SCHEMA,
  linesWith,
  parseJournal,
} from "../../model/journal.ts";
import {
  applyEvent,
  replay,
  resumeState,
  type RunState,
} from "../../model/run_state/mod.ts";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { unchangedResults } from "../reuse.ts";
import { VERSION } from "../../version.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Session } from "./context.ts";
import { type Plan, summaryOfPlan } from "../../model/plan.ts";

/** The journal that a session appends to. */
export interface Generation {
  readonly number: number;
  /** Its journal is empty. */
  readonly isNew: boolean;
  /** A warning about lines of the newest journal that cannot be read. */
  readonly damage: Failure | null;
  /** Of the script or of an input, since the last session; null: there is nothing that could be taken away. */
  readonly edit: Edit | null;
}

/** Resumes the newest generation, or starts a new one where that is closed. */
export function startGeneration(session: Session): Result<Generation> {
  const { plan, options, environment: { journals } } = session;
  const last = journals.generations(plan.runKey).at(-1) ?? 0;
  const text = last === 0 ? "" : journals.read(plan.runKey, last);
  const { events, schema, damaged } = parseJournal(text);
  const path = `${journals.directory(plan.runKey)}/${last}.jsonl`;
  if (schema > JOURNAL_SCHEMA && !options.forget) return fail(tooNew(path));
  const past = replay(events);
  const isOpen = events.length > 0 && !options.forget &&
    past.finished !== "succeeded";
  session.state = resumeState(
    isOpen ? events : [],
    plan.tasks.map(({ key }) => key),
  );
  const damage = damageIn(path, damaged);
  if (!isOpen) {
    return ok({ number: last + 1, isNew: true, damage, edit: null });
  }
  const edit = options.cancel
    ? null
    : findEdit(events, past, session.state, plan);
  // Otherwise the next line would be appended to an incomplete one.
  const cut = text.endsWith("\n")
    ? ok(undefined)
    : journals.cutTail(plan.runKey, last);
  return cut.ok ? ok({ number: last, isNew: false, damage, edit }) : cut;
}

function tooNew(path: string): Failure {
  return {
    kind: "input",
    summary: `Cannot read the journal ${path}`,
    detail: "a newer version of dpdisp wrote it",
    hint:
      "Update dpdisp, or run again with --forget, which treats the jobs that only this journal names as lost",
    isRetryable: false,
  };
}

/** Null: every line can be read. */
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
    detail: "damaged, for example by a full or failing disk",
    hint:
      "The run continues without them: the state of its jobs is read from the remote host again",
    isRetryable: true,
  };
}

/** The events before the first request to the remote host. */
export function* openingEvents(
  session: Session,
  { number, damage, edit }: Generation,
  runsToForget: () => readonly ForgottenRun[],
): Generator<EventData> {
  const { plan, options, environment } = session;
  const { machine } = plan.config;
  if (session.state.started === null) {
    const forgottenRuns = runsToForget();
    yield {
      type: "runStarted",
      runKey: plan.runKey,
      generation: number,
      runId: environment.random(8),
      script: plan.config.script.path,
      workBase: plan.localDir,
      scheduler: machine.scheduler,
      context: machine.context,
      version: VERSION,
      ...repeatsFinishedRun(session, number) && { repeatsFinishedRun: true },
      ...forgottenRuns.length > 0 && { forgottenRuns },
      ...(plan.inputSnapshots?.length &&
        { inputSnapshots: plan.inputSnapshots }),
    };
  }
  // A generation without jobs has computed nothing that would be lost.
  if (options.reuse && session.state.jobs.size === 0) {
    const past = lastFinishedRun(session, number);
    const results = unchangedResults(past, plan, environment.files);
    if (results.length > 0) yield { type: "resultsReused", results };
  }
  // What else does not count is known once the remote host says which tasks have finished.
  const changes = options.keepFinished
    ? [edit?.keep, edit?.discardKept]
    : [edit?.discard];
  for (const each of changes) if (each) yield each;
  yield {
    type: "sessionStarted",
    pid: environment.pid,
    host: environment.host,
    scriptCopy: plan.script.name,
    ...newSummary(plan, session.state),
  };
  if (damage) yield { type: "warning", failure: damage };
  const deleted = options.cancel
    ? null
    : deletedResults(session.state, plan, environment.files);
  if (deleted) yield deleted;
}

/** With `--keep-finished`: tasks that an earlier version finished unseen count as well, and the others of it do not any more. */
export function* eventsOfKeptEdit(
  { plan, state, options, environment: { journals } }: Session,
  remote: RemoteState,
): Generator<EventData> {
  const isEdited = state.jobs.values().some(({ isOutdated }) => isOutdated);
  if (!options.keepFinished || !isEdited || !isOwnRun(state, remote)) return;
  const events = lastEvents(journals, plan.runKey);
  const past = replay(events);
  for (
    const event of recordEvents(
      past,
      remote.records,
      { explainsEnds: false },
      new Map(),
    )
  ) {
    applyEvent(past, eventAt(event, 0), 0);
  }
  const { keep, discard } = findEdit(events, past, state, plan);
  if (keep) yield keep;
  if (discard) yield discard;
}

/** Only the first time: the user then knows it. */
function repeatsFinishedRun(session: Session, number: number): boolean {
  const { reuse, cancel } = session.options;
  return number === 2 && !reuse && !cancel &&
    lastFinishedRun(session, number).length > 0;
}

/** The plan makes a long line with many tasks: it is written once, and again where it changed. */
function newSummary(
  plan: Plan,
  { plan: known }: RunState,
): { readonly plan?: PlanSummary } {
  const summary = summaryOfPlan(plan);
  const isKnown = JSON.stringify(summary) === JSON.stringify(known);
  return isKnown ? {} : { plan: summary };
}

function lastFinishedRun(
  { plan, environment: { journals } }: Session,
  before: number,
): readonly Event[] {
  return journals.generations(plan.runKey)
    .filter((each) => each < before)
    .map((each) => eventsOf(journals, plan.runKey, each))
    .findLast((events) => replay(events).finished === "succeeded") ?? [];
}

/** Ids of finished runs: their remote directories may be replaced. */
export function closedRunIds(
  { plan, environment: { journals } }: Session,
): readonly string[] {
  return journals.generations(plan.runKey).flatMap((generation) => {
    const text = journals.read(plan.runKey, generation);
    const ends = parseJournal(linesWith(text, "runStarted", "runFinished"));
    const { started, finished } = replay(ends.events);
    return finished === "succeeded" && started ? [started.runId] : [];
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
