/** A dpdisp that watches what another one does with the run. */
import type { Event, EventData } from "../../model/event.ts";
import { parseJournal } from "../../model/journal.ts";
import { replay, resumeState } from "../../model/run_state/mod.ts";
import type { Lock } from "../../environment/environment.ts";
import { damageIn } from "./generation.ts";
import type { OnEvent, Session } from "./context.ts";

/** Between two looks at the journal of another dpdisp (ms). */
const ATTACH_POLL_MS = 200;

/** Watches while another dpdisp has the journal; gives its lock where the work is to be taken over. What happened before is known, not told. */
export async function attach(
  session: Session,
  onEvent: OnEvent,
): Promise<Lock | null> {
  const { plan: { runKey }, wishes, world: { journals, clock }, interrupt } =
    session;
  const tell = (happening: EventData) =>
    onEvent({ ...happening, at: clock.now() });
  const seen: Seen = { generation: 0, bytes: 0, lines: 0, isOver: false };
  tell({
    type: "attached",
    who: leaderIn(readNewEvents(session, seen, () => {})),
  });
  if (wishes.cancel) journals.requestCancel(runKey, true);
  while (!interrupt.aborted) {
    // Asked before reading: what was written until the lock came free is read.
    const free = journals.lock(runKey);
    const heard = readNewEvents(session, seen, onEvent);
    if (heard.length > 0) seen.isOver = heard.at(-1)!.type === "runFinished";
    if (free.ok && free.value) {
      if (!seen.isOver) return free.value;
      // Whoever had it may have gone before the wish came: it is not for the next run.
      journals.requestCancel(runKey, false);
      free.value.release();
      return null;
    }
    await clock.sleep(ATTACH_POLL_MS, interrupt);
  }
  tell({ type: "sessionEnded", why: "interrupt" });
  return null;
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
  const opened = events.findLast(({ type }) => type === "sessionStarted");
  return opened?.type === "sessionStarted"
    ? `${opened.host} ${opened.pid}`
    : "";
}

/** Whole new lines of another's journal, each folded and then told; from the beginning of each new generation. */
function readNewEvents(
  session: Session,
  seen: Seen,
  onEvent: OnEvent,
): readonly Event[] {
  const { plan: { runKey, tasks }, world: { journals, clock } } = session;
  const generation = journals.generations(runKey).at(-1) ?? 1;
  if (generation !== seen.generation) {
    Object.assign(seen, { generation, bytes: 0, lines: 0 });
    session.progress = resumeState([], tasks.map(({ key }) => key));
  }
  const text = journals.read(runKey, generation, seen.bytes);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const { events, damaged } = parseJournal(whole);
  const failure = damageIn(
    `${journals.directory(runKey)}/${generation}.jsonl`,
    damaged.map((line) => seen.lines + line),
  );
  seen.bytes += new TextEncoder().encode(whole).length;
  seen.lines += whole.split("\n").length - 1;
  for (const event of events) {
    replay([event], session.progress);
    onEvent(event);
  }
  if (failure) onEvent({ type: "warning", failure, at: clock.now() });
  return events;
}
