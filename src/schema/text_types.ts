/**
 * Kinds of text, by what may stand in it. A field says with its kind where its text goes: what becomes a part of a
 * header line or of a command may not end it, and a word may not become two.
 */
import * as v from "valibot";
import type { Value } from "./field.ts";

/** As long a path may be on Linux (PATH_MAX), its closing NUL not counted. */
const LONGEST_PATH = 4095;

/** What a shell, a file and a file name can hold. */
export function isWritable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

export const UNWRITABLE = "a NUL or half of a surrogate pair";

const writable = v.pipe(v.string(), v.check(isWritable));

/** Any text: shell text that may span lines, passwords, what only we read. */
export const text = one(`text without ${UNWRITABLE}`, writable);
export const texts = many(text);

export const path = one(
  `a path without ${UNWRITABLE}, of at most ${LONGEST_PATH} characters`,
  v.pipe(writable, v.maxLength(LONGEST_PATH)),
);
export const paths = many(path);

/** Any sign of a line, and any sign of a word. Without flags, as JSON Schema has none. */
const SIGN = "[^\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]";
const LETTER = "[^\\s\\x00-\\x1f\\x7f-\\x9f\"'`\\\\]";
const COMMENT = `[ \\t]*(?:#${SIGN}*)?`;

/** Text of one line: a part of a command line, with its blanks. */
export const line = one(
  "one line without control characters",
  matching(`${SIGN}*`),
);
export const lines = many(line);

/** A header line as the user writes it; or several, of which none can be a command. */
export const directive = one(
  "one line without control characters, or lines that each begin with #",
  matching(`${SIGN}*|${COMMENT}(?:\\n${COMMENT})*`),
);
export const directives = many(directive);

/** A name that a program is handed as one argument, never as an option. */
export const name = one(
  'one line without control characters that does not begin with "-"',
  matching("(?!-)[^\\x00-\\x1f\\x7f-\\x9f]+"),
);

/** One word of a header line: quotes and backslashes mean something there, to one batch system or another. */
export const word = one(
  'one word without blanks, quotes, backslashes and control characters that does not begin with "-"',
  matching(`(?!-)${LETTER}+`),
);

/** A word, or "" for none. */
export const wordOrNone = one(word.expectedText!, matching(`(?!-)${LETTER}*`));

function matching(whole: string) {
  return v.pipe(writable, v.regex(new RegExp(`^(?:${whole})$`)));
}

function one(
  alphabet: string,
  schema: v.GenericSchema<unknown, string>,
): Value<string> {
  return { form: "value", expected: "text", expectedText: alphabet, schema };
}

function many(
  { expectedText: alphabet = "text", schema }: Value<string>,
): Value<
  readonly string[]
> {
  return {
    form: "value",
    expected: "a list of texts",
    expectedText: alphabet,
    schema: v.array(schema),
  };
}
