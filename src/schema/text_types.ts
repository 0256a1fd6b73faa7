/**
 * Types of strings, by the characters that they may contain. The type of a field says where its string is written:
 * a part of a header line or of a command must not end the line, and a word must not become two.
 */
import * as v from "valibot";
import type { Value } from "./field.ts";

/** The longest path on Linux (PATH_MAX), without its closing NUL. */
const MAX_PATH_LENGTH = 4095;

/** Whether a shell, a file and a file name can contain the text. */
export function isWritable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

export const UNWRITABLE = "a NUL or half of a surrogate pair";

/** Completes "must be …" for any string. */
export const STRING = "a string";

const writable = v.pipe(v.string(), v.check(isWritable));

/** Any string: shell text that may span lines, passwords, and text that only dpdisp reads. */
export const text = one(`a string without ${UNWRITABLE}`, writable);
export const texts = many(text);

export const path = one(
  `a path without ${UNWRITABLE}, of at most ${MAX_PATH_LENGTH} characters`,
  v.pipe(writable, v.maxLength(MAX_PATH_LENGTH)),
);
export const paths = many(path);

/** Any character of a line, and any character of a word. Without flags, as JSON Schema has none. */
const SIGN = "[^\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]";
const LETTER = "[^\\s\\x00-\\x1f\\x7f-\\x9f\"'`\\\\]";
const COMMENT = `[ \\t]*(?:#${SIGN}*)?`;

/** One line: a part of a command line, which may contain spaces. */
export const line = one(
  "one line without control characters",
  matching(`${SIGN}*`),
);
export const lines = many(line);

/** A header line as the user writes it; or several lines, none of which can be a command. */
export const directive = one(
  "one line without control characters, or lines that each begin with #",
  matching(`${SIGN}*|${COMMENT}(?:\\n${COMMENT})*`),
);
export const directives = many(directive);

/** A name that is passed to a program as one argument, never as an option. */
export const name = one(
  'one line without control characters that does not begin with "-"',
  matching("(?!-)[^\\x00-\\x1f\\x7f-\\x9f]+"),
);

/** One word of a header line, where quotes and backslashes have a meaning in some batch systems. */
export const word = one(
  'one word without whitespace, quotes, backslashes and control characters that does not begin with "-"',
  matching(`(?!-)${LETTER}+`),
);

/** A word, or the empty string for none. */
export const wordOrNone = one(word.expectedText!, matching(`(?!-)${LETTER}*`));

function matching(whole: string) {
  return v.pipe(writable, v.regex(new RegExp(`^(?:${whole})$`)));
}

function one(
  expectedText: string,
  schema: v.GenericSchema<unknown, string>,
): Value<string> {
  return { form: "value", expected: STRING, expectedText, schema };
}

function many(
  { expectedText = STRING, schema }: Value<string>,
): Value<readonly string[]> {
  return {
    form: "value",
    expected: "an array of strings",
    expectedText,
    schema: v.array(schema),
  };
}
