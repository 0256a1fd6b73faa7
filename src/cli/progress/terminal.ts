/** The reporter at a terminal: lines that stay, and a status line that is redrawn. */
import type { Environment } from "../../environment/environment.ts";
import { lineFilter } from "./line_filter.ts";
import { statusLine } from "./status_line.ts";
import { formatDuration } from "../../text/format.ts";
import type { Reporter } from "./reporter.ts";
import type { RunView } from "../run_view.ts";

const REDRAW_MS = 100;

/** Only `tick` draws, so that thousands of events at once cost little. */
export function liveReporter(
  view: RunView,
  { terminal, clock }: Environment,
): Reporter {
  const linesOf = lineFilter(view);
  const began = clock.now();
  return {
    report: (event) => {
      for (const { text, tone } of linesOf(event)) {
        terminal.err(`${text}\n`, tone);
      }
    },
    tick: {
      everyMs: REDRAW_MS,
      now() {
        const text = `${statusLine(view, clock.now())} · ${
          elapsed(clock.now() - began)
        }`;
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
