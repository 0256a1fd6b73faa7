/** A value with its location in a file, the same type for TOML, JSON and YAML. */
import type { SourceLocation } from "../../model/diagnostic.ts";

export type ValueNode = ScalarNode | ArrayNode | TableNode;

/** A value that is not an array or table. `value` of a date is its source text. */
export type ScalarNode =
  | {
    readonly kind: "string";
    readonly location: SourceLocation;
    readonly value: string;
  }
  /** Above 2^53 a bigint, so that no digit is lost. */
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
    readonly kind: "boolean";
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

export interface ArrayNode {
  readonly kind: "array";
  readonly location: SourceLocation;
  readonly value: readonly ValueNode[];
}

export interface TableNode {
  readonly kind: "table";
  readonly location: SourceLocation;
  readonly value: ReadonlyMap<string, TableEntry>;
  /** A `$ref` of it could not be read: missing keys may be in that file. */
  readonly partial?: true;
}

export interface TableEntry {
  readonly keyLocation: SourceLocation;
  readonly node: ValueNode;
}

/** An integer as a number where that is exact. */
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

/** The location of the value at a path; if it is absent, the location of its nearest parent. */
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
  if (node.kind === "array" && typeof step === "number") {
    return node.value[step];
  }
  return node.kind === "table" ? node.value.get(String(step))?.node : undefined;
}
