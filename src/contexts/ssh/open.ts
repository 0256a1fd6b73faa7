/** From the profile of a machine to its shell. */
import type { Machine } from "../../model/config.ts";
import { ok, type Result } from "../../text/result.ts";
import type { ProfileOf } from "../../schema/profiles/mod.ts";
import type { Environment } from "../../environment/environment.ts";
import { secretText } from "../resolve_secret.ts";
import type { Shell } from "../shell.ts";
import type { Secrets } from "./hop.ts";
import type { ExecuteCommand } from "./execute_command.ts";
import { commandTo } from "./ssh_command.ts";
import { opensshShell } from "./openssh_shell.ts";
import { routeTo } from "./route.ts";
import { checkNames } from "./safe_names.ts";
import { localSsh } from "./config/local_ssh.ts";
import { settingsOf, type SshLookup } from "./config/mod.ts";

type Profile = ProfileOf<"SSHContext">;

/** Reads the secrets now; connects with the first script. */
export async function openSsh(
  machine: Machine,
  world: Environment,
  door: SshLookup = localSsh(world),
): Promise<Result<Shell>> {
  const profile = machine.profile as Profile;
  if (profile.transport === "openssh") {
    const { hostname, username, proxyCommand } = profile;
    const names = checkNames(proxyCommand ? [hostname, username ?? ""] : []);
    if (!names.ok) return names;
    const accepts = await acceptsNew(profile, door);
    if (!accepts.ok) return accepts;
    return ok(
      opensshShell({
        name: hostname,
        options: opensshOptions({
          ...profile,
          acceptNewHostKey: accepts.value,
        }),
        onceIn: onceInOf(profile),
        byHand: byHandOf(profile),
      }, world),
    );
  }
  const secrets = await secretsOf(profile, world);
  if (!secrets.ok) return secrets;
  const route = await routeTo(profile, secrets.value, world, door);
  if (!route.ok) return route;
  const { ssh2Shell } = await import("./ssh2_shell.ts");
  return ok(ssh2Shell(route.value, world, onceInOf(profile)));
}

/** What a person types to get there as the script says. */
export function byHandOf(
  { hostname: host, username: user, port, keyFile: key, proxyCommand }: Pick<
    Profile,
    "hostname" | "username" | "port" | "keyFile" | "proxyCommand"
  >,
): string {
  return commandTo({ host, user, port, key, proxyCommand });
}

/** It may take as long as connecting may. */
export function onceInOf(
  { executeCommand, timeoutSeconds }: Profile,
): ExecuteCommand | null {
  return executeCommand === null
    ? null
    : { command: executeCommand, most_s: timeoutSeconds };
}

async function secretsOf(
  profile: Profile,
  world: Environment,
): Promise<Result<Secrets>> {
  const password = await secretText("password", profile.password, world);
  if (!password.ok) return password;
  const passphrase = await secretText("passphrase", profile.passphrase, world);
  if (!passphrase.ok) return passphrase;
  const totp = await secretText("totp_secret", profile.totpSecret, world);
  if (!totp.ok) return totp;
  return ok({
    password: password.value,
    passphrase: passphrase.value,
    totp: totp.value,
  });
}

/** A word on ssh's command line would win over `StrictHostKeyChecking yes` of ~/.ssh/config, which forbids it. */
async function acceptsNew(
  { hostname, username, port, acceptNewHostKey }: Profile,
  door: SshLookup,
): Promise<Result<boolean>> {
  if (!acceptNewHostKey) return ok(false);
  const found = await settingsOf(hostname, {
    ...username !== null && { user: username },
    ...port !== null && { port },
  }, door);
  return found.ok ? ok(found.value.strictHostKeyChecking !== "yes") : found;
}

/** What the script says of the login wins over ~/.ssh/config; all else is ssh's own. */
export function opensshOptions(profile: Profile): readonly string[] {
  const option = (name: string, value: unknown) =>
    value === null ? [] : ["-o", `${name}=${value}`];
  const { keyFile, lookForKeys, acceptNewHostKey } = profile;
  return [
    ...option("User", profile.username),
    ...option("Port", profile.port),
    // Spaces would end it, and a percent sign begins a token.
    ...option("IdentityFile", keyFile && `"${keyFile.replaceAll("%", "%%")}"`),
    // One that is named keeps ssh from its usual ones.
    ...option("IdentityFile", keyFile || lookForKeys ? null : "none"),
    ...option("ProxyCommand", profile.proxyCommand),
    ...option("ConnectTimeout", profile.timeoutSeconds),
    ...option("StrictHostKeyChecking", acceptNewHostKey ? "accept-new" : null),
  ];
}
