/** The reporter where nobody watches: a log, a mail, a file. */
import type { Environment } from "../../environment/environment.ts";
import type { Line } from "./event_lines.ts";
import { lineFilter } from "./line_filter.ts";
import { statusLine } from "./status_line.ts";
import type { Reporter } from "./reporter.ts";
import type { RunView } from "../run_view.ts";

/** Between two lines of progress; a log is read later, and by people. */
const PROGRESS_MS = 5_000;

/** Plain lines on stderr: what is notable at once, progress now and then. */
export function plainReporter(
  scene: RunView,
  { terminal, clock }: Environment,
): Reporter {
  const narrate = lineFilter(scene);
  const shown = { text: "", at: clock.now() };
  return {
    tell: (event) => {
      for (const { text } of narrate(event)) terminal.err(`${text}\n`);
    },
    tick: {
      everyMs: 1_000,
      now() {
        if (clock.now() - shown.at < PROGRESS_MS) return;
        const text = statusLine(scene, clock.now());
        if (text === shown.text) return;
        Object.assign(shown, { text, at: clock.now() });
        terminal.err(`${text}\n`);
      },
    },
    close() {},
  };
}

/** Warnings at once; failures only where no report at the end will tell them. */
export function quietReporter(
  scene: RunView,
  { terminal }: Environment,
): Reporter {
  const narrate = lineFilter(scene);
  const untold: Line[] = [];
  return {
    tell: (event) => {
      const lines = narrate(event);
      untold.push(...lines.filter(({ tone }) => tone === "failure"));
      const now = lines.filter(({ tone }) => tone === "warning");
      if (event.type === "sessionEnded") now.push(...untold);
      for (const { text, tone } of now) terminal.err(`${text}\n`, tone);
    },
    tick: null,
    close() {},
  };
}
