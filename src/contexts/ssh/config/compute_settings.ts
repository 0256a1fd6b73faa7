/** Computes the settings of a host where there is no ssh program. */
import { ok, type Result } from "../../../text/result.ts";
import type { Files } from "../../../environment/environment.ts";
import { type ConfigSource, readConfig } from "./parse_config.ts";
import {
  applyStatements,
  type ConfigValues,
  hostnameOf,
  needsFinalPass,
} from "./match_config.ts";
import { readDestination } from "./destination.ts";
import { settingsFrom, type SshSettings } from "./settings.ts";
import type { LocalUser } from "./tokens.ts";

/** The host, and what overrides its settings, as on the command line of ssh. */
export interface SshTarget {
  readonly alias: string;
  /** ssh's -l. */
  readonly user?: string;
  /** ssh's -p. */
  readonly port?: number;
  /** The file that is read instead of the user's and the system's: ssh's -F. */
  readonly config?: string;
}

/**
 * Gives what `ssh -G` would print, with these differences: `Match exec` runs nothing and does not match, negated or not,
 * nor does `Match localnetwork` or `tagged`; CanonicalizeHostname looks nothing up; addresses stay as they are written;
 * unknown keywords are skipped where ssh would refuse the file; only double quotes protect spaces; a `#` begins a comment
 * even within a word. The error names the line that cannot be parsed.
 */
export function computeSettings(
  target: SshTarget,
  { files, localUser }: {
    readonly files: Files;
    readonly localUser: LocalUser;
  },
): Result<SshSettings, string> {
  const { user, host, port } = readDestination(target.alias);
  const trees = [];
  for (const source of sourcesOf(target, localUser)) {
    const tree = readConfig({
      ...source,
      ...{ files, home: localUser.home, depth: 0 },
    });
    if (!tree.ok) return tree;
    trees.push(tree.value);
  }
  const values: ConfigValues = new Map();
  const loginName = target.user ?? user;
  const loginPort = target.port ?? port;
  if (loginName !== null) values.set("user", [loginName]);
  if (loginPort !== null) values.set("port", [String(loginPort)]);
  const subject = { host, alias: host, localUser: localUser.user };
  for (const tree of trees) {
    applyStatements(tree, { ...subject, isFinalPass: false }, values);
  }
  const hostname = hostnameOf(values, host);
  values.set("hostname", [hostname]);
  if (trees.some(needsFinalPass)) {
    const finalSubject = { ...subject, host: hostname, isFinalPass: true };
    for (const tree of trees) applyStatements(tree, finalSubject, values);
  }
  return ok(settingsFrom(values, host, localUser));
}

/** The user's file comes first, because the first value of a keyword counts. */
function sourcesOf(
  { config }: SshTarget,
  { home }: LocalUser,
): readonly Pick<ConfigSource, "path" | "owner">[] {
  return config === undefined
    ? [
      { path: `${home}/.ssh/config`, owner: "user" },
      { path: "/etc/ssh/ssh_config", owner: "system" },
    ]
    : [{ path: config, owner: "user" }];
}
