/** The one door to the terminal: whatever anybody wrote is made visible here, and only here is a terminal commanded. */
import { visible } from "../text/visible.ts";
import type { Terminal, Tone } from "./environment.ts";

/** What carries text away as it is. */
export interface Ports {
  /** Why not all could be written; null: it was. */
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

/** Where the terminal does not say how wide it is. */
const USUAL_WIDTH = 80;

export function terminalOf(ports: Ports): Terminal {
  const { color, columns } = ports;
  const lost = new AbortController();
  // Whoever cannot be told may not hold up the work.
  const messages = { areHeard: true };
  const drawn = { text: "" };
  // What is told while a question is open would be written over it.
  const open = { questions: 0, told: [] as string[] };

  const write = (text: string): void => {
    if (messages.areHeard) messages.areHeard = ports.err(text) === null;
  };
  /** The line that lives makes room for lines that stay. */
  const tell = (text: string): void => {
    if (open.questions > 0) open.told.push(text);
    else write(`${redrawn("")}${text}`);
  };
  /** Without escape codes: over what was there, and over what was longer with blanks. */
  const redrawn = (text: string): string => {
    const before = drawn.text;
    if (text === before) return "";
    drawn.text = text;
    return `\r${text.padEnd(before.length)}${text === "" ? "\r" : ""}`;
  };

  return {
    out(text) {
      if (lost.signal.aborted) return;
      const why = ports.out(visible(text));
      if (why !== null) lost.abort(why);
    },
    err(text, tone = "news") {
      tell(color ? painted(visible(text), COLORS[tone]) : visible(text));
    },
    draw(text) {
      // One column stays free: a full line would wrap, and then no `\r` reaches its beginning.
      const width = (columns() || USUAL_WIDTH) - 1;
      if (open.questions === 0) write(redrawn(oneLine(text).slice(0, width)));
    },
    columns,
    async ask(question, { hidden }) {
      if (columns() === null) return null;
      write(redrawn(""));
      open.questions++;
      const answer = await ports.ask(visible(question), hidden);
      if (--open.questions === 0) write(open.told.splice(0).join(""));
      return answer;
    },
    color,
    outputLost: lost.signal,
  };
}

function oneLine(text: string): string {
  return visible(text).replaceAll(/[\n\t]/g, " ");
}

/** Each line by itself, up to its end. */
function painted(text: string, code: number | null): string {
  return code === null
    ? text
    : text.replace(/[^\n]+/g, (line) => `\x1b[${code}m${line}\x1b[0m`);
}
