/** What to do about a TOML error; the parser's own words are terse. */
import { lowerFirst } from "../../text/grammar.ts";
import { mayShowAfter, withoutValue } from "./showable.ts";

/** Line from 1, column from 0, both of the TOML text. */
export function tomlHint(
  text: string,
  line: number,
  column: number,
  message: string,
): string {
  const source = text.split("\n")[line - 1] ?? "";
  const rest = mayShowAfter(source.slice(0, column))
    ? source.slice(column)
    : "";
  const hint =
    HINTS.find(({ at, says }) =>
      at.test(source.slice(column)) && says.test(message)
    ) ??
      WHOLE_LINE.find(({ at, says }) => at.test(source) && says.test(message));
  return hint === undefined
    // The character itself may be one of a password.
    ? lowerFirst(message).replace(/code point \S+/, "character")
    : hint.advice(rest.slice(0, SHOWN), source.slice(0, SHOWN));
}

/** Of a long line the rest tells nothing more. */
const SHOWN = 100;

interface Hint {
  /** Matched against the text from the error on. */
  readonly at: RegExp;
  readonly says: RegExp;
  readonly advice: (rest: string, source: string) => string;
}

const word = (rest: string): string => rest.match(/^[^\s,#\]}]+/)?.[0] ?? "…";

const ANY = /^/;
const CHARACTER = /^Unexpected (character|token)/;

const HINTS: readonly Hint[] = [
  {
    at: /^\/\/\//,
    says: ANY,
    advice: () =>
      "the block ends only at the last `# ///` of its comment lines; leave an empty line after it",
  },
  {
    at: /^(True|False|TRUE|FALSE)\b/,
    says: CHARACTER,
    advice: (rest) =>
      `write ${word(rest).toLowerCase()} instead of ${word(rest)}`,
  },
  {
    at: /^(None|null|nil|NULL|~)(?![\w-])/,
    says: CHARACTER,
    advice: (rest) => `there is no ${word(rest)} in TOML; leave the key out`,
  },
  {
    at: /^=/,
    says: CHARACTER,
    advice: () => "write one = between key and value",
  },
  {
    at: /^:/,
    says: ANY,
    advice: () => "write key = value, with = instead of :",
  },
  {
    at: /^[A-Za-z_./~$]/,
    says: CHARACTER,
    advice: (rest) => `text needs quotes: write "${word(rest)}"`,
  },
  {
    at: ANY,
    says: /^Unspecified values/,
    advice: () => "a value is missing after =",
  },
  {
    at: ANY,
    says: /^Leading zeros/,
    advice: () => "a number must not begin with 0; text needs quotes",
  },
  {
    at: ANY,
    says: /escape sequence/,
    advice: () =>
      "in double quotes a backslash begins an escape; use single quotes or write \\\\",
  },
  {
    at: ANY,
    says: /^Unterminated string/,
    advice: () => "the closing quote is missing on this line",
  },
  {
    at: ANY,
    says: /^Expected comma/,
    advice: () => "a comma, or the closing ] or } is missing before this",
  },
  {
    at: ANY,
    says: /^Unterminated array/,
    advice: () => "the closing ] of a list is missing",
  },
  {
    at: ANY,
    says: /^Unterminated inline table/,
    advice: () => "the closing } of a table is missing",
  },
  {
    at: ANY,
    says: /^Unterminated table-key/,
    advice: () => "the closing ] of the table's name is missing",
  },
  {
    at: ANY,
    says: /^Must be a newline/,
    advice: (rest) =>
      `only one value a line; found ${
        JSON.stringify(rest.replace(/[=#].*/, "…").trim() || "…")
      } after it`,
  },
  {
    at: ANY,
    says: /^No newlines are allowed/,
    advice: () =>
      "a { } table must stand on one line; use a [table] of its own",
  },
  {
    at: ANY,
    says: /^Trailing comma/i,
    advice: () => "no comma before } in TOML 1.0",
  },
];

const WHOLE_LINE: readonly Hint[] = [
  {
    at: /^\s*\[/,
    says: /multiple times/,
    advice: (_, source) =>
      `the table ${
        withoutValue(source.trim()) ?? "of this name"
      } is there twice, or its name is also a key`,
  },
  {
    at: ANY,
    says: /multiple times/,
    advice: (_, source) =>
      `the key ${
        JSON.stringify(/^\s*([\w.-]+)\s*=/.exec(source)?.[1] ?? "…")
      } is there twice`,
  },
  {
    at: ANY,
    says: /^Expected equal/,
    advice: () => "a line must be `key = value` or `[table]`",
  },
];
