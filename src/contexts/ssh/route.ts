/** Which machines are logged in to, one through the other, to reach the one that the script names. */
import { fail, ok, type Result } from "../../text/result.ts";
import type { ProfileOf } from "../../schema/profiles/mod.ts";
import { resolve } from "../../text/path.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Destination } from "./config/destination.ts";
import { addressOf, type Hop, type Secrets } from "./hop.ts";
import { USE_OPENSSH } from "./auth/hints.ts";
import type { LocalUser, SshLookup, SshSettings } from "./config/mod.ts";
import { commandTo } from "./ssh_command.ts";
import { checkNames } from "./safe_names.ts";
import { settingsOf } from "./config/mod.ts";
import { expandHome, expandTokens, targetTokens } from "./config/tokens.ts";

type Profile = ProfileOf<"SSHContext">;

/** Jumps through jumps; more of them than this lead in a circle. */
const MOST_HOPS = 16;

/** What the script says wins over ~/.ssh/config; its secrets are for the last host alone. */
export async function routeTo(
  profile: Profile,
  secrets: Secrets,
  world: Environment,
  door: SshLookup,
): Promise<Result<readonly Hop[]>> {
  const { hostname: alias, username, port, proxyCommand } = profile;
  const found = await settingsOf(alias, {
    ...username !== null && { user: username },
    ...port !== null && { port },
  }, door);
  if (!found.ok) return found;
  const settings = found.value;
  const namedKey = profile.keyFile === null
    ? null
    : resolve(world.cwd, expandHome(profile.keyFile, door.here));
  const own = hopOf(alias, settings, door.here, {
    timeout_s: profile.timeoutSeconds,
    secrets: { password: null, passphrase: secrets.passphrase, totp: null },
    jumpTo: null,
    byHand: commandTo({
      ...{ host: alias, user: username, port, key: namedKey, proxyCommand },
    }),
  });
  // As in ssh_config(5): then nothing leads there but TCP.
  const isDirect = proxyCommand?.toLowerCase() === "none";
  const target: Hop = {
    ...own,
    secrets,
    namedKey,
    agentKeys: own.agentKeys && namedKey !== null
      ? [namedKey, ...own.agentKeys]
      : own.agentKeys,
    keyFiles: profile.lookForKeys ? own.keyFiles : [],
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
  if (proxyCommand !== null) return allowed([target]);
  const way = await jumps(settings.proxyJump, own, door);
  return way.ok ? allowed([...way.value, target]) : way;
}

/** Fails where the settings of a host ask for what only the system's ssh can do. */
function allowed(route: readonly Hop[]): Result<readonly Hop[]> {
  const hop = route.find(({ policy }) => policy.refused.length > 0);
  return hop === undefined ? safely(route) : fail({
    kind: "connection",
    summary: `Cannot log in to ${
      addressOf(hop)
    } as ~/.ssh/config says; nothing was sent`,
    detail: `dpdisp's own SSH transport has nothing that fits\n${
      hop.policy.refused.join("\n")
    }`,
    hint: USE_OPENSSH,
    isRetryable: false,
  });
}

/** A proxy command has the names of host and user in it. */
function safely(route: readonly Hop[]): Result<readonly Hop[]> {
  const words = route.filter(({ proxyCommand }) => proxyCommand !== null)
    .flatMap(({ name, hostname, user }) => [name, hostname, user]);
  const checked = checkNames(words);
  return checked.ok ? ok(route) : checked;
}

/** The jump hosts before a host; the first of them may itself be behind others. */
async function jumps(
  destinations: readonly Destination[],
  behind: Hop,
  door: SshLookup,
  depth = destinations.length,
): Promise<Result<readonly Hop[]>> {
  if (depth > MOST_HOPS) return fail(circle(behind));
  const hops: Hop[] = [];
  for (const [i, { host, user, port }] of destinations.entries()) {
    const found = await settingsOf(host, {
      ...user !== null && { user },
      ...port !== null && { port },
    }, door);
    if (!found.ok) return found;
    const { timeout_s, secrets } = behind;
    const hop = hopOf(host, found.value, door.here, {
      ...{ timeout_s, secrets, jumpTo: behind.name },
      byHand: commandTo({ host, user, port, jumps: destinations.slice(0, i) }),
    });
    if (i === 0) {
      const { proxyJump } = found.value;
      const before = await jumps(
        proxyJump,
        behind,
        door,
        depth + proxyJump.length,
      );
      if (!before.ok) return before;
      hops.push(...before.value);
    }
    // Only the first is reached from here.
    hops.push(i === 0 ? hop : { ...hop, proxyCommand: null });
  }
  return ok(hops);
}

function circle({ name }: Hop) {
  return {
    kind: "connection",
    summary: `Cannot find a way to ${name}`,
    detail: `more than ${MOST_HOPS} jump hosts lead to it`,
    hint: "See whether ProxyJump in ~/.ssh/config leads in a circle",
    isRetryable: false,
  } as const;
}

function hopOf(
  name: string,
  settings: SshSettings,
  here: LocalUser,
  rest: Pick<Hop, "timeout_s" | "secrets" | "jumpTo" | "byHand">,
): Hop {
  const { hostname, port, user, hostKeyAlias } = settings;
  return {
    ...{ name, hostname, port, user, ...rest },
    known: hostKeyAlias === null
      ? { hostname, port }
      : { hostname: hostKeyAlias, port: 22 },
    keyFiles: settings.identityFiles,
    namedKey: null,
    agent: agentOf(settings, here),
    agentKeys: settings.identitiesOnly ? settings.identityFiles : null,
    knownHostsFiles: settings.knownHostsFiles,
    unknownHost: unknownHostOf(settings),
    policy: settings.policy,
    taken: new Set(),
    proxyCommand: settings.proxyCommand,
  };
}

/** A key that has changed is refused whatever they say. */
const UNKNOWN: Readonly<
  Record<SshSettings["strictHostKeyChecking"], Hop["unknownHost"]>
> = { yes: "refuse", no: "accept", ask: "ask", "accept-new": "accept" };

/** Who must not be asked cannot say yes. */
function unknownHostOf(
  { strictHostKeyChecking, policy }: SshSettings,
): Hop["unknownHost"] {
  const answer = UNKNOWN[strictHostKeyChecking];
  return answer === "ask" && policy.isBatch ? "refuse" : answer;
}

function agentOf(
  { identityAgent }: SshSettings,
  { env }: LocalUser,
): string | null {
  if (identityAgent === "none") return null;
  // Set to nothing it is no socket either.
  return (identityAgent ?? env("SSH_AUTH_SOCK")) || null;
}
