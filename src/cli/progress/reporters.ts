/** The ways to show a run while it proceeds. */
import type { Event } from "../../model/event.ts";
import { summaryOfPlan } from "../../model/plan.ts";
import { formatDuration } from "../../text/format.ts";
import type { Environment } from "../../environment/environment.ts";
import type { JsonStream } from "../json_lines.ts";
import type { RunView } from "../run_view.ts";
import type { Line } from "./event_lines.ts";
import { lineFilter } from "./line_filter.ts";
import { statusLine } from "./status_line.ts";
import { showWait, waitLines } from "./waits.ts";

export interface Reporter {
  /** Reports an event that is already part of the run state. */
  report(event: Event): void;
  /** Called at intervals between events; null where there is nothing to redraw. */
  readonly tick: { readonly everyMs: number; readonly now: () => void } | null;
  /** Removes the status line, so that the summary can follow. */
  close(): void;
}

const REDRAW_MS = 100;

/** At a terminal: lines that stay, and a status line that is redrawn. Only `tick` draws, so that thousands of events at once cost little. */
export function liveReporter(
  view: RunView,
  { terminal, clock }: Environment,
): Reporter {
  const linesOf = lineFilter(view);
  const began = clock.elapsed();
  return {
    report: (event) => {
      for (const { text, tone } of linesOf(event)) {
        terminal.err(`${text}\n`, tone);
      }
    },
    tick: {
      everyMs: REDRAW_MS,
      now() {
        const now = clock.elapsed();
        const text = `${statusLine(view, now)}${
          showWait(view.waits(), now)
        } · ${elapsed(now - began)}`;
        terminal.draw(text);
      },
    },
    close: () => terminal.draw(""),
  };
}

/** In whole seconds, so that the line is not redrawn all the time. */
function elapsed(ms: number): string {
  return ms < 10_000 ? `${Math.floor(ms / 1000)} s` : formatDuration(ms);
}

/** Between two lines of progress; more would make a log hard to read. */
const PROGRESS_MS = 5_000;

/** Without a terminal, plain lines on stderr: events at once, progress at intervals. */
export function plainReporter(
  view: RunView,
  { terminal, clock }: Environment,
): Reporter {
  const linesOf = lineFilter(view);
  const waitLine = waitLines();
  const shown = { text: "", at: clock.elapsed() };
  return {
    report: (event) => {
      for (const { text } of linesOf(event)) terminal.err(`${text}\n`);
    },
    tick: {
      everyMs: 1_000,
      now() {
        const waiting = waitLine(view.waits(), clock.elapsed());
        if (waiting !== null) terminal.err(`${waiting}\n`);
        if (clock.elapsed() - shown.at < PROGRESS_MS) return;
        const line = statusLine(view, clock.elapsed());
        // A countdown alone is no news.
        const text = line.replace(/ in \d+ s\)/, ")");
        if (text === shown.text) return;
        Object.assign(shown, { text, at: clock.elapsed() });
        terminal.err(`${line}\n`);
      },
    },
    close() {},
  };
}

/** `--quiet`: warnings at once; failures only where no summary will report them. */
export function quietReporter(
  view: RunView,
  { terminal }: Environment,
): Reporter {
  const linesOf = lineFilter(view);
  const unreported: Line[] = [];
  return {
    report: (event) => {
      const lines = linesOf(event);
      unreported.push(...lines.filter(({ tone }) => tone === "failure"));
      const now = lines.filter(({ tone }) => tone === "warning");
      if (event.type === "sessionEnded") now.push(...unreported);
      for (const { text, tone } of now) terminal.err(`${text}\n`, tone);
    },
    tick: null,
    close() {},
  };
}

/** `--json`: writes each event as a line on stdout; its plan only where the last line with a plan, or the first line, has another. */
export function jsonReporter({ plan }: RunView, json: JsonStream): Reporter {
  const written = { plan: JSON.stringify(summaryOfPlan(plan)) };
  return {
    report(event) {
      if (!("plan" in event)) return json.write(event);
      const { plan, ...rest } = event;
      const text = JSON.stringify(plan);
      json.write(text === written.plan ? rest : event);
      written.plan = text;
    },
    tick: null,
    close() {},
  };
}
