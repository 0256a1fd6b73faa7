/** A field that holds a secret: plain text, or a reference to where it is. */
import type { Node } from "../parse/node.ts";
import type { Field } from "../schema/field.ts";
import {
  isBrokenReference,
  plainSecret,
  readReference,
  type Secret,
} from "../schema/secret.ts";
import { mistake } from "./findings.ts";
import type { Reading } from "./reading.ts";
import { expectation, showKind } from "./show.ts";

/** The value is never part of a message. */
export function readSecret(
  key: string,
  field: Field,
  node: Node,
  reading: Reading,
): Secret | undefined {
  const { findings, allowRef, secretSpans } = reading;
  if (node.kind !== "text") {
    mistake(
      findings,
      node.place,
      `${expectation(key, field)}, got ${showKind(node)}`,
    );
    return undefined;
  }
  const reference = readReference(node.value);
  if (reference?.from === "cmd" && !allowRef) {
    mistake(
      findings,
      node.place,
      `${key} runs a command, which is off by default; allow it with --allow-ref`,
    );
  }
  if (reference !== null) return reference;
  if (isBrokenReference(node.value)) {
    const forms = "${env:NAME}, ${file:PATH} or ${cmd:COMMAND}";
    mistake(
      findings,
      node.place,
      `${key} holds no valid reference; write ${forms} and nothing beside it`,
    );
    return undefined;
  }
  secretSpans.push({ file: node.place.file, span: node.span });
  return plainSecret(node.value);
}
