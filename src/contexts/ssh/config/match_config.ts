/** Which of the statements of ssh_config(5) are about a host, and what they set. */
import type { Statement } from "./parse_config.ts";
import { keywordOf } from "./option_table.ts";
import { matchesList } from "./patterns.ts";
import { expandTokens } from "./tokens.ts";

/** What is set so far; added to. */
export type Gathered = Map<string, readonly string[]>;

/** The host that the statements are asked about. */
export interface Subject {
  /** What Host is compared with: the alias, in the final pass the host name. */
  readonly host: string;
  readonly alias: string;
  readonly localUser: string;
  readonly isFinalPass: boolean;
}

/** Takes what applies; a keyword that is set already stays, but of IdentityFile all are kept. */
export function gather(
  statements: readonly Statement[],
  subject: Subject,
  values: Gathered,
): void {
  let applies = true;
  for (const statement of statements) {
    if (statement.kind === "host") {
      applies = matchesList(statement.patterns, subject.host);
    } else if (statement.kind === "match") {
      applies = meets(statement.criteria, subject, values);
    } else if (applies && statement.kind === "include") {
      for (const file of statement.files) gather(file, subject, values);
    } else if (applies && statement.kind === "set") set(statement, values);
  }
}

function set(
  { key: word, args }: {
    readonly key: string;
    readonly args: readonly string[];
  },
  values: Gathered,
): void {
  const key = keywordOf(word);
  if (key === "identityfile") {
    values.set(key, [...(values.get(key) ?? []), ...args]);
  } else if (!values.has(key) && !isBarred(key, values)) values.set(key, args);
}

/** Of ProxyJump and ProxyCommand the first counts; only `ProxyJump none` leaves room for a command (tried on 9.2). */
function isBarred(key: string, values: Gathered): boolean {
  if (key === "proxyjump") return values.has("proxycommand");
  if (key !== "proxycommand") return false;
  const jump = values.get("proxyjump")?.[0];
  return jump !== undefined && jump.toLowerCase() !== "none";
}

/** All criteria must be met. */
function meets(
  [criterion, ...others]: readonly string[],
  subject: Subject,
  values: Gathered,
): boolean {
  if (criterion === undefined) return true;
  const isNegated = criterion.startsWith("!");
  const name = criterion.replace(/^!/, "").toLowerCase();
  const flag = FLAGS.get(name);
  const met = flag?.(subject) ??
    isAbout(name, others[0] ?? "", subject, values);
  if (met === null || met === isNegated) return false;
  return meets(flag ? others : others.slice(1), subject, values);
}

/** Criteria without an argument. */
const FLAGS: ReadonlyMap<string, (subject: Subject) => boolean> = new Map([
  ["all", () => true],
  ["final", ({ isFinalPass }: Subject) => isFinalPass],
  ["canonical", ({ isFinalPass }: Subject) => isFinalPass],
]);

/** Null for criteria that are not looked at: exec, localnetwork, tagged and any that are newer. */
function isAbout(
  criterion: string,
  list: string,
  subject: Subject,
  values: Gathered,
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

/** HostName, in which `%h` is the host that was asked for; without it that host, in lower case. */
export function hostnameOf(values: Gathered, host: string): string {
  const h = host.toLowerCase();
  return expandTokens(values.get("hostname")?.[0] ?? "%h", { h });
}

/** True where a second pass is asked for, with the host name that the first found. */
export function asksForFinalPass(statements: readonly Statement[]): boolean {
  return statements.some((statement) =>
    statement.kind === "include"
      ? statement.files.some(asksForFinalPass)
      : statement.kind === "match" &&
        statement.criteria.some((word) => /^!?final$/i.test(word))
  );
}
