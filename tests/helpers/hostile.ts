/** Replies that a machine made up: real ones, changed at random but always in the same way. */
import type { Shell } from "../../src/contexts/shell.ts";
import { streamOf } from "./remote_dir.ts";

/** Numbers from 0 up to below 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  const state = { a: seed };
  return () => {
    state.a = (state.a + 0x6d2b79f5) | 0;
    let t = Math.imul(state.a ^ (state.a >>> 15), 1 | state.a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A text that stands for bytes, one character each. */
type Latin = string;

type Change = (text: Latin, random: () => number) => Latin;

const WORDS = [
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "", "-", "-rf"],
  ...[
    "../../../etc/passwd",
    "/",
    "\x1b[2J\x1b]0;x\x07",
    "\xc2\x9b31m",
    "\xe2\x80\xae",
    "\0",
    "\r",
  ],
  ...["\xff\xfe\xe9", "d", "dmmmmmmm10", "dmmmmmmm1zzzzzzzzzz", "101", "NaN"],
];
const NUMBERS = [
  ...["-1", "0", "1e999", "0x10", "1.5", "", "99999999999999999999", "NaN"],
  "9".repeat(400),
];
const SECTIONS = [
  ...[
    "raw",
    "failed",
    "command_not_found x",
    "incomplete",
    "lease_taken",
    "other_run",
    "too_long",
    "end",
  ],
  ...[
    "__proto__",
    "constructor",
    "submit_reply",
    "submit_reply d9",
    "submit_reply __proto__",
    "matches 9",
  ],
  ...[
    "no_directory",
    "closed",
    "submitting",
    "lease other",
    "queue",
    "queue x",
  ],
  ...[
    "error",
    "started dmmmmmmm10",
    "fenced x",
    "seen constructor",
    "output",
    "",
  ],
];

function pick<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)]!;
}

function spot(text: Latin, random: () => number): number {
  return Math.floor(random() * (text.length + 1));
}

/** The pieces of the text that end where the next match begins, changed as a list. */
function inPieces(
  at: RegExp,
  change: (pieces: Latin[], random: () => number) => readonly Latin[],
): Change {
  return (text, random) => change(text.split(at), random).join("");
}

const LINES = /(?<=\n)/;
const SENTINELS = /(?=\n@@n )/;

function without(pieces: Latin[], random: () => number): readonly Latin[] {
  return pieces.toSpliced(Math.floor(random() * pieces.length), 1);
}

function twice(pieces: Latin[], random: () => number): readonly Latin[] {
  const at = Math.floor(random() * pieces.length);
  return pieces.toSpliced(at, 0, pieces[at]!);
}

function swapped(pieces: Latin[], random: () => number): readonly Latin[] {
  const [a, b] = [random(), random()].map((r) => Math.floor(r * pieces.length));
  return pieces.with(a!, pieces[b!]!).with(b!, pieces[a!]!);
}

/** One match of the expression, made another text. */
function replaced(what: RegExp, by: readonly Latin[]): Change {
  return (text, random) => {
    const found = [...text.matchAll(what)];
    if (found.length === 0) return text;
    const { index, 0: old } = pick(found, random);
    return text.slice(0, index) + pick(by, random) +
      text.slice(index + old.length);
  };
}

function inserted(what: (random: () => number) => Latin): Change {
  return (text, random) => {
    const at = spot(text, random);
    return text.slice(0, at) + what(random) + text.slice(at);
  };
}

const binary = (random: () => number): Latin =>
  String.fromCharCode(
    ...Array.from({ length: 64 }, () => Math.floor(256 * random())),
  );

const CHANGES: readonly Change[] = [
  inPieces(LINES, without),
  inPieces(LINES, twice),
  inPieces(LINES, swapped),
  inPieces(SENTINELS, without),
  inPieces(SENTINELS, twice),
  inPieces(SENTINELS, swapped),
  replaced(/\d+/g, NUMBERS),
  replaced(/[^\s|:=@]+/g, WORDS),
  replaced(/(?<=@@n )[^\n]*/g, SECTIONS),
  replaced(/(?<=@@n \S* )[^\n]*/g, [...WORDS, ...NUMBERS]),
  inserted((random) => `\n@@n ${pick(SECTIONS, random)}\n`),
  inserted((random) => pick(WORDS, random)),
  inserted(binary),
  inserted((random) => pick([" ", "\t", "\n", "x", "1"], random).repeat(1e5)),
  inserted((random) =>
    pick(["exceeds ", "\n- d1", "<job_list ", "= a 1\n", "|A"], random)
      .repeat(3e4)
  ),
  (text, random) => text.slice(0, spot(text, random)),
  (text, random) => text.slice(spot(text, random)),
  (text) => text.repeat(50),
];

const LONGEST = 2 ** 20;

/** The text after one to four changes. */
export function changed(text: Latin, random: () => number): Latin {
  const times = 1 + Math.floor(4 * random() ** 2);
  return Array.from({ length: times }).reduce<Latin>(
    (text) => pick(CHANGES, random)(text, random).slice(0, LONGEST),
    text,
  );
}

export function bytesOfLatin(text: Latin): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A machine that answers whatever it is asked with what `reply` gives, and is gone once that is null. */
export function answering(reply: () => Latin | null): Shell {
  const failure = {
    kind: "connection",
    summary: "Cannot hear the far side",
    detail: "gone",
    isRetryable: true,
  } as const;
  return {
    local: false,
    async open(_script, io) {
      const text = reply();
      if (text === null) return { ok: false, error: failure };
      if (io?.stdin) await new Response(io.stdin).arrayBuffer().catch(() => {});
      return {
        ok: true,
        value: {
          stdout: streamOf(bytesOfLatin(text)),
          stderr: streamOf(bytesOfLatin("\x1b[2Jwords\n")),
          exit: Promise.resolve({ ok: true, value: 0 }),
        },
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
