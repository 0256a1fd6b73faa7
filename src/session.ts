/** One dpdisp on one submission: its journal, its generation, and the run. */
import type { Run as Driven } from "./act.ts";
import type { Backend, Open } from "./backends/backend.ts";
import { drive } from "./drive.ts";
import type { Event, Happening } from "./event.ts";
import { journalLine, parseJournal } from "./journal.ts";
import type { Plan } from "./job.ts";
import type { Wishes } from "./next.ts";
import { apply, beginning, type Progress, resume } from "./progress.ts";
import { fail, ok, type Result } from "./result.ts";
import { unchangedResults } from "./reuse.ts";
import type { Lock, World } from "./world.ts";
import { VERSION } from "./version.ts";

export interface SessionWishes extends Wishes {
  /** Keep what an earlier, closed generation computed and what is unchanged since. */
  readonly reuse: boolean;
  /** Leave the present journal behind: jobs that only it knows are taken for gone. */
  readonly forget: boolean;
  /** What an interrupt does to the jobs. */
  readonly onInterrupt: "leave" | "cancel";
}

/** A run as the command line follows it. */
export interface Run {
  /** The fold of the events so far. */
  readonly progress: Progress;
  /** Folder of the journal. */
  readonly journal: string;
  readonly events: AsyncIterable<Event>;
}

/** What every part of a session is handed. */
interface Session {
  readonly plan: Plan;
  readonly wishes: SessionWishes;
  readonly world: World;
  readonly open: Open;
  readonly interrupt: AbortSignal;
  progress: Progress;
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
  };
  const elsewhere = livesElsewhere(session);
  if (elsewhere !== null) return Promise.resolve(fail(elsewhere));
  const locked = world.journals.lock(plan.key);
  if (!locked.ok) return Promise.resolve(locked);
  return Promise.resolve(ok({
    get progress() {
      return session.progress;
    },
    journal: world.journals.folder(plan.key),
    events: follow(session, locked.value),
  }));
}

/** Jobs of the same script at another place: two keys begin alike where only the place differs. */
function livesElsewhere({ plan, wishes, world: { journals } }: Session) {
  const script = plan.key.split("-")[0];
  const others = journals.keys().filter((key) =>
    key !== plan.key && key.startsWith(`${script}-`)
  );
  const alive = wishes.forget ? [] : others.filter((key) => {
    const past = foldAll(lastEvents(journals, key));
    return past.finished !== "done" && past.live.size + past.intended.size > 0;
  });
  if (alive.length === 0) return null;
  return {
    kind: "input",
    tried: "Cannot run the script at a new place",
    saw: `jobs of it live at the place it had before (journal ${
      journals.folder(alive[0]!)
    })`,
    advice:
      "Set the old place again to go on there or to `dpdisp cancel` them; --forget takes them for gone",
    again: false,
  } as const;
}

function lastEvents(
  journals: World["journals"],
  key: string,
): readonly Event[] {
  const last = journals.generations(key).at(-1);
  return last === undefined ? [] : parseJournal(journals.read(key, last));
}

function foldAll(events: readonly Event[]): Progress {
  const progress = beginning();
  for (const event of events) apply(progress, event);
  return progress;
}

/** Watches while another dpdisp has the journal, then leads. */
async function* follow(
  session: Session,
  first: Lock | null,
): AsyncGenerator<Event> {
  if (first) return yield* lead(session, first);
  const { plan: { key }, world: { journals, clock }, interrupt } = session;
  const seen = { generation: 0, bytes: 0 };
  while (!interrupt.aborted) {
    // Asked before reading: what was written until the lock came free is read.
    const free = journals.lock(key);
    for (const event of news(session, seen)) yield event;
    if (free.ok && free.value) {
      if (session.progress.finished) return free.value.release();
      return yield* lead(session, free.value);
    }
    await clock.sleep(FOLLOW_EVERY, interrupt);
  }
  yield { type: "left", why: "interrupt", at: clock.now() };
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
  const { plan, world, wishes, open } = session;
  const generation = startGeneration(session);
  const record = (event: Event): Event => {
    world.journals.append(plan.key, generation, journalLine(event));
    return event;
  };
  try {
    for (const happening of overture(session, generation)) {
      const event = { ...happening, at: world.clock.now() };
      apply(session.progress, event);
      yield record(event);
    }
    const closed = closedMarks(session);
    const who = `${world.host} ${world.pid}`;
    const backend = await open(plan, { token: world.random(12), who, closed });
    if (!backend.ok) {
      return yield record({
        type: "left",
        why: "stopped",
        failure: backend.error,
        at: world.clock.now(),
      });
    }
    await using far = backend.value;
    const run: Driven = {
      plan,
      backend: far,
      progress: session.progress,
      clock: world.clock,
      closed,
      isAlive: (who) => isAlive(world, who),
    };
    try {
      for await (
        const event of drive(run, wishesNow(session), session.interrupt)
      ) {
        yield record(event);
      }
    } finally {
      await depart(session, far, wishes);
    }
  } finally {
    lock.release();
  }
}

/** Reads the past, or begins anew where it is closed; gives the generation's number. */
function startGeneration(session: Session): number {
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
function* overture(session: Session, generation: number): Generator<Happening> {
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
  };
}

function lastClosed(
  { plan, world: { journals } }: Session,
  generation: number,
): readonly Event[] {
  return journals.generations(plan.key)
    .filter((each) => each < generation)
    .map((each) => parseJournal(journals.read(plan.key, each)))
    .findLast((events) => foldAll(events).finished === "done") ?? [];
}

/** Marks of runs that were reported: what may still stand of them on the far side makes way. */
function closedMarks(
  { plan, world: { journals } }: Session,
): readonly string[] {
  return journals.generations(plan.key).flatMap((generation) => {
    const { began, finished } = foldAll(
      parseJournal(journals.read(plan.key, generation)),
    );
    return finished === "done" && began ? [began.mark] : [];
  });
}

function wishesNow({ wishes, interrupt }: Session): Wishes {
  return {
    ...wishes,
    get cancel() {
      return wishes.cancel ||
        (interrupt.aborted && wishes.onInterrupt === "cancel");
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
