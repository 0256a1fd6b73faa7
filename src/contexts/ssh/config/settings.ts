/** The settings that `ssh host` would use, as a value: ssh_config(5). */
import { type LoginPolicy, policyFrom } from "./login_policy.ts";
import { type Destination, readJumps } from "./destination.ts";
import {
  expandPath,
  expandTokens,
  type LocalUser,
  pathTokens,
  type Target,
  targetTokens,
} from "./tokens.ts";

/** `~`, tokens and variables are expanded in all values. What is not set has ssh's default. */
export interface SshSettings {
  readonly hostname: string;
  readonly user: string;
  readonly port: number;
  /** Private keys in the order in which they are tried, whether or not they exist. */
  readonly identityFiles: readonly string[];
  /** True where keys of the agent are tried only if they are among `identityFiles`. */
  readonly identitiesOnly: boolean;
  /** A socket; "none" where no agent is used; null for the socket of SSH_AUTH_SOCK. */
  readonly identityAgent: string | null;
  /**
   * From the nearest to the farthest. Each jump host has its own settings, to be looked up by its host, user and port; of
   * those, ProxyJump counts only for the first jump host, because the others are reached through the one before.
   */
  readonly proxyJump: readonly Destination[];
  /** A command for `sh -c`; null where there is none, and always where there are jump hosts. */
  readonly proxyCommand: string | null;
  /** The user's, then the system's. */
  readonly knownHostsFiles: readonly string[];
  readonly strictHostKeyChecking: "yes" | "no" | "ask" | "accept-new";
  /** The name of the host in known_hosts, which has no port then. */
  readonly hostKeyAlias: string | null;
  readonly policy: LoginPolicy;
}

/** Keywords in lower case with their arguments; all values of `identityfile`, and the first one of other keywords. */
export type SettingValues = ReadonlyMap<string, readonly string[]>;

/** Where the values have no host name the alias is used. */
export function settingsFrom(
  values: SettingValues,
  alias: string,
  localUser: LocalUser,
): SshSettings {
  const first = (key: string): string | null => values.get(key)?.[0] ?? null;
  const target: Target = {
    alias,
    hostname: first("hostname") ?? alias,
    user: first("user") ?? localUser.user,
    port: Number(first("port") ?? 22),
    hostKeyAlias: first("hostkeyalias"),
  };
  const tokens = pathTokens(target, localUser);
  const path = (text: string) => expandPath(text, tokens, localUser);
  const proxyValue = (key: string): string =>
    expandTokens(unlessNone(first(key)) ?? "", targetTokens(target));
  const { hostname, user, port, hostKeyAlias } = target;
  return {
    ...{ hostname, user, port, hostKeyAlias },
    identityFiles: expandPaths(values.get("identityfile") ?? KEYS, path),
    identitiesOnly: /^(yes|true)$/i.test(first("identitiesonly") ?? ""),
    identityAgent: agentOf(first("identityagent"), path, localUser),
    proxyJump: readJumps(proxyValue("proxyjump")),
    proxyCommand: proxyValue("proxycommand") || null,
    knownHostsFiles: [
      ...expandPaths(
        values.get("userknownhostsfile") ?? USER_KNOWN_HOSTS,
        path,
      ),
      ...expandPaths(
        values.get("globalknownhostsfile") ?? GLOBAL_KNOWN_HOSTS,
        String,
      ),
    ],
    strictHostKeyChecking: strictness(first("stricthostkeychecking")),
    policy: policyFrom(values, path),
  };
}

/** The default keys of ssh that need no hardware and are not obsolete. */
const KEYS = ["~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"];
const USER_KNOWN_HOSTS = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
const GLOBAL_KNOWN_HOSTS = [
  "/etc/ssh/ssh_known_hosts",
  "/etc/ssh/ssh_known_hosts2",
];

/** `ssh -G` prints true and false for yes and no. */
function strictness(
  value: string | null,
): SshSettings["strictHostKeyChecking"] {
  const word = value?.toLowerCase() ?? "";
  if (/^(yes|true)$/.test(word)) return "yes";
  if (/^(no|off|false)$/.test(word)) return "no";
  return word === "accept-new" ? word : "ask";
}

function expandPaths(
  paths: readonly string[],
  expand: (path: string) => string | null,
): readonly string[] {
  const expanded = paths.flatMap((text) => unlessNone(text) ?? [])
    .flatMap((text) => expand(text) ?? []);
  return [...new Set(expanded)];
}

/** `SSH_AUTH_SOCK` and `$NAME` name a variable with the path of the socket; where it is not set there is no agent. */
function agentOf(
  value: string | null,
  expand: (path: string) => string | null,
  localUser: LocalUser,
): string | null {
  if (value === null || value === "SSH_AUTH_SOCK") return null;
  if (unlessNone(value) === null) return "none";
  const variable = /^\$(\w+)$/.exec(value)?.[1];
  const socket = variable === undefined
    ? expand(value)
    : localUser.env(variable);
  return socket ?? "none";
}

function unlessNone(text: string | null): string | null {
  return text?.toLowerCase() === "none" ? null : text;
}
