/** What `ssh host` would do, as a value: ssh_config(5). */
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

/** `~`, tokens and variables are expanded everywhere. What nobody set has ssh's default. */
export interface SshSettings {
  readonly hostname: string;
  readonly user: string;
  readonly port: number;
  /** Private keys in the order of trying, whether or not they exist. */
  readonly identityFiles: readonly string[];
  /** True: keys of the agent are tried only if they are among `identityFiles`. */
  readonly identitiesOnly: boolean;
  /** A socket; "none": no agent is asked; null: that of SSH_AUTH_SOCK. */
  readonly identityAgent: string | null;
  /**
   * From the nearest to the farthest. Each has settings of its own, to be looked up by its host, user and port; the
   * ProxyJump among those counts for the first alone, as the others are reached by way of the one before.
   */
  readonly proxyJump: readonly Destination[];
  /** For `sh -c`; null: none. Never beside a jump. */
  readonly proxyCommand: string | null;
  /** The user's, then the system's. */
  readonly knownHostsFiles: readonly string[];
  readonly strictHostKeyChecking: "yes" | "no" | "ask" | "accept-new";
  /** What known_hosts calls the host, without a port whatever the port is. */
  readonly hostKeyAlias: string | null;
  readonly policy: LoginPolicy;
}

/** Keywords in lower case with their arguments, the first that was said; of `identityfile` all. */
export type Values = ReadonlyMap<string, readonly string[]>;

/** Both ways of finding the values say the host name; the alias stands in for one that is missing. */
export function settingsFrom(
  values: Values,
  alias: string,
  here: LocalUser,
): SshSettings {
  const first = (key: string): string | null => values.get(key)?.[0] ?? null;
  const target: Target = {
    alias,
    hostname: first("hostname") ?? alias,
    user: first("user") ?? here.user,
    port: Number(first("port") ?? 22),
    hostKeyAlias: first("hostkeyalias"),
  };
  const tokens = pathTokens(target, here);
  const path = (text: string) => expandPath(text, tokens, here);
  const onWay = (key: string): string =>
    expandTokens(unlessNone(first(key)) ?? "", targetTokens(target));
  const { hostname, user, port, hostKeyAlias } = target;
  return {
    ...{ hostname, user, port, hostKeyAlias },
    identityFiles: paths(values.get("identityfile") ?? KEYS, path),
    identitiesOnly: /^(yes|true)$/i.test(first("identitiesonly") ?? ""),
    identityAgent: agentOf(first("identityagent"), path, here),
    proxyJump: readJumps(onWay("proxyjump")),
    proxyCommand: onWay("proxycommand") || null,
    knownHostsFiles: [
      ...paths(values.get("userknownhostsfile") ?? USER_KNOWN, path),
      ...paths(values.get("globalknownhostsfile") ?? GLOBAL_KNOWN, String),
    ],
    strictHostKeyChecking: strictness(first("stricthostkeychecking")),
    policy: policyFrom(values, path),
  };
}

/** Those of ssh's default keys that need no hardware and are not obsolete. */
const KEYS = ["~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"];
const USER_KNOWN = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
const GLOBAL_KNOWN = [
  "/etc/ssh/ssh_known_hosts",
  "/etc/ssh/ssh_known_hosts2",
];

/** `ssh -G` prints true and false for yes and no. */
function strictness(
  said: string | null,
): SshSettings["strictHostKeyChecking"] {
  const word = said?.toLowerCase() ?? "";
  if (/^(yes|true)$/.test(word)) return "yes";
  if (/^(no|off|false)$/.test(word)) return "no";
  return word === "accept-new" ? word : "ask";
}

function paths(
  said: readonly string[],
  expand: (path: string) => string | null,
): readonly string[] {
  const found = said.flatMap((text) => unlessNone(text) ?? [])
    .flatMap((text) => expand(text) ?? []);
  return [...new Set(found)];
}

/** `SSH_AUTH_SOCK` and `$NAME` name a variable that has the socket; without it there is no agent. */
function agentOf(
  said: string | null,
  expand: (path: string) => string | null,
  here: LocalUser,
): string | null {
  if (said === null || said === "SSH_AUTH_SOCK") return null;
  if (unlessNone(said) === null) return "none";
  const variable = /^\$(\w+)$/.exec(said)?.[1];
  const socket = variable === undefined ? expand(said) : here.env(variable);
  return socket ?? "none";
}

function unlessNone(text: string | null): string | null {
  return text?.toLowerCase() === "none" ? null : text;
}
