/** A secret field: plain text, or a reference to the secret. */
import type { ValueNode } from "../parse/node.ts";
import type { Field } from "../../schema/field.ts";
import {
  isBrokenReference,
  plainSecret,
  readReference,
  type Reference,
  type Secret,
  secretPath,
} from "../../schema/secret.ts";
import { addError } from "./diagnostics.ts";
import { mayDo } from "./trust_needs.ts";
import type { Secrets, ValidationContext } from "./context.ts";
import { describeNode, expectation } from "./format_value.ts";

/** No message contains the value. */
export function readSecret(
  key: string,
  field: Field,
  node: ValueNode,
  context: ValidationContext,
): Secret | undefined {
  const { findings, secrets } = context;
  if (node.kind !== "string") {
    addError(
      findings,
      node.location,
      `${expectation(key, field)}, got ${describeNode(node)}`,
    );
    return undefined;
  }
  const reference = readReference(node.value);
  if (reference !== null) {
    const need = { location: node.location, field: key, digest: null };
    const { trust, isRead: isRead } = secrets;
    if (isRead) {
      mayDo(trust, { ...need, does: describeReading(reference, secrets) });
    }
    return reference;
  }
  if (isBrokenReference(node.value)) {
    const forms = "${env:NAME}, ${file:PATH} or ${cmd:COMMAND}";
    addError(
      findings,
      node.location,
      `${key} contains an invalid reference; write ${forms} without other text`,
    );
    return undefined;
  }
  return plainSecret(node.value);
}

/** What dpdisp does to read the reference. */
function describeReading(reference: Reference, { cwd, home }: Secrets): string {
  switch (reference.from) {
    case "env":
      return `reads the environment variable ${reference.name}`;
    case "file":
      return `reads the file ${secretPath(reference.path, cwd, home)}`;
    case "cmd":
      return `runs the command ${JSON.stringify(reference.command)}`;
  }
}
