/** Whether a TOML text is within the limits of the parser. */
import {
  type LimitExceeded,
  MAX_CHARACTERS,
  MAX_DEPTH,
  MAX_WORD_LENGTH,
  MAX_WORDS,
  tooDeep,
  tooLong,
  tooLongWord,
  tooMany,
} from "./limits.ts";

/** Comments, strings (closed or not), brackets and bare keys of TOML 1.0. */
const TOKEN =
  /#[^\n]*|"""(?:[^"\\]+|\\[^]|"(?!""))*(?:""")?|'''(?:[^']+|'(?!''))*(?:''')?|"(?:[^"\\\n]+|\\.)*"?|'[^'\n]*'?|[[{]|[\]}]|[^\s#"'[\]{},=]+/g;

/** The first excess of a TOML text, or null. */
export function excessOfToml(text: string): LimitExceeded | null {
  if (text.length > MAX_CHARACTERS) return { offset: 0, message: tooLong };
  let words = 0;
  let depth = 0;
  for (const { 0: token, index: offset } of text.matchAll(TOKEN)) {
    const first = token.charAt(0);
    if (first === "#") continue;
    if ("[{".includes(first)) depth++;
    else if ("]}".includes(first)) depth = Math.max(0, depth - 1);
    else words++;
    if (depth > MAX_DEPTH) return { offset, message: tooDeep };
    if (words > MAX_WORDS) return { offset, message: tooMany };
    if (token.length > MAX_WORD_LENGTH) return { offset, message: tooLongWord };
  }
  return null;
}
