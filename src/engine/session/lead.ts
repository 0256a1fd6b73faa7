/** The process that leads a run: it writes the journal and executes the actions. */
import type { ActionContext, EventStream } from "../actions/mod.ts";
import type { Backend } from "../../backends/backend.ts";
import { limitsWith, runLoop } from "../loop.ts";
import { type Event, eventAt, type EventData } from "../../model/event.ts";
import { journalHeader, journalLine } from "../../model/journal.ts";
import { applyEvent } from "../../model/run_state/mod.ts";
import { type Failure, ok } from "../../text/result.ts";
import type { Environment, Lock } from "../../environment/environment.ts";
import {
  closedRunIds,
  eventsOfKeptEdit,
  type Generation,
  openingEvents,
  startGeneration,
} from "./generation.ts";
import { runsToForget } from "./active_elsewhere.ts";
import { journalWriter } from "./journal_writer.ts";
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
    const { edit } = generation.value;
    const refusal = !edit?.effect || session.options.keepFinished
      ? null
      : await session.options.confirmEdit(edit.effect);
    if (refusal !== null) {
      return onEvent(eventAt(stopped(refusal), clock.now()));
    }
    const stream = eventStream(session, generation.value, onEvent);
    try {
      await runSession(session, generation.value, stream);
    } finally {
      await stream.reportLast();
    }
  } finally {
    journals.requestCancel(runKey, false);
    lock.release();
  }
}

interface SessionStream extends EventStream {
  /** A warning after the last event, which the journal ends with: it is only reported. */
  warn(failure: Failure): void;
  /** Reports the last event once it is in the journal, so that no warning follows it. */
  reportLast(): Promise<void>;
}

/** Every event is written to the journal before it is applied and reported, the last one by `reportLast`. A journal that cannot be written for some minutes ends the session. */
function eventStream(
  session: Session,
  { number, isNew }: Generation,
  onEvent: OnEvent,
): SessionStream {
  const {
    plan: { runKey },
    state,
    interrupt,
    environment: { journals, clock },
  } = session;
  const journal = journalWriter(
    (lines) => journals.append(runKey, number, lines),
    clock,
    (failure) => onEvent(eventAt({ type: "warning", failure }, clock.now())),
    isNew,
  );
  const stream = {
    header: isNew ? journalHeader() : "",
    last: null as Event | null,
  };
  return {
    hasEnded: () => stream.last !== null,
    emit(data) {
      if (stream.last !== null) return;
      const now = clock.now();
      const event = eventAt(data, now);
      const lines = `${stream.header}${journalLine(event)}`;
      const written = journal.write(lines);
      stream.header = "";
      if (!written.ok) {
        stream.last = eventAt(stopped(written.error), now);
        return;
      }
      applyEvent(state, event, clock.elapsed());
      if (isLast(event)) stream.last = event;
      else onEvent(event);
    },
    warn(failure) {
      const { last } = stream;
      const isKnown = last?.type === "sessionEnded" &&
        last.failure?.kind === failure.kind;
      if (isKnown) return;
      onEvent(eventAt({ type: "warning", failure }, clock.now()));
    },
    async reportLast() {
      const written = await journal.flush(interrupt);
      if (!written.ok) {
        stream.last = eventAt(stopped(written.error), clock.now());
      }
      if (stream.last !== null) onEvent(stream.last);
    },
  };
}

function isLast({ type }: Event): boolean {
  return type === "runFinished" || type === "sessionEnded";
}

async function runSession(
  session: Session,
  generation: Generation,
  stream: SessionStream,
): Promise<void> {
  const { plan, environment, options, open, state, interrupt } = session;
  for (
    const each of openingEvents(
      session,
      generation,
      () => runsToForget(session),
    )
  ) stream.emit(each);
  if (stream.hasEnded()) return;
  const closedIds = closedRunIds(session);
  const holderName = `${environment.host} ${environment.pid}`;
  const backend = await open(plan, {
    token: environment.random(12),
    holderName,
    closedRunIds: closedIds,
    waits: session.waits,
    onTransfer(direction, transfer) {
      session.transfers[direction] = transfer;
    },
  });
  if (!backend.ok) return stream.emit(stopped(backend.error));
  await using opened = backend.value;
  const { emit, hasEnded } = stream;
  const context: ActionContext = {
    ...{ emit, hasEnded },
    plan,
    backend: opened,
    limits: limitsWith(opened.traits, plan.config.machine),
    state,
    inspection: { last: null },
    submitting: session.submitting,
    clock: environment.clock,
    closedRunIds: closedIds,
    eventsAfterInspection: (remote) => eventsOfKeptEdit(session, remote),
    isAlive: (holderName) => isAlive(environment, holderName),
  };
  const request = cancelRequest(session);
  try {
    await runLoop(context, {
      interrupt,
      options: () => currentOptions(session, request.isMade()),
      optionsChanged: request.made,
    });
  } finally {
    const failure = await closeSession(session, opened, options);
    if (failure !== null) stream.warn(failure);
  }
}

function stopped(failure: Failure): EventData {
  return { type: "sessionEnded", reason: "stopped", failure };
}

/** The options at this moment: an interrupt or another dpdisp process may have requested a cancellation. */
function currentOptions(
  { options, interrupt }: Session,
  isCancelRequested: boolean,
): RunOptions {
  const isInterrupted = interrupt.aborted && options.cancelOnInterrupt;
  const cancel = options.cancel || isInterrupted || isCancelRequested;
  return { ...options, cancel };
}

/** How long it counts that no cancellation was requested (ms), unless a watch reports one: the loop may turn thousands of times a second. */
const CANCEL_CHECK_MS = 100;

/** The request of another dpdisp process. */
function cancelRequest(
  { plan: { runKey }, environment: { journals, clock } }: Session,
): { isMade(): boolean; made(signal: AbortSignal): Promise<void> } {
  const last = { isMade: false, checkedAt: -Infinity };
  return {
    isMade() {
      const now = clock.elapsed();
      if (now - last.checkedAt >= CANCEL_CHECK_MS) {
        last.isMade = journals.isCancelRequested(runKey);
        last.checkedAt = now;
      }
      return last.isMade;
    },
    async made(signal) {
      await journals.cancelRequested(runKey, signal);
      last.checkedAt = -Infinity;
    },
  };
}

/** A remote directory that stays is closed and its lease released, so that no other process waits for this one. The first failure, or null. */
async function closeSession(
  { state }: Session,
  backend: Backend,
  { keepRemoteDir }: SessionOptions,
): Promise<Failure | null> {
  const mayHoldLease = state.isRemoteDirPresent || state.remote !== null;
  if (state.isCleaned || !mayHoldLease) return null;
  const isKept = state.finished === "succeeded" && keepRemoteDir;
  const closed = isKept ? await backend.close() : ok(undefined);
  const released = await backend.lease?.release() ?? ok(undefined);
  if (!closed.ok) return closed.error;
  if (released.ok) return null;
  return {
    ...released.error,
    hint:
      "Nothing is lost, but a run of this script on another computer waits up to 2 minutes before it goes on",
  };
}

function isAlive(environment: Environment, holderName: string): boolean {
  const [host, pid] = holderName.split(" ");
  return host !== environment.host || environment.isAlive(Number(pid));
}
