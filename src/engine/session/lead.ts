/** The dpdisp that has a run: it writes the journal, and acts. */
import type { ActionContext as Driven, EventStream } from "../actions/mod.ts";
import type { Backend } from "../../backends/backend.ts";
import { limitsWith, runLoop } from "../loop.ts";
import type { Event, EventData } from "../../model/event.ts";
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

/** Goes on with the run, or begins it anew, until it ends or this dpdisp is to leave. */
export async function lead(
  session: Session,
  lock: Lock,
  onEvent: OnEvent,
): Promise<void> {
  const { plan: { runKey }, world: { journals, clock } } = session;
  try {
    const generation = startGeneration(session);
    if (!generation.ok) {
      return onEvent({ ...left(generation.error), at: clock.now() });
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

/** Every event is in the journal before it counts and is told. A journal that takes no more ends the session. */
function eventStream(
  session: Session,
  { number, isNew }: Generation,
  onEvent: OnEvent,
): EventStream {
  const { plan: { runKey }, progress, world: { journals, clock } } = session;
  const state = { header: isNew ? journalHeader() : "", hasEnded: false };
  return {
    hasEnded: () => state.hasEnded,
    emit(happening) {
      if (state.hasEnded) return;
      const event = { ...happening, at: clock.now() };
      const lines = `${state.header}${journalLine(event)}`;
      const kept = journals.append(runKey, number, lines);
      state.header = "";
      state.hasEnded = !kept.ok || isLast(event);
      if (kept.ok) applyEvent(progress, event);
      onEvent(kept.ok ? event : { ...left(kept.error), at: event.at });
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
  const { plan, world, wishes, open, progress, interrupt } = session;
  for (const each of openingEvents(session, generation)) stream.emit(each);
  if (stream.hasEnded()) return;
  const closed = closedRunIds(session);
  const who = `${world.host} ${world.pid}`;
  const backend = await open(plan, {
    token: world.random(12),
    holderName: who,
    closedRunIds: closed,
  });
  if (!backend.ok) return stream.emit(left(backend.error));
  await using far = backend.value;
  if (far.transfers) session.transfers = far.transfers;
  const run: Driven = {
    ...stream,
    plan,
    backend: far,
    limits: limitsWith(far.traits, plan.config.machine),
    progress,
    clock: world.clock,
    closed,
    isAlive: (who) => isAlive(world, who),
  };
  try {
    await runLoop(run, {
      interrupt,
      wishes: () => currentOptions(session),
      wishesChanged: (signal) =>
        world.journals.cancelRequested(plan.runKey, signal),
    });
  } finally {
    await closeSession(session, far, wishes);
  }
}

function left(failure: Failure): EventData {
  return { type: "sessionEnded", why: "stopped", failure };
}

/** What is wished at this moment: an interrupt or another dpdisp may have asked for an end. */
function currentOptions(
  { plan, wishes, interrupt, world }: Session,
): RunOptions {
  const isInterrupted = interrupt.aborted && wishes.cancelOnInterrupt;
  const cancel = wishes.cancel || isInterrupted ||
    world.journals.isCancelRequested(plan.runKey);
  return { ...wishes, cancel };
}

/** A folder that stays, whoever's it is, is marked or set free, so that nobody waits for this dpdisp. */
async function closeSession(
  { progress }: Session,
  far: Backend,
  { keepRemoteDir }: SessionOptions,
): Promise<void> {
  const mayHoldLease = progress.isRemoteDirPresent || progress.remote !== null;
  if (progress.isCleaned || !mayHoldLease) return;
  if (progress.finished === "succeeded" && keepRemoteDir) await far.close();
  await far.release();
}

function isAlive(world: Environment, who: string): boolean {
  const [host, pid] = who.split(" ");
  return host !== world.host || world.isAlive(Number(pid));
}
