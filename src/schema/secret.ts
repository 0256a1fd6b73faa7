/** A password or key on its way from the input to the context that needs it. */
import { resolve } from "../text/path.ts";

/** Where the text is to be had. Plain text is held apart: a Secret can be printed, saved and compared. */
export type Secret =
  | { readonly from: "text" }
  | { readonly from: "env"; readonly name: string }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "cmd"; readonly command: string };

/** Out of reach of JSON, inspection and copies; a copy of a Secret has lost its text. */
const texts = new WeakMap<Secret, string>();

export function plainSecret(text: string): Secret {
  const secret: Secret = { from: "text" };
  texts.set(secret, text);
  return secret;
}

/** The text of a secret that was written out in the input; null of a reference. */
export function plainText(secret: Secret): string | null {
  return texts.get(secret) ?? null;
}

/** A secret that is elsewhere. */
export type Reference = Exclude<Secret, { readonly from: "text" }>;

/** The absolute path of the file that a reference names. */
export function secretPath(
  path: string,
  cwd: string,
  home: string | undefined,
): string {
  return resolve(cwd, path.replace(/^~(?=\/)/, home ?? "~"));
}

/** `${env:NAME}`, `${file:PATH}` or `${cmd:COMMAND}` and nothing beside it; null: not a reference. */
export function readReference(
  text: string,
): Reference | null {
  const [, from, rest = ""] = /^\$\{(env|file|cmd):(.+)\}$/s.exec(text) ?? [];
  if (from === "env") {
    return /^[A-Za-z_]\w*$/.test(rest) ? { from, name: rest } : null;
  }
  if (from === "file") return { from, path: rest };
  return from === "cmd" ? { from, command: rest } : null;
}

/**
 * A reference that stands anywhere in a text; null: none. What the shell reads otherwise is none:
 * `${env:-x}` is a default, `${file:0:3}` a part.
 */
export function findReference(text: string): string | null {
  return /\$\{(?:env|file|cmd):(?![-=?+\d\s])[^}]+\}/.exec(text)?.[0] ?? null;
}

/** A text that begins like a reference and is none: `${env:}`, `${ENV:NAME}`, `${vault:x}`. */
export function isBrokenReference(text: string): boolean {
  return /\$\{\s*\w+:[^}]*\}?/.test(text) && readReference(text) === null;
}
