/** The process that leads a run: it writes the journal and executes the actions. */
import type { ActionContext, EventStream } from "../actions/mod.ts";
import type { Backend } from "../../backends/backend.ts";
import { limitsWith, runLoop } from "../loop.ts";
import { type Event, eventAt, type EventData } from "../../model/event.ts";
import { journalHeader, journalLine } from "../../model/journal.ts";
import { applyEvent } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import type { Environment, Lock } from "../../environment/environment.ts";
import {
  closedRunIds,
  type Generation,
  openingEvents,
  startGeneration,
} from "./generation.ts";
import type { OnEvent, Session } from "./context.ts";
import type { RunOptions, SessionOptions } from "../../model/run_options.ts";

/** Resumes the run, or starts a new generation, until the run or this session ends. */
export async function lead(
  session: Session,
  lock: Lock,
  onEvent: OnEvent,
): Promise<void> {
  const { plan: { runKey }, environment: { journals, clock } } = session;
  try {
    const generation = startGeneration(session);
    if (!generation.ok) {
      return onEvent(eventAt(stopped(generation.error), clock.now()));
    }
    await runSession(
      session,
      generation.value,
      eventStream(session, generation.value, onEvent),
    );
  } finally {
    journals.requestCancel(runKey, false);
    lock.release();
  }
}

/** Every event is written to the journal before it is applied and reported. A journal that cannot be written ends the session. */
function eventStream(
  session: Session,
  { number, isNew }: Generation,
  onEvent: OnEvent,
): EventStream {
  const {
    plan: { runKey },
    state,
    environment: { journals, clock },
  } = session;
  const stream = { header: isNew ? journalHeader() : "", hasEnded: false };
  return {
    hasEnded: () => stream.hasEnded,
    emit(data) {
      if (stream.hasEnded) return;
      const now = clock.now();
      const event = eventAt(data, now);
      const lines = `${stream.header}${journalLine(event)}`;
      const written = journals.append(runKey, number, lines);
      stream.header = "";
      stream.hasEnded = !written.ok || isLast(event);
      if (written.ok) applyEvent(state, event);
      onEvent(written.ok ? event : eventAt(stopped(written.error), now));
    },
  };
}

function isLast({ type }: Event): boolean {
  return type === "runFinished" || type === "sessionEnded";
}

async function runSession(
  session: Session,
  generation: Generation,
  stream: EventStream,
): Promise<void> {
  const { plan, environment, options, open, state, interrupt } = session;
  for (const each of openingEvents(session, generation)) stream.emit(each);
  if (stream.hasEnded()) return;
  const closedIds = closedRunIds(session);
  const holderName = `${environment.host} ${environment.pid}`;
  const backend = await open(plan, {
    token: environment.random(12),
    holderName,
    closedRunIds: closedIds,
  });
  if (!backend.ok) return stream.emit(stopped(backend.error));
  await using opened = backend.value;
  if (opened.transfers) session.transfers = opened.transfers;
  const context: ActionContext = {
    ...stream,
    plan,
    backend: opened,
    limits: limitsWith(opened.traits, plan.config.machine),
    state,
    clock: environment.clock,
    closedRunIds: closedIds,
    isAlive: (holderName) => isAlive(environment, holderName),
  };
  try {
    await runLoop(context, {
      interrupt,
      options: () => currentOptions(session),
      optionsChanged: (signal) =>
        environment.journals.cancelRequested(plan.runKey, signal),
    });
  } finally {
    await closeSession(session, opened, options);
  }
}

function stopped(failure: Failure): EventData {
  return { type: "sessionEnded", reason: "stopped", failure };
}

/** The options at this moment: an interrupt or another dpdisp process may have requested a cancellation. */
function currentOptions(
  { plan, options, interrupt, environment }: Session,
): RunOptions {
  const isInterrupted = interrupt.aborted && options.cancelOnInterrupt;
  const cancel = options.cancel || isInterrupted ||
    environment.journals.isCancelRequested(plan.runKey);
  return { ...options, cancel };
}

/** A remote directory that stays is closed and its lease released, so that no other process waits for this one. */
async function closeSession(
  { state }: Session,
  backend: Backend,
  { keepRemoteDir }: SessionOptions,
): Promise<void> {
  const mayHoldLease = state.isRemoteDirPresent || state.remote !== null;
  if (state.isCleaned || !mayHoldLease) return;
  if (state.finished === "succeeded" && keepRemoteDir) await backend.close();
  await backend.release();
}

function isAlive(environment: Environment, holderName: string): boolean {
  const [host, pid] = holderName.split(" ");
  return host !== environment.host || environment.isAlive(Number(pid));
}
