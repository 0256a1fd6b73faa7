/** The reporters without a terminal: for a log file, and for `--quiet`. */
import type { Environment } from "../../environment/environment.ts";
import type { Line } from "./event_lines.ts";
import { lineFilter } from "./line_filter.ts";
import { statusLine } from "./status_line.ts";
import type { Reporter } from "./reporter.ts";
import type { RunView } from "../run_view.ts";

/** Between two lines of progress; more would make a log hard to read. */
const PROGRESS_MS = 5_000;

/** Plain lines on stderr: events at once, progress at intervals. */
export function plainReporter(
  view: RunView,
  { terminal, clock }: Environment,
): Reporter {
  const linesOf = lineFilter(view);
  const shown = { text: "", at: clock.now() };
  return {
    report: (event) => {
      for (const { text } of linesOf(event)) terminal.err(`${text}\n`);
    },
    tick: {
      everyMs: 1_000,
      now() {
        if (clock.now() - shown.at < PROGRESS_MS) return;
        const text = statusLine(view, clock.now());
        if (text === shown.text) return;
        Object.assign(shown, { text, at: clock.now() });
        terminal.err(`${text}\n`);
      },
    },
    close() {},
  };
}

/** Warnings at once; failures only where no summary will report them. */
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
