/** A password or key of the input, until the context that needs it reads it. */
import { resolve } from "../text/path.ts";

/** Where the text of a secret is. Plain text is kept outside of it, so that a Secret can be printed, saved and compared. */
export type Secret =
  | { readonly from: "text" }
  | { readonly from: "env"; readonly name: string }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "cmd"; readonly command: string };

/** JSON, inspection and copies cannot reach these texts; a copy of a Secret has none. */
const texts = new WeakMap<Secret, string>();

export function plainSecret(text: string): Secret {
  const secret: Secret = { from: "text" };
  texts.set(secret, text);
  return secret;
}

/** The text of a secret that the input contains; null for a reference. */
export function plainText(secret: Secret): string | null {
  return texts.get(secret) ?? null;
}

/** A secret that is in an environment variable, in a file, or the output of a command. */
export type Reference = Exclude<Secret, { readonly from: "text" }>;

/** The absolute path of the file that a reference names. */
export function secretPath(
  path: string,
  cwd: string,
  home: string | undefined,
): string {
  return resolve(cwd, path.replace(/^~(?=\/)/, home ?? "~"));
}

/** Parses `${env:NAME}`, `${file:PATH}` or `${cmd:COMMAND}` without other text; null: not a reference. */
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
 * A reference anywhere in a text; null: none. What the shell reads in another way is not a reference:
 * `${env:-x}` is a default value, `${file:0:3}` a substring.
 */
export function findReference(text: string): string | null {
  return /\$\{(?:env|file|cmd):(?![-=?+\d\s])[^}]+\}/.exec(text)?.[0] ?? null;
}

/** Whether a text looks like a reference and is not a valid one: `${env:}`, `${ENV:NAME}`, `${vault:x}`. */
export function isBrokenReference(text: string): boolean {
  return /\$\{\s*\w+:[^}]*\}?/.test(text) && readReference(text) === null;
}
