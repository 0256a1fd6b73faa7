/** The reporter at a terminal: lines that stay, and one that lives. */
import type { Environment } from "../../environment/environment.ts";
import { lineFilter } from "./line_filter.ts";
import { statusLine } from "./status_line.ts";
import { formatDuration } from "../../text/format.ts";
import type { Reporter } from "./reporter.ts";
import type { RunView } from "../run_view.ts";

const REDRAW_MS = 100;

/** Only `tick` draws, so that a thousand events at once cost nothing. */
export function liveReporter(
  scene: RunView,
  { terminal, clock }: Environment,
): Reporter {
  const narrate = lineFilter(scene);
  const began = clock.now();
  return {
    tell: (event) => {
      for (const { text, tone } of narrate(event)) {
        terminal.err(`${text}\n`, tone);
      }
    },
    tick: {
      everyMs: REDRAW_MS,
      now() {
        const text = `${statusLine(scene, clock.now())} · ${
          elapsed(clock.now() - began)
        }`;
        terminal.draw(text);
      },
    },
    close: () => terminal.draw(""),
  };
}

/** Whole seconds: tenths would make a line that never rests. */
function elapsed(ms: number): string {
  return ms < 10_000 ? `${Math.floor(ms / 1000)} s` : formatDuration(ms);
}
