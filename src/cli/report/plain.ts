/** The reporter where nobody watches: a log, a mail, a file. */
import type { World } from "../../world.ts";
import type { Scene } from "./line.ts";
import { narrator } from "./narrator.ts";
import { paint } from "./paint.ts";
import { phaseOf } from "./phase.ts";
import type { Reporter } from "./reporter.ts";

/** Between two lines of progress; a log is read later, and by people. */
const PROGRESS_MS = 5_000;

/** Plain lines on stderr: what is notable at once, progress now and then. */
export function plainReporter(
  scene: Scene,
  { screen, clock }: World,
): Reporter {
  const narrate = narrator(scene);
  const shown = { text: "", at: clock.now() };
  return {
    tell: (event) => {
      for (const { text } of narrate(event)) screen.err(`${text}\n`);
    },
    tick: {
      everyMs: 1_000,
      now() {
        if (clock.now() - shown.at < PROGRESS_MS) return;
        const text = phaseOf(scene.progress, scene.plan);
        if (text === shown.text) return;
        Object.assign(shown, { text, at: clock.now() });
        screen.err(`${text}\n`);
      },
    },
    close() {},
  };
}

/** Warnings, nothing else: the report at the end tells the failures. */
export function quietReporter(scene: Scene, { screen }: World): Reporter {
  const narrate = narrator(scene);
  return {
    tell: (event) => {
      for (const line of narrate(event)) {
        if (line.tone === "warning") screen.err(paint(line, screen));
      }
    },
    tick: null,
    close() {},
  };
}
