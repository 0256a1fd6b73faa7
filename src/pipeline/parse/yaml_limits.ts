/** Whether a YAML text is within the limits of the parser. */
import type { CST } from "yaml";
import {
  type LimitExceeded,
  MAX_CHARACTERS,
  MAX_DEPTH,
  MAX_WORD_LENGTH,
  tooDeep,
  tooLong,
  tooLongWord,
} from "./limits.ts";

type Yaml = typeof import("yaml");

/** Tokens: words, punctuation, spaces and line ends. A list of numbers has three for each number. */
const MAX_TOKENS = 50_000;

/** Marks of the lexer between tokens: begin of a document, begin of a scalar, end of a flow (CST of the package). */
const MARKS = ["\x02", "\x18", "\x1f"];

/** The first excess of a YAML text, or null. Lexer and parser do not recurse; only their output is nested. */
export function excessOfYaml(yaml: Yaml, text: string): LimitExceeded | null {
  if (text.length > MAX_CHARACTERS) return { offset: 0, message: tooLong };
  let pieces = 0;
  let offset = 0;
  for (const piece of new yaml.Lexer().lex(text)) {
    if (MARKS.includes(piece)) continue;
    if (++pieces > MAX_TOKENS) {
      const message = `it contains more than ${MAX_TOKENS} tokens`;
      return { offset, message };
    }
    if (piece.length > MAX_WORD_LENGTH) return { offset, message: tooLongWord };
    offset += piece.length;
  }
  const deep = deepToken([...new yaml.Parser().parse(text)]);
  return deep && { offset: deep.offset, message: tooDeep };
}

function deepToken(tokens: readonly CST.Token[]): CST.Token | null {
  let level = tokens;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    level = level.flatMap(within);
  }
  return level[0] ?? null;
}

function within(token: CST.Token): readonly CST.Token[] {
  if (token.type === "document") return token.value ? [token.value] : [];
  if (!("items" in token)) return [];
  return token.items.flatMap(({ key, value }) =>
    [key, value].filter((part) => part !== null && part !== undefined)
  );
}
