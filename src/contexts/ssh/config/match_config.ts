/** Selects the statements of ssh_config(5) that apply to a host, and collects their values. */
import type { Statement } from "./parse_config.ts";
import { keywordOf } from "./option_table.ts";
import { matchesList } from "./patterns.ts";
import { expandTokens } from "./tokens.ts";

/** The values so far, by keyword in lower case. */
export type ConfigValues = Map<string, readonly string[]>;

/** The host that the statements are matched against. */
export interface Subject {
  /** What `Host` is compared with: the alias, or in the final pass the host name. */
  readonly host: string;
  readonly alias: string;
  readonly localUser: string;
  readonly isFinalPass: boolean;
}

/** Adds the values that apply to `values`. The first value of a keyword counts, except that all of IdentityFile do. */
export function applyStatements(
  statements: readonly Statement[],
  subject: Subject,
  values: ConfigValues,
): void {
  let applies = true;
  for (const statement of statements) {
    if (statement.kind === "host") {
      applies = matchesList(statement.patterns, subject.host);
    } else if (statement.kind === "match") {
      applies = meetsAll(statement.criteria, subject, values);
    } else if (applies && statement.kind === "include") {
      for (const file of statement.files) {
        applyStatements(file, subject, values);
      }
    } else if (applies && statement.kind === "set") setValue(statement, values);
  }
}

function setValue(
  { key: word, args }: {
    readonly key: string;
    readonly args: readonly string[];
  },
  values: ConfigValues,
): void {
  const key = keywordOf(word);
  if (key === "identityfile") {
    values.set(key, [...(values.get(key) ?? []), ...args]);
  } else if (!values.has(key) && !isExcluded(key, values)) {
    values.set(key, args);
  }
}

/** Of ProxyJump and ProxyCommand the first counts; a command may only follow `ProxyJump none` (tested with 9.2). */
function isExcluded(key: string, values: ConfigValues): boolean {
  if (key === "proxyjump") return values.has("proxycommand");
  if (key !== "proxycommand") return false;
  const jump = values.get("proxyjump")?.[0];
  return jump !== undefined && jump.toLowerCase() !== "none";
}

function meetsAll(
  [criterion, ...others]: readonly string[],
  subject: Subject,
  values: ConfigValues,
): boolean {
  if (criterion === undefined) return true;
  const isNegated = criterion.startsWith("!");
  const name = criterion.replace(/^!/, "").toLowerCase();
  const flag = FLAGS.get(name);
  const isMet = flag?.(subject) ??
    matchesCriterion(name, others[0] ?? "", subject, values);
  if (isMet === null || isMet === isNegated) return false;
  return meetsAll(flag ? others : others.slice(1), subject, values);
}

/** Criteria without an argument. */
const FLAGS: ReadonlyMap<string, (subject: Subject) => boolean> = new Map([
  ["all", () => true],
  ["final", ({ isFinalPass }: Subject) => isFinalPass],
  ["canonical", ({ isFinalPass }: Subject) => isFinalPass],
]);

/** Null for criteria that are not supported: exec, localnetwork, tagged and newer ones. */
function matchesCriterion(
  criterion: string,
  list: string,
  subject: Subject,
  values: ConfigValues,
): boolean | null {
  const text = new Map([
    ["host", hostnameOf(values, subject.host).toLowerCase()],
    ["originalhost", subject.alias],
    ["user", values.get("user")?.[0] ?? subject.localUser],
    ["localuser", subject.localUser],
  ]).get(criterion);
  if (text === undefined) return null;
  const patterns = criterion === "host" ? list.toLowerCase() : list;
  return matchesList(patterns.split(","), text);
}

/** HostName, in which `%h` is the given host; without HostName the given host in lower case. */
export function hostnameOf(values: ConfigValues, host: string): string {
  const h = host.toLowerCase();
  return expandTokens(values.get("hostname")?.[0] ?? "%h", { h });
}

/** True where `Match final` requires a second pass, with the host name of the first one. */
export function needsFinalPass(statements: readonly Statement[]): boolean {
  return statements.some((statement) =>
    statement.kind === "include"
      ? statement.files.some(needsFinalPass)
      : statement.kind === "match" &&
        statement.criteria.some((word) => /^!?final$/i.test(word))
  );
}
