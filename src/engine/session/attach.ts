/** A session that is attached to a run of another dpdisp process. */
import { type Event, eventAt, type EventData } from "../../model/event.ts";
import { parseJournal } from "../../model/journal.ts";
import { replay, resumeState } from "../../model/run_state/mod.ts";
import type { Lock } from "../../environment/environment.ts";
import { damageIn } from "./generation.ts";
import type { OnEvent, Session } from "./context.ts";

/** Between two reads of the other process's journal (ms). */
const ATTACH_POLL_MS = 200;

/** Reads the journal while another process writes it; returns its lock where the run is to be taken over. Earlier events are applied, but not reported. */
export async function attach(
  session: Session,
  onEvent: OnEvent,
): Promise<Lock | null> {
  const {
    plan: { runKey },
    options,
    environment: { journals, clock },
    interrupt,
  } = session;
  const report = (event: EventData) => onEvent(eventAt(event, clock.now()));
  const position: JournalPosition = {
    generation: 0,
    bytes: 0,
    lines: 0,
    events: 0,
    isFinished: false,
  };
  const past = readNewEvents(session, position, () => {});
  const { plan: runPlan } = session.state;
  report({
    type: "attached",
    holderName: leaseHolderIn(past),
    ...isOtherVersion(session) && { isOtherVersion: true },
    ...(runPlan && { plan: runPlan }),
  });
  if (options.cancel) journals.requestCancel(runKey, true);
  while (!interrupt.aborted) {
    // The lock is tried before the read, so that everything written before its release is read.
    const lock = journals.lock(runKey);
    const events = readNewEvents(session, position, onEvent);
    if (events.length > 0) {
      position.isFinished = events.at(-1)!.type === "runFinished";
    }
    if (lock.ok && lock.value) {
      if (!position.isFinished) return lock.value;
      // Whoever had it may have ended before the request came: it is not for the next run.
      journals.requestCancel(runKey, false);
      lock.value.release();
      return null;
    }
    await clock.sleep(ATTACH_POLL_MS, interrupt);
  }
  report({ type: "sessionEnded", reason: "interrupt" });
  return null;
}

/** The other process runs other tasks than this plan has. */
function isOtherVersion({ plan, state }: Session): boolean {
  const running = state.plannedTasks;
  return running !== null && (running.size !== plan.tasks.length ||
    plan.tasks.some(({ key }) => !running.has(key)));
}

/** How far the other process's journal was read, and whether its last line is the end of the run. */
interface JournalPosition {
  generation: number;
  bytes: number;
  lines: number;
  events: number;
  isFinished: boolean;
}

/** Host and PID of the last process that started or resumed the run. */
function leaseHolderIn(events: readonly Event[]): string {
  const started = events.findLast(({ type }) => type === "sessionStarted");
  return started?.type === "sessionStarted"
    ? `${started.host} ${started.pid}`
    : "";
}

/** The state is that of the tasks which the other process runs, whatever the script here has. */
function followPlan(
  session: Session,
  event: Event,
  eventsSoFar: () => readonly Event[],
): void {
  if (event.type !== "sessionStarted" || !event.plan) return;
  const keys = new Set(event.plan.tasks.map(({ key }) => key));
  const followed = session.state.plannedTasks ?? new Set();
  if (keys.size === followed.size && keys.isSubsetOf(followed)) return;
  session.state = resumeState(eventsSoFar(), keys);
}

/** Whole new lines of the other process's journal, each applied and then reported; from the beginning of each new generation. */
function readNewEvents(
  session: Session,
  position: JournalPosition,
  onEvent: OnEvent,
): readonly Event[] {
  const { plan: { runKey, tasks }, environment: { journals, clock } } = session;
  const generation = journals.generations(runKey).at(-1) ?? 1;
  if (generation !== position.generation) {
    Object.assign(position, { generation, bytes: 0, lines: 0, events: 0 });
    session.state = resumeState([], tasks.map(({ key }) => key));
  }
  const text = journals.read(runKey, generation, position.bytes);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const { events, damaged } = parseJournal(whole);
  const failure = damageIn(
    `${journals.directory(runKey)}/${generation}.jsonl`,
    damaged.map((line) => position.lines + line),
  );
  position.bytes += new TextEncoder().encode(whole).length;
  position.lines += whole.split("\n").length - 1;
  for (const event of events) {
    position.events++;
    replay([event], session.state);
    followPlan(
      session,
      event,
      () =>
        parseJournal(journals.read(runKey, generation)).events
          .slice(0, position.events),
    );
    onEvent(event);
  }
  if (failure) onEvent(eventAt({ type: "warning", failure }, clock.now()));
  return events;
}
