/** The only module that writes to the terminal: control characters in all text are made visible here, and only this module sends any. */
import { visible } from "../text/visible.ts";
import type { Terminal, Tone } from "./environment.ts";

/** Functions that write text unchanged. */
export interface Ports {
  /** Returns null where all was written, otherwise the reason. */
  readonly out: Write;
  readonly err: Write;
  readonly columns: Terminal["columns"];
  readonly ask: (question: string, hidden: boolean) => Promise<string | null>;
  readonly color: boolean;
}

type Write = (text: string) => string | null;

/** ECMA-48 SGR: yellow, red. */
const COLORS: Readonly<Record<Tone, number | null>> = {
  news: null,
  warning: 33,
  failure: 31,
};

/** Used where the terminal does not report its width. */
const DEFAULT_WIDTH = 80;

export function terminalOf(ports: Ports): Terminal {
  const { color, columns } = ports;
  const lost = new AbortController();
  // A stderr that cannot be written must not stop the work.
  const stderr = { isWritable: true };
  const drawn = { text: "" };
  // Messages that come during a prompt would be written over it: they are shown after the answer.
  const prompts = { count: 0, delayed: [] as string[] };

  const write = (text: string): void => {
    if (stderr.isWritable) stderr.isWritable = ports.err(text) === null;
  };
  /** Removes the drawn line first. */
  const print = (text: string): void => {
    if (prompts.count > 0) prompts.delayed.push(text);
    else write(`${redraw("")}${text}`);
  };
  /** Uses no escape codes: the old line is overwritten, with spaces where it was longer. */
  const redraw = (text: string): string => {
    const before = drawn.text;
    if (text === before) return "";
    drawn.text = text;
    return `\r${text.padEnd(before.length)}${text === "" ? "\r" : ""}`;
  };

  return {
    out(text) {
      if (lost.signal.aborted) return;
      const reason = ports.out(visible(text));
      if (reason !== null) lost.abort(reason);
    },
    err(text, tone = "news") {
      print(color ? painted(visible(text), COLORS[tone]) : visible(text));
    },
    draw(text) {
      // One column stays free: a full line would wrap, and then `\r` would not return to its beginning.
      const width = (columns() || DEFAULT_WIDTH) - 1;
      if (prompts.count === 0) write(redraw(oneLine(text).slice(0, width)));
    },
    columns,
    async ask(question, { hidden }) {
      if (columns() === null) return null;
      write(redraw(""));
      prompts.count++;
      const answer = await ports.ask(visible(question), hidden);
      if (--prompts.count === 0) write(prompts.delayed.splice(0).join(""));
      return answer;
    },
    color,
    outputLost: lost.signal,
  };
}

function oneLine(text: string): string {
  return visible(text).replaceAll(/[\n\t]/g, " ");
}

/** Colours each line separately, without its line break. */
function painted(text: string, code: number | null): string {
  return code === null
    ? text
    : text.replace(/[^\n]+/g, (line) => `\x1b[${code}m${line}\x1b[0m`);
}
