/** Parses files of ssh_config(5) into statements, with the statements of included files. */
import { parse } from "ssh-config";
import { fail, ok, type Result } from "../../../text/result.ts";
import { glob } from "../../../text/glob.ts";
import { normalise } from "../../../text/path.ts";
import type { Files } from "../../../environment/environment.ts";
import { expandHome } from "./tokens.ts";

export type Statement =
  | { readonly kind: "host"; readonly patterns: readonly string[] }
  /** Criteria and their arguments in one list. */
  | { readonly kind: "match"; readonly criteria: readonly string[] }
  | {
    readonly kind: "include";
    readonly files: readonly (readonly Statement[])[];
  }
  /** The keyword is in lower case. A ProxyCommand has one argument: the rest of the line unchanged. */
  | {
    readonly kind: "set";
    readonly key: string;
    readonly args: readonly string[];
  };

/** A configuration file and what is needed to read it. */
export interface ConfigSource {
  readonly path: string;
  /** Relative paths of Include are below ~/.ssh in the user's file and below /etc/ssh in the system's. */
  readonly owner: "user" | "system";
  readonly home: string;
  readonly files: Files;
  /** The number of files that include it, one through the other. */
  readonly depth: number;
}

/** ssh's own limit (READCONF_MAX_DEPTH). */
const MAX_DEPTH = 16;

/** The error names the line that cannot be parsed. A file that does not exist counts as empty. */
export function readConfig(
  source: ConfigSource,
): Result<readonly Statement[], string> {
  const { path, depth } = source;
  if (depth > MAX_DEPTH) {
    return fail(`${path} is included through more than ${MAX_DEPTH} files`);
  }
  const bytes = source.files.read(path);
  if (bytes === null) return ok([]);
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return collect(lines, (line, at) => {
    if (/^\s*(#|$)/.test(line)) return ok([]);
    const statement = parseLine(line, source);
    if (statement === null) {
      return fail(`${path} line ${at + 1} cannot be parsed: ${line}`);
    }
    return statement.ok ? ok([statement.value]) : statement;
  });
}

function parseLine(
  line: string,
  source: ConfigSource,
): Result<Statement, string> | null {
  const [, keyword, rest] = /^\s*([^\s="]+)[\s=]+(.*?)\s*$/s.exec(line) ?? [];
  const key = keyword?.toLowerCase();
  if (key === undefined || rest === "") return null;
  // The library would drop spaces and comment signs, which belong to the shell command.
  if (key === "proxycommand") return ok({ kind: "set", key, args: [rest!] });
  const args = argumentsOf(line);
  if (args === null) return null;
  if (key === "host") return ok({ kind: "host", patterns: args });
  if (key === "match") return ok({ kind: "match", criteria: args });
  if (key !== "include") return ok({ kind: "set", key, args });
  const files = collect(
    args.flatMap((pattern) => includedPaths(pattern, source)),
    (path) => {
      const file = readConfig({ ...source, path, depth: source.depth + 1 });
      return file.ok ? ok([file.value]) : file;
    },
  );
  return files.ok ? ok({ kind: "include", files: files.value }) : files;
}

/** The library gets one line at a time, because in a whole file it would use the next line for a missing value. */
function argumentsOf(line: string): readonly string[] | null {
  try {
    const node = parse(line).find((node) => "value" in node);
    if (node === undefined || !("value" in node)) return null;
    const { value } = node;
    return typeof value === "string" ? [value] : value.map(({ val }) => val);
  } catch {
    return null;
  }
}

/** The paths that a pattern of Include matches, in lexical order. */
function includedPaths(
  pattern: string,
  { owner, home, files }: ConfigSource,
): readonly string[] {
  const expanded = owner === "user" ? expandHome(pattern, { home }) : pattern;
  const directory = owner === "user" ? `${home}/.ssh` : "/etc/ssh";
  const path = normalise(
    expanded.startsWith("/") ? expanded : `${directory}/${expanded}`,
  );
  return (glob(path.slice(1), "/", files) ?? []).map((found) => `/${found}`)
    .sort();
}

/** The results of all items in one list, or the first error. */
function collect<T, U>(
  items: readonly T[],
  read: (item: T, at: number) => Result<readonly U[], string>,
): Result<readonly U[], string> {
  const collected: U[] = [];
  for (const [at, item] of items.entries()) {
    const result = read(item, at);
    if (!result.ok) return result;
    collected.push(...result.value);
  }
  return ok(collected);
}
