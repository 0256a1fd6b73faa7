/** The reporter at a terminal: lines that stay, and one that lives. */
import type { World } from "../../world.ts";
import type { Scene } from "./line.ts";
import { narrator } from "./narrator.ts";
import { paint } from "./paint.ts";
import { phaseOf } from "./phase.ts";
import { showDuration } from "./quantity.ts";
import type { Reporter } from "./reporter.ts";

const REDRAW_MS = 100;

/** Where the terminal does not say how wide it is. */
const USUAL_WIDTH = 80;

/**
 * Moves about without escape codes: the line is written over, and over what was longer with blanks. Only `tick` draws,
 * so that a thousand events at once cost nothing.
 */
export function liveReporter(scene: Scene, { screen, clock }: World): Reporter {
  const narrate = narrator(scene);
  const began = clock.now();
  const drawn = { text: "" };
  const write = (text: string): void => {
    if (text === drawn.text) return;
    screen.err(`\r${text.padEnd(drawn.text.length)}${text === "" ? "\r" : ""}`);
    drawn.text = text;
  };
  return {
    tell: (event) => {
      const lines = narrate(event);
      if (lines.length > 0) write("");
      for (const line of lines) screen.err(paint(line, screen));
    },
    tick: {
      everyMs: REDRAW_MS,
      now() {
        const text = `${phaseOf(scene, clock.now())} · ${
          elapsed(clock.now() - began)
        }`;
        write(fit(text, screen.columns()));
      },
    },
    close: () => write(""),
  };
}

/** Whole seconds: tenths would make a line that never rests. */
function elapsed(ms: number): string {
  return ms < 10_000 ? `${Math.floor(ms / 1000)} s` : showDuration(ms);
}

/** One column stays free: a full line would wrap, and then no `\r` reaches its beginning. */
function fit(text: string, columns: number | null): string {
  return text.slice(0, (columns || USUAL_WIDTH) - 1);
}
