/** The hosts to log in to, one through the other, until the one that the script names. */
import { fail, ok, type Result } from "../../text/result.ts";
import type { ProfileOf } from "../../schema/profiles/mod.ts";
import { resolve } from "../../text/path.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Destination } from "./config/destination.ts";
import { addressOf, type Hop, type LoginSecrets } from "./hop.ts";
import { USE_OPENSSH } from "./auth/hints.ts";
import type { LocalUser, SshLookup, SshSettings } from "./config/mod.ts";
import { sshCommand } from "./ssh_command.ts";
import { checkNames } from "./safe_names.ts";
import { settingsOf } from "./config/mod.ts";
import { expandHome, expandTokens, targetTokens } from "./config/tokens.ts";

type Profile = ProfileOf<"SSHContext">;

/** Jump hosts may have jump hosts themselves; with more than this number the configuration is circular. */
const MAX_HOPS = 16;

/** Settings of the script override ~/.ssh/config; its secrets are used for the last host only. */
export async function routeTo(
  profile: Profile,
  secrets: LoginSecrets,
  environment: Environment,
  lookup: SshLookup,
): Promise<Result<readonly Hop[]>> {
  const { hostname: alias, username, port, proxyCommand } = profile;
  const result = await settingsOf(alias, {
    ...username !== null && { user: username },
    ...port !== null && { port },
  }, lookup);
  if (!result.ok) return result;
  const settings = result.value;
  const namedKey = profile.keyFile === null
    ? null
    : resolve(environment.cwd, expandHome(profile.keyFile, lookup.localUser));
  const configured = hopOf(alias, settings, lookup.localUser, {
    timeout_s: profile.timeoutSeconds,
    secrets: { password: null, passphrase: secrets.passphrase, totp: null },
    jumpTo: null,
    sshCommand: sshCommand({
      ...{ host: alias, user: username, port, key: namedKey, proxyCommand },
    }),
  });
  // As in ssh_config(5), "none" means a direct TCP connection.
  const isDirect = proxyCommand?.toLowerCase() === "none";
  const target: Hop = {
    ...configured,
    secrets,
    namedKey,
    agentKeys: configured.agentKeys && namedKey !== null
      ? [namedKey, ...configured.agentKeys]
      : configured.agentKeys,
    keyFiles: profile.lookForKeys ? configured.keyFiles : [],
    ...profile.acceptNewHostKey &&
      settings.strictHostKeyChecking !== "yes" &&
      { unknownHost: "accept" },
    ...proxyCommand !== null && {
      proxyCommand: isDirect ? null : expandTokens(
        proxyCommand,
        targetTokens({ ...settings, alias }),
      ),
    },
  };
  if (proxyCommand !== null) return checkOptions([target]);
  const jumps = await jumpHosts(settings.proxyJump, configured, lookup);
  return jumps.ok ? checkOptions([...jumps.value, target]) : jumps;
}

/** Fails where the settings of a host need what only the system's ssh supports. */
function checkOptions(route: readonly Hop[]): Result<readonly Hop[]> {
  const hop = route.find(({ policy }) => policy.refused.length > 0);
  return hop === undefined ? checkProxyNames(route) : fail({
    kind: "connection",
    summary: `Cannot log in to ${
      addressOf(hop)
    } with the options of ~/.ssh/config; no connection was made`,
    detail: `transport = "ssh2" does not support\n${
      hop.policy.refused.join("\n")
    }`,
    hint: USE_OPENSSH,
    isRetryable: false,
  });
}

/** A proxy command may contain the names of host and user. */
function checkProxyNames(route: readonly Hop[]): Result<readonly Hop[]> {
  const words = route.filter(({ proxyCommand }) => proxyCommand !== null)
    .flatMap(({ name, hostname, user }) => [name, hostname, user]);
  const checked = checkNames(words);
  return checked.ok ? ok(route) : checked;
}

/** The jump hosts to a host; the first of them may have jump hosts itself. */
async function jumpHosts(
  destinations: readonly Destination[],
  target: Hop,
  lookup: SshLookup,
  count = destinations.length,
): Promise<Result<readonly Hop[]>> {
  if (count > MAX_HOPS) return fail(circularJumps(target));
  const hops: Hop[] = [];
  for (const [i, { host, user, port }] of destinations.entries()) {
    const settings = await settingsOf(host, {
      ...user !== null && { user },
      ...port !== null && { port },
    }, lookup);
    if (!settings.ok) return settings;
    const { timeout_s, secrets } = target;
    const jumps = destinations.slice(0, i);
    const hop = hopOf(host, settings.value, lookup.localUser, {
      ...{ timeout_s, secrets, jumpTo: target.name },
      sshCommand: sshCommand({ host, user, port, jumps }),
    });
    if (i === 0) {
      const { proxyJump } = settings.value;
      const before = await jumpHosts(
        proxyJump,
        target,
        lookup,
        count + proxyJump.length,
      );
      if (!before.ok) return before;
      hops.push(...before.value);
    }
    // Only the first jump host is connected to from the local host, so only its ProxyCommand applies.
    hops.push(i === 0 ? hop : { ...hop, proxyCommand: null });
  }
  return ok(hops);
}

function circularJumps({ name }: Hop) {
  return {
    kind: "connection",
    summary: `Cannot connect to ${name}`,
    detail: `more than ${MAX_HOPS} jump hosts`,
    hint: "Check whether ProxyJump in ~/.ssh/config is circular",
    isRetryable: false,
  } as const;
}

function hopOf(
  name: string,
  settings: SshSettings,
  localUser: LocalUser,
  rest: Pick<Hop, "timeout_s" | "secrets" | "jumpTo" | "sshCommand">,
): Hop {
  const { hostname, port, user, hostKeyAlias } = settings;
  return {
    ...{ name, hostname, port, user, ...rest },
    knownName: hostKeyAlias === null
      ? { hostname, port }
      : { hostname: hostKeyAlias, port: 22 },
    keyFiles: settings.identityFiles,
    namedKey: null,
    agent: agentOf(settings, localUser),
    agentKeys: settings.identitiesOnly ? settings.identityFiles : null,
    knownHostsFiles: settings.knownHostsFiles,
    unknownHost: unknownHostOf(settings),
    policy: settings.policy,
    confirmedKeys: new Set(),
    proxyCommand: settings.proxyCommand,
  };
}

/** They decide about unknown hosts only: a key that has changed is always refused. */
const UNKNOWN: Readonly<
  Record<SshSettings["strictHostKeyChecking"], Hop["unknownHost"]>
> = { yes: "refuse", no: "accept", ask: "ask", "accept-new": "accept" };

/** With BatchMode there are no prompts, so a host cannot be confirmed. */
function unknownHostOf(
  { strictHostKeyChecking, policy }: SshSettings,
): Hop["unknownHost"] {
  const action = UNKNOWN[strictHostKeyChecking];
  return action === "ask" && policy.isBatch ? "refuse" : action;
}

function agentOf(
  { identityAgent }: SshSettings,
  { env }: LocalUser,
): string | null {
  if (identityAgent === "none") return null;
  // An empty value means no socket.
  return (identityAgent ?? env("SSH_AUTH_SOCK")) || null;
}
