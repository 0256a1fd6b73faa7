/** A value as it stands in a file, the same whether the file is TOML, JSON or YAML. */
import type { SourceLocation } from "../../model/diagnostic.ts";

export type ValueNode = ScalarNode | ListNode | TableNode;

/** A value without parts. `value` of a date is its source text. */
export type ScalarNode =
  | {
    readonly kind: "text";
    readonly location: SourceLocation;
    readonly value: string;
    readonly span: Span;
  }
  /** Beyond 2^53 a bigint, so that no digit is lost. */
  | {
    readonly kind: "integer";
    readonly location: SourceLocation;
    readonly value: number | bigint;
  }
  | {
    readonly kind: "float";
    readonly location: SourceLocation;
    readonly value: number;
  }
  | {
    readonly kind: "flag";
    readonly location: SourceLocation;
    readonly value: boolean;
  }
  | {
    readonly kind: "null";
    readonly location: SourceLocation;
    readonly value: null;
  }
  | {
    readonly kind: "date";
    readonly location: SourceLocation;
    readonly value: string;
  };

export interface ListNode {
  readonly kind: "list";
  readonly location: SourceLocation;
  readonly value: readonly ValueNode[];
}

export interface TableNode {
  readonly kind: "table";
  readonly location: SourceLocation;
  readonly value: ReadonlyMap<string, TableEntry>;
  /** A `$ref` of it could not be read: keys may be missing that are elsewhere. */
  readonly partial?: true;
}

export interface TableEntry {
  readonly keyLocation: SourceLocation;
  readonly node: ValueNode;
}

/** Where a value begins and ends in its file; lines and columns from 1, `end` excluded. */
export interface Span {
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

/** An integer as a number where that loses nothing. */
export function exactInteger(value: bigint): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

/** The node at a path of keys and indices, or null. */
export function nodeAt(
  node: ValueNode,
  path: readonly (string | number)[],
): ValueNode | null {
  const [head, ...rest] = path;
  if (head === undefined) return node;
  const child = childOf(node, head);
  return child === undefined ? null : nodeAt(child, rest);
}

/** Where the value at a path stands; the nearest parent's place where it is absent. */
export function locationAt(
  node: ValueNode,
  path: readonly (string | number)[],
): SourceLocation {
  const [head, ...rest] = path;
  const child = head === undefined ? undefined : childOf(node, head);
  return child === undefined ? node.location : locationAt(child, rest);
}

function childOf(
  node: ValueNode,
  step: string | number,
): ValueNode | undefined {
  if (node.kind === "list" && typeof step === "number") return node.value[step];
  return node.kind === "table" ? node.value.get(String(step))?.node : undefined;
}
