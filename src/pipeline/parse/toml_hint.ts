/** What to do about a TOML error, which the messages of the parser do not say. */
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
  const unquoted = hintForUnquoted(source, column);
  if (unquoted !== null) return unquoted;
  const rest = mayShowAfter(source.slice(0, column))
    ? source.slice(column)
    : "";
  const hint =
    HINTS.find(({ source: at, message: pattern }) =>
      at.test(source.slice(column)) && pattern.test(message)
    ) ??
      WHOLE_LINE.find(({ source: at, message: pattern }) =>
        at.test(source) && pattern.test(message)
      );
  return hint === undefined
    // The character itself may be one of a password.
    ? lowerFirst(message).replace(/code point \S+/, "character")
    : hint.hint(rest.slice(0, MAX_SHOWN), source.slice(0, MAX_SHOWN));
}

/** For `walltime = 2:30:00` and `memory = 4GB`: what begins with a digit is a string all the same; null: it is something else. */
function hintForUnquoted(source: string, column: number): string | null {
  const [, before, key, value] =
    /^(\s*([\w-]+)\s*=\s*)(\d[\w.-]*[A-Za-z:-][\w.:-]*)\s*(?:#.*)?$/
      .exec(source) ?? [];
  if (before === undefined || column < before.length) return null;
  return mayShowAfter(before)
    ? `write ${key} = "${value!.slice(0, MAX_SHOWN)}", in quotes`
    : "a string needs quotes";
}

/** Characters of a long line that a message shows. */
const MAX_SHOWN = 100;

interface Hint {
  /** Matched against the text from the error on. */
  readonly source: RegExp;
  readonly message: RegExp;
  readonly hint: (rest: string, source: string) => string;
}

const word = (rest: string): string => rest.match(/^[^\s,#\]}]+/)?.[0] ?? "…";

const ANY = /^/;
const CHARACTER = /^Unexpected (character|token)/;

const HINTS: readonly Hint[] = [
  {
    source: /^\/\/\//,
    message: ANY,
    hint: () =>
      "the metadata block ends at the last `# ///` of consecutive comment lines; leave an empty line after it",
  },
  {
    source: /^(True|False|TRUE|FALSE)\b/,
    message: CHARACTER,
    hint: (rest) =>
      `write ${word(rest).toLowerCase()} instead of ${word(rest)}`,
  },
  {
    source: /^(None|null|nil|NULL|~)(?![\w-])/,
    message: CHARACTER,
    hint: (rest) => `TOML has no ${word(rest)}; remove the key`,
  },
  {
    source: /^=/,
    message: CHARACTER,
    hint: () => "write one = between key and value",
  },
  {
    source: /^:/,
    message: ANY,
    hint: () => "write key = value, with = instead of :",
  },
  {
    source: /^[A-Za-z_./~$]/,
    message: CHARACTER,
    hint: (rest) => `a string needs quotes: write "${word(rest)}"`,
  },
  {
    source: ANY,
    message: /^Unspecified values/,
    hint: () => "a value is missing after =",
  },
  {
    source: ANY,
    message: /^Leading zeros/,
    hint: () => "a number must not begin with 0; a string needs quotes",
  },
  {
    source: ANY,
    message: /escape sequence/,
    hint: () =>
      "in double quotes a backslash begins an escape; use single quotes or write \\\\",
  },
  {
    source: ANY,
    message: /^Unterminated string/,
    hint: () => "the closing quote is missing on this line",
  },
  {
    source: ANY,
    message: /^Expected comma/,
    hint: () => "a comma, or the closing ] or } is missing before this",
  },
  {
    source: ANY,
    message: /^Unterminated array/,
    hint: () => "the closing ] of an array is missing",
  },
  {
    source: ANY,
    message: /^Unterminated inline table/,
    hint: () => "the closing } of an inline table is missing",
  },
  {
    source: ANY,
    message: /^Unterminated table-key/,
    hint: () => "the closing ] of the table's name is missing",
  },
  {
    source: ANY,
    message: /^Must be a newline/,
    hint: (rest) =>
      `only one key and value per line; found ${
        JSON.stringify(rest.replace(/[=#].*/, "…").trim() || "…")
      } after the value`,
  },
  {
    source: ANY,
    message: /^No newlines are allowed/,
    hint: () =>
      "an inline table { } must be on one line; use a [table] instead",
  },
  {
    source: ANY,
    message: /^Trailing comma/i,
    hint: () => "TOML 1.0 does not allow a comma before }",
  },
];

const WHOLE_LINE: readonly Hint[] = [
  {
    source: /^\s*\[/,
    message: /multiple times/,
    hint: (_, source) =>
      `duplicate table${
        prefixSpace(withoutValue(source.trim()))
      }, or a key has the same name`,
  },
  {
    source: ANY,
    message: /multiple times/,
    hint: (_, source) =>
      `duplicate key ${
        JSON.stringify(/^\s*([\w.-]+)\s*=/.exec(source)?.[1] ?? "…")
      }`,
  },
  {
    source: ANY,
    message: /^Expected equal/,
    hint: () => "a line must be `key = value` or `[table]`",
  },
];

function prefixSpace(text: string | null): string {
  return text === null ? "" : ` ${text}`;
}
