/** The reporter at a terminal: lines that stay, and one that lives. */
import type { World } from "../../environment/environment.ts";
import { narrator } from "./line_filter.ts";
import { phaseOf } from "./status_line.ts";
import { showDuration } from "../../text/format.ts";
import type { Reporter } from "./reporter.ts";
import type { Scene } from "../run_view.ts";

const REDRAW_MS = 100;

/** Only `tick` draws, so that a thousand events at once cost nothing. */
export function liveReporter(scene: Scene, { screen, clock }: World): Reporter {
  const narrate = narrator(scene);
  const began = clock.now();
  return {
    tell: (event) => {
      for (const { text, tone } of narrate(event)) {
        screen.err(`${text}\n`, tone);
      }
    },
    tick: {
      everyMs: REDRAW_MS,
      now() {
        const text = `${phaseOf(scene, clock.now())} · ${
          elapsed(clock.now() - began)
        }`;
        screen.draw(text);
      },
    },
    close: () => screen.draw(""),
  };
}

/** Whole seconds: tenths would make a line that never rests. */
function elapsed(ms: number): string {
  return ms < 10_000 ? `${Math.floor(ms / 1000)} s` : showDuration(ms);
}
