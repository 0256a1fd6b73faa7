/** What a text of metadata may hold. Above it parsers take minutes, or run out of stack, whatever the text says. */
import type { ValueNode } from "./node.ts";

export const MOST_CHARACTERS = 4 * 2 ** 20;
export const MOST_WORDS = 200_000;
export const LONGEST_WORD = 65_536;
export const DEEPEST = 100;

/** Where a text goes beyond a limit. */
export interface Excess {
  readonly offset: number;
  readonly message: string;
}

export const tooLong = `it is longer than ${MOST_CHARACTERS} characters`;
export const tooMany = `it holds more than ${MOST_WORDS} keys and values`;
export const tooDeep = `it is nested more than ${DEEPEST} levels deep`;
export const tooLongWord =
  `this value or key is longer than ${LONGEST_WORD} characters`;

/** The first node that lies too deep, or null. Aliases are no deeper than what they name. */
export function deepNode(root: ValueNode): ValueNode | null {
  let level: readonly ValueNode[] = [root];
  for (let depth = 0; depth <= DEEPEST; depth++) {
    level = level.flatMap(childrenOf);
  }
  return level[0] ?? null;
}

export function childrenOf(node: ValueNode): readonly ValueNode[] {
  if (node.kind === "list") return node.value;
  return node.kind === "table"
    ? Array.from(node.value.values(), (entry) => entry.node)
    : [];
}
