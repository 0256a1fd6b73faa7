/** Limits of a metadata text. Above them parsers take minutes, or overflow the stack. */
import type { ValueNode } from "./node.ts";

export const MAX_CHARACTERS = 4 * 2 ** 20;
export const MAX_WORDS = 200_000;
export const MAX_WORD_LENGTH = 65_536;
export const MAX_DEPTH = 100;

/** Where a text exceeds a limit. */
export interface LimitExceeded {
  readonly offset: number;
  readonly message: string;
}

export const tooLong = `it is longer than ${MAX_CHARACTERS} characters`;
export const tooMany = `it contains more than ${MAX_WORDS} keys and values`;
export const tooDeep = `it is nested more than ${MAX_DEPTH} levels deep`;
export const tooLongWord =
  `this value or key is longer than ${MAX_WORD_LENGTH} characters`;

/** The first node that is nested too deeply, or null. An alias is as deep as the node that it names. */
export function deepNode(root: ValueNode): ValueNode | null {
  let level: readonly ValueNode[] = [root];
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    level = level.flatMap(childrenOf);
  }
  return level[0] ?? null;
}

export function childrenOf(node: ValueNode): readonly ValueNode[] {
  if (node.kind === "array") return node.value;
  return node.kind === "table"
    ? Array.from(node.value.values(), (entry) => entry.node)
    : [];
}
