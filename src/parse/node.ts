/** A value as it stands in a file, the same whether the file is TOML, JSON or YAML. */
import type { Place } from "../mistake.ts";

export type Node = Leaf | ListNode | TableNode;

/** A value without parts. `value` of a date is its source text. */
export type Leaf =
  | {
    readonly kind: "text";
    readonly place: Place;
    readonly value: string;
  }
  /** Beyond 2^53 a bigint, so that no digit is lost. */
  | {
    readonly kind: "integer";
    readonly place: Place;
    readonly value: number | bigint;
  }
  | { readonly kind: "float"; readonly place: Place; readonly value: number }
  | { readonly kind: "flag"; readonly place: Place; readonly value: boolean }
  | { readonly kind: "null"; readonly place: Place; readonly value: null }
  | { readonly kind: "date"; readonly place: Place; readonly value: string };

export interface ListNode {
  readonly kind: "list";
  readonly place: Place;
  readonly value: readonly Node[];
}

export interface TableNode {
  readonly kind: "table";
  readonly place: Place;
  readonly value: ReadonlyMap<string, Entry>;
  /** A `$ref` of it could not be read: keys may be missing that are elsewhere. */
  readonly partial?: true;
}

export interface Entry {
  readonly keyPlace: Place;
  readonly node: Node;
}

/** An integer as a number where that loses nothing. */
export function exactInteger(value: bigint): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

/** The node at a path of keys and indices, or null. */
export function nodeAt(
  node: Node,
  path: readonly (string | number)[],
): Node | null {
  const [head, ...rest] = path;
  if (head === undefined) return node;
  const child = childOf(node, head);
  return child === undefined ? null : nodeAt(child, rest);
}

/** Where the value at a path stands; the nearest parent's place where it is absent. */
export function placeAt(node: Node, path: readonly (string | number)[]): Place {
  const [head, ...rest] = path;
  const child = head === undefined ? undefined : childOf(node, head);
  return child === undefined ? node.place : placeAt(child, rest);
}

function childOf(node: Node, step: string | number): Node | undefined {
  if (node.kind === "list" && typeof step === "number") return node.value[step];
  return node.kind === "table" ? node.value.get(String(step))?.node : undefined;
}
