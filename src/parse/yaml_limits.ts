/** Whether a YAML text may be parsed. */
import type { CST } from "yaml";
import {
  DEEPEST,
  type Excess,
  MOST_CHARACTERS,
  tooDeep,
  tooLong,
} from "./limits.ts";

type Yaml = typeof import("yaml");

/** Of signs, blanks and line ends; a list of numbers has three for each. */
const MOST_PIECES = 100_000;

/** The first excess of a YAML text, or null. Neither the lexer nor the parser goes deeper itself: only what they give is nested. */
export function excessOfYaml(yaml: Yaml, text: string): Excess | null {
  if (text.length > MOST_CHARACTERS) return { offset: 0, message: tooLong };
  let pieces = 0;
  let offset = 0;
  for (const piece of new yaml.Lexer().lex(text)) {
    if (++pieces > MOST_PIECES) {
      const message = `it holds more than ${MOST_PIECES} signs and words`;
      return { offset, message };
    }
    offset += piece.length;
  }
  const deep = deepToken([...new yaml.Parser().parse(text)]);
  return deep && { offset: deep.offset, message: tooDeep };
}

function deepToken(tokens: readonly CST.Token[]): CST.Token | null {
  let level = tokens;
  for (let depth = 0; depth <= DEEPEST; depth++) level = level.flatMap(within);
  return level[0] ?? null;
}

function within(token: CST.Token): readonly CST.Token[] {
  if (token.type === "document") return token.value ? [token.value] : [];
  if (!("items" in token)) return [];
  return token.items.flatMap(({ key, value }) =>
    [key, value].filter((part) => part !== null && part !== undefined)
  );
}
