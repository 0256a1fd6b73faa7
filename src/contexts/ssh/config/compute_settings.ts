/** The settings of a host where there is no ssh program to ask. */
import { ok, type Result } from "../../../text/result.ts";
import type { Files } from "../../../environment/environment.ts";
import { readConfig, type Reading } from "./parse_config.ts";
import {
  asksForFinalPass,
  gather,
  type Gathered,
  hostnameOf,
} from "./match_config.ts";
import { readDestination } from "./destination.ts";
import { settingsFrom, type SshSettings } from "./settings.ts";
import type { LocalUser } from "./tokens.ts";

/** As on ssh's command line: the host, and what overrides its settings. */
export interface SshTarget {
  readonly alias: string;
  /** ssh's -l. */
  readonly user?: string;
  /** ssh's -p. */
  readonly port?: number;
  /** Path that is read instead of the user's and the system's file: ssh's -F. */
  readonly config?: string;
}

/**
 * What `ssh -G` would say, but for this: `Match exec` runs nothing and does not match, negated or not, and nor does
 * `Match localnetwork` or `tagged`; CanonicalizeHostname looks nothing up; addresses stay as they are written; keywords
 * that ssh does not know are passed over where it would refuse the file; only double quotes hold spaces together; a `#`
 * begins a comment even within a word. The error says which line cannot be understood.
 */
export function computeSettings(
  asked: SshTarget,
  { files, here }: { readonly files: Files; readonly here: LocalUser },
): Result<SshSettings, string> {
  const { user, host, port } = readDestination(asked.alias);
  const trees = [];
  for (const source of sourcesOf(asked, here)) {
    const tree = readConfig({ ...source, files, home: here.home, depth: 0 });
    if (!tree.ok) return tree;
    trees.push(tree.value);
  }
  const values: Gathered = new Map();
  const loginName = asked.user ?? user;
  const loginPort = asked.port ?? port;
  if (loginName !== null) values.set("user", [loginName]);
  if (loginPort !== null) values.set("port", [String(loginPort)]);
  const subject = { host, alias: host, localUser: here.user };
  for (const tree of trees) {
    gather(tree, { ...subject, isFinalPass: false }, values);
  }
  const hostname = hostnameOf(values, host);
  values.set("hostname", [hostname]);
  if (trees.some(asksForFinalPass)) {
    const found = { ...subject, host: hostname, isFinalPass: true };
    for (const tree of trees) gather(tree, found, values);
  }
  return ok(settingsFrom(values, host, here));
}

/** The user's file is read first, so that it wins. */
function sourcesOf(
  { config }: SshTarget,
  { home }: LocalUser,
): readonly Pick<Reading, "path" | "owner">[] {
  return config === undefined
    ? [
      { path: `${home}/.ssh/config`, owner: "user" },
      { path: "/etc/ssh/ssh_config", owner: "system" },
    ]
    : [{ path: config, owner: "user" }];
}
