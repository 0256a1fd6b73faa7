/** Files of ssh_config(5) as statements, with what they include in its place. */
import { parse } from "ssh-config";
import { fail, ok, type Result } from "../../../text/result.ts";
import { glob } from "../../../text/glob.ts";
import { normalise } from "../../../text/path.ts";
import type { Files } from "../../../environment/environment.ts";
import { expandHome } from "./tokens.ts";

export type Statement =
  | { readonly kind: "host"; readonly patterns: readonly string[] }
  /** Criteria and their arguments, in one list. */
  | { readonly kind: "match"; readonly criteria: readonly string[] }
  | {
    readonly kind: "include";
    readonly files: readonly (readonly Statement[])[];
  }
  /** The keyword in lower case. Of a ProxyCommand the arguments are one: the line as it stands. */
  | {
    readonly kind: "set";
    readonly key: string;
    readonly args: readonly string[];
  };

/** Where a file is, what reads it, and how many files include it. */
export interface Reading {
  readonly path: string;
  /** A user's file includes from ~/.ssh, the system's from /etc/ssh. */
  readonly owner: "user" | "system";
  readonly home: string;
  readonly files: Files;
  readonly depth: number;
}

/** ssh's own limit (READCONF_MAX_DEPTH). */
const DEEPEST = 16;

/** The error says where something cannot be understood. A file that is not there says nothing. */
export function readConfig(
  reading: Reading,
): Result<readonly Statement[], string> {
  const { path, depth } = reading;
  if (depth > DEEPEST) {
    return fail(`${path} is included through more than ${DEEPEST} files`);
  }
  const bytes = reading.files.read(path);
  if (bytes === null) return ok([]);
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return all(lines, (line, at) => {
    if (/^\s*(#|$)/.test(line)) return ok([]);
    const statement = readLine(line, reading);
    if (statement === null) {
      return fail(`${path} line ${at + 1} cannot be understood: ${line}`);
    }
    return statement.ok ? ok([statement.value]) : statement;
  });
}

function readLine(
  line: string,
  reading: Reading,
): Result<Statement, string> | null {
  const [, keyword, rest] = /^\s*([^\s="]+)[\s=]+(.*?)\s*$/s.exec(line) ?? [];
  const key = keyword?.toLowerCase();
  if (key === undefined || rest === "") return null;
  // The library would lose spaces and comment signs in it, which are the shell's to judge.
  if (key === "proxycommand") return ok({ kind: "set", key, args: [rest!] });
  const args = argumentsOf(line);
  if (args === null) return null;
  if (key === "host") return ok({ kind: "host", patterns: args });
  if (key === "match") return ok({ kind: "match", criteria: args });
  if (key !== "include") return ok({ kind: "set", key, args });
  const files = all(
    args.flatMap((pattern) => included(pattern, reading)),
    (path) => {
      const file = readConfig({ ...reading, path, depth: reading.depth + 1 });
      return file.ok ? ok([file.value]) : file;
    },
  );
  return files.ok ? ok({ kind: "include", files: files.value }) : files;
}

/** The library reads one line at a time: of a whole file it would take the next line for a value that is missing. */
function argumentsOf(line: string): readonly string[] | null {
  try {
    const found = parse(line).find((node) => "value" in node);
    if (found === undefined || !("value" in found)) return null;
    const { value } = found;
    return typeof value === "string" ? [value] : value.map(({ val }) => val);
  } catch {
    return null;
  }
}

/** Paths that an Include means, in lexical order. */
function included(
  pattern: string,
  { owner, home, files }: Reading,
): readonly string[] {
  const expanded = owner === "user" ? expandHome(pattern, { home }) : pattern;
  const folder = owner === "user" ? `${home}/.ssh` : "/etc/ssh";
  const path = normalise(
    expanded.startsWith("/") ? expanded : `${folder}/${expanded}`,
  );
  return (glob(path.slice(1), "/", files) ?? []).map((found) => `/${found}`)
    .sort();
}

/** What each gives, in one list, or the first error. */
function all<T, U>(
  items: readonly T[],
  read: (item: T, at: number) => Result<readonly U[], string>,
): Result<readonly U[], string> {
  const found: U[] = [];
  for (const [at, item] of items.entries()) {
    const result = read(item, at);
    if (!result.ok) return result;
    found.push(...result.value);
  }
  return ok(found);
}
