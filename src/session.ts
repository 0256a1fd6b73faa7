/** One dpdisp on one submission: follows another, or leads. */
import type { EventStream, Run as Driven } from "./act.ts";
import type { Backend, Open, Transfers } from "./backends/backend.ts";
import { drive, limitsWith } from "./drive.ts";
import type { Event, Happening } from "./event.ts";
import { journalHeader, journalLine, parseJournal } from "./journal.ts";
import type { Plan } from "./job.ts";
import { apply, beginning, type Progress, replay, resume } from "./progress.ts";
import { fail, type Failure, ok, type Result } from "./result.ts";
import { livesElsewhere } from "./session/elsewhere.ts";
import {
  closedMarks,
  damageIn,
  type Generation,
  overture,
  startGeneration,
} from "./session/generation.ts";
import type { Session, SessionWishes } from "./session/session.ts";
import type { Wishes } from "./step.ts";
import type { Lock, World } from "./world.ts";

export type { SessionWishes } from "./session/session.ts";

/** A run as the command line follows it. */
export interface Run {
  /** The fold of the events so far. */
  readonly progress: Progress;
  /** Folder of the journal. */
  readonly journal: string;
  /** Goes on to the end; each event is told when it is in the journal and in `progress`, before anything follows from it. */
  toEnd(onEvent: OnEvent): Promise<void>;
  /** What is on its way now. */
  transfers(): Transfers;
}

type OnEvent = (event: Event) => void;

/** Between two looks at the journal of another dpdisp (ms). */
const FOLLOW_EVERY = 200;

/**
 * Begins or goes on with the submission. Where another dpdisp of this user
 * has it, its events are followed, and its work is taken over if it leaves
 * before the end. Fails where no journal can be kept, or where jobs of the
 * script live at another place.
 */
export function startRun(
  plan: Plan,
  wishes: SessionWishes,
  world: World,
  open: Open,
  interrupt: AbortSignal,
): Promise<Result<Run>> {
  const session: Session = {
    plan,
    wishes,
    world,
    open,
    interrupt,
    progress: beginning(),
    transfers: () => ({ up: null, down: null }),
  };
  const elsewhere = livesElsewhere(session);
  if (elsewhere !== null) return Promise.resolve(fail(elsewhere));
  const locked = world.journals.lock(plan.key);
  if (!locked.ok) return Promise.resolve(locked);
  return Promise.resolve(ok({
    get progress() {
      return session.progress;
    },
    transfers: () => session.transfers(),
    journal: world.journals.folder(plan.key),
    toEnd: (onEvent) => follow(session, locked.value, onEvent),
  }));
}

/** Watches while another dpdisp has the journal, then leads. What happened before is known, not told. */
async function follow(
  session: Session,
  first: Lock | null,
  onEvent: OnEvent,
): Promise<void> {
  if (first) return lead(session, first, onEvent);
  const { plan: { key }, wishes, world: { journals, clock }, interrupt } =
    session;
  const tell = (happening: Happening) =>
    onEvent({ ...happening, at: clock.now() });
  const seen: Seen = { generation: 0, bytes: 0, lines: 0, isOver: false };
  tell({ type: "waiting", who: leaderIn(news(session, seen, () => {})) });
  if (wishes.cancel) journals.askToCancel(key, true);
  while (!interrupt.aborted) {
    // Asked before reading: what was written until the lock came free is read.
    const free = journals.lock(key);
    const heard = news(session, seen, onEvent);
    if (heard.length > 0) seen.isOver = heard.at(-1)!.type === "finished";
    if (free.ok && free.value) {
      if (seen.isOver) return free.value.release();
      return lead(session, free.value, onEvent);
    }
    await clock.sleep(FOLLOW_EVERY, interrupt);
  }
  tell({ type: "left", why: "interrupt" });
}

/** How far another's journal was read, and whether its last line is the end of the run. */
interface Seen {
  generation: number;
  bytes: number;
  lines: number;
  isOver: boolean;
}

/** Host and process of the dpdisp that was the last to go on with the run. */
function leaderIn(events: readonly Event[]): string {
  const opened = events.findLast(({ type }) => type === "opened");
  return opened?.type === "opened" ? `${opened.host} ${opened.pid}` : "";
}

/** Whole new lines of another's journal, each folded and then told; from the beginning of each new generation. */
function news(
  session: Session,
  seen: Seen,
  onEvent: OnEvent,
): readonly Event[] {
  const { plan: { key, tasks }, world: { journals, clock } } = session;
  const generation = journals.generations(key).at(-1) ?? 1;
  if (generation !== seen.generation) {
    Object.assign(seen, { generation, bytes: 0, lines: 0 });
    session.progress = resume([], tasks.map(({ key }) => key));
  }
  const text = journals.read(key, generation, seen.bytes);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const { events, damaged } = parseJournal(whole);
  const failure = damageIn(
    `${journals.folder(key)}/${generation}.jsonl`,
    damaged.map((line) => seen.lines + line),
  );
  seen.bytes += new TextEncoder().encode(whole).length;
  seen.lines += whole.split("\n").length - 1;
  for (const event of events) {
    replay([event], session.progress);
    onEvent(event);
  }
  if (failure) onEvent({ type: "warned", failure, at: clock.now() });
  return events;
}

async function lead(
  session: Session,
  lock: Lock,
  onEvent: OnEvent,
): Promise<void> {
  const { plan: { key }, world: { journals, clock } } = session;
  try {
    const generation = startGeneration(session);
    if (!generation.ok) {
      return onEvent({ ...left(generation.error), at: clock.now() });
    }
    await play(
      session,
      generation.value,
      eventStream(session, generation.value, onEvent),
    );
  } finally {
    journals.askToCancel(key, false);
    lock.release();
  }
}

/** Every event is in the journal before it counts and is told. A journal that takes no more ends the session. */
function eventStream(
  session: Session,
  { number, isNew }: Generation,
  onEvent: OnEvent,
): EventStream {
  const { plan: { key }, progress, world: { journals, clock } } = session;
  const state = { header: isNew ? journalHeader() : "", hasEnded: false };
  return {
    hasEnded: () => state.hasEnded,
    emit(happening) {
      if (state.hasEnded) return;
      const event = { ...happening, at: clock.now() };
      const lines = `${state.header}${journalLine(event)}`;
      const kept = journals.append(key, number, lines);
      state.header = "";
      state.hasEnded = !kept.ok || isLast(event);
      if (kept.ok) apply(progress, event);
      onEvent(kept.ok ? event : { ...left(kept.error), at: event.at });
    },
  };
}

function isLast({ type }: Event): boolean {
  return type === "finished" || type === "left";
}

async function play(
  session: Session,
  generation: Generation,
  stream: EventStream,
): Promise<void> {
  const { plan, world, wishes, open, progress, interrupt } = session;
  for (const each of overture(session, generation)) stream.emit(each);
  if (stream.hasEnded()) return;
  const closed = closedMarks(session);
  const who = `${world.host} ${world.pid}`;
  const backend = await open(plan, { token: world.random(12), who, closed });
  if (!backend.ok) return stream.emit(left(backend.error));
  await using far = backend.value;
  if (far.transfers) session.transfers = far.transfers;
  const run: Driven = {
    ...stream,
    plan,
    backend: far,
    limits: limitsWith(far.limits, plan.config.machine),
    progress,
    clock: world.clock,
    closed,
    isAlive: (who) => isAlive(world, who),
  };
  try {
    await drive(run, {
      interrupt,
      wishes: () => wishesNow(session),
      wishesChanged: (signal) => world.journals.askedToCancel(plan.key, signal),
    });
  } finally {
    await depart(session, far, wishes);
  }
}

function left(failure: Failure): Happening {
  return { type: "left", why: "stopped", failure };
}

/** What is wished at this moment: an interrupt or another dpdisp may have asked for an end. */
function wishesNow({ plan, wishes, interrupt, world }: Session): Wishes {
  const isInterrupted = interrupt.aborted && wishes.cancelOnInterrupt;
  const cancel = wishes.cancel || isInterrupted ||
    world.journals.isAskedToCancel(plan.key);
  return { ...wishes, cancel };
}

/** A folder that stays, whoever's it is, is marked or set free, so that nobody waits for this dpdisp. */
async function depart(
  { progress }: Session,
  far: Backend,
  { keep }: SessionWishes,
): Promise<void> {
  const mayHoldLease = progress.present || progress.surveyed !== null;
  if (progress.cleaned || !mayHoldLease) return;
  if (progress.finished === "done" && keep) await far.close();
  await far.release();
}

function isAlive(world: World, who: string): boolean {
  const [host, pid] = who.split(" ");
  return host !== world.host || world.isAlive(Number(pid));
}
