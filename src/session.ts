/** One dpdisp on one submission: follows another, or leads. */
import type { Run as Driven } from "./act.ts";
import type { Backend, Open, Transfers } from "./backends/backend.ts";
import { drive } from "./drive.ts";
import type { Event, Happening } from "./event.ts";
import { journalLine, parseJournal } from "./journal.ts";
import type { Plan } from "./job.ts";
import { apply, beginning, type Progress, resume } from "./progress.ts";
import { fail, type Failure, ok, type Result } from "./result.ts";
import { livesElsewhere } from "./session/elsewhere.ts";
import {
  closedMarks,
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
  readonly events: AsyncIterable<Event>;
  /** What is on its way now. */
  transfers(): Transfers;
}

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
  const usable = world.journals.check(plan.key.split("-")[0]!);
  if (!usable.ok) return Promise.resolve(usable);
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
    events: follow(session, locked.value),
  }));
}

/** Watches while another dpdisp has the journal, then leads. What happened before is known, not told. */
async function* follow(
  session: Session,
  first: Lock | null,
): AsyncGenerator<Event> {
  if (first) return yield* lead(session, first);
  const { plan: { key }, wishes, world: { journals, clock }, interrupt } =
    session;
  const seen = { generation: 0, bytes: 0 };
  const before = news(session, seen);
  yield { type: "waiting", who: leaderIn(before), at: clock.now() };
  if (wishes.cancel) journals.askToCancel(key, true);
  const end = { told: false };
  while (!interrupt.aborted) {
    // Asked before reading: what was written until the lock came free is read.
    const free = journals.lock(key);
    for (const event of news(session, seen)) {
      end.told = event.type === "finished";
      yield event;
    }
    if (free.ok && free.value) {
      if (end.told) return free.value.release();
      return yield* lead(session, free.value);
    }
    await clock.sleep(FOLLOW_EVERY, interrupt);
  }
  yield { type: "left", why: "interrupt", at: clock.now() };
}

/** Host and process of the dpdisp that was the last to go on with the run. */
function leaderIn(events: readonly Event[]): string {
  const opened = events.findLast(({ type }) => type === "opened");
  return opened?.type === "opened" ? `${opened.host} ${opened.pid}` : "";
}

/** Whole new lines of another's journal, folded; from the beginning of each new generation. */
function news(
  session: Session,
  seen: { generation: number; bytes: number },
): readonly Event[] {
  const { plan, world: { journals } } = session;
  const generation = journals.generations(plan.key).at(-1) ?? 1;
  if (generation !== seen.generation) {
    Object.assign(seen, { generation, bytes: 0 });
    session.progress = resume([], plan.tasks.map(({ key }) => key));
  }
  const text = journals.read(plan.key, generation, seen.bytes);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  seen.bytes += new TextEncoder().encode(whole).length;
  const events = parseJournal(whole);
  for (const event of events) apply(session.progress, event);
  return events;
}

/** The run itself, every event in the journal before it is told on. */
async function* lead(session: Session, lock: Lock): AsyncGenerator<Event> {
  const { plan, world } = session;
  const generation = startGeneration(session);
  try {
    for await (const event of play(session, generation)) {
      const kept = world.journals.append(
        plan.key,
        generation,
        journalLine(event),
      );
      yield event;
      if (!kept.ok) {
        return yield { ...left(kept.error), at: world.clock.now() };
      }
    }
  } finally {
    world.journals.askToCancel(plan.key, false);
    lock.release();
  }
}

async function* play(
  session: Session,
  generation: number,
): AsyncGenerator<Event> {
  const { plan, world, wishes, open } = session;
  for (const happening of overture(session, generation)) {
    const event = { ...happening, at: world.clock.now() };
    apply(session.progress, event);
    yield event;
  }
  const closed = closedMarks(session);
  const who = `${world.host} ${world.pid}`;
  const backend = await open(plan, { token: world.random(12), who, closed });
  if (!backend.ok) {
    return yield { ...left(backend.error), at: world.clock.now() };
  }
  await using far = backend.value;
  if (far.transfers) session.transfers = far.transfers;
  const run: Driven = {
    plan,
    backend: far,
    progress: session.progress,
    clock: world.clock,
    closed,
    isAlive: (who) => isAlive(world, who),
  };
  try {
    yield* drive(run, wishesNow(session), session.interrupt);
  } finally {
    await depart(session, far, wishes);
  }
}

function left(failure: Failure): Happening {
  return { type: "left", why: "stopped", failure };
}

/** What is wished at this moment: an interrupt or another dpdisp may have asked for an end. */
function wishesNow({ plan, wishes, interrupt, world }: Session): Wishes {
  return {
    ...wishes,
    get cancel() {
      return wishes.cancel || world.journals.isAskedToCancel(plan.key) ||
        (interrupt.aborted && wishes.cancelOnInterrupt);
    },
  };
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
