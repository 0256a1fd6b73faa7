/** Opens the shell that an SSH profile describes. */
import type { Machine } from "../../model/config.ts";
import { ok, type Result } from "../../text/result.ts";
import type { ProfileOf } from "../../schema/profiles/mod.ts";
import type { Environment } from "../../environment/environment.ts";
import { resolveSecret } from "../resolve_secret.ts";
import type { Shell } from "../shell.ts";
import type { LoginSecrets } from "./hop.ts";
import type { ExecuteCommand } from "./execute_command.ts";
import { sshCommand } from "./ssh_command.ts";
import { opensshShell } from "./openssh_shell.ts";
import { routeTo } from "./route.ts";
import { checkNames } from "./safe_names.ts";
import { localSsh } from "./config/local_ssh.ts";
import { settingsOf, type SshLookup } from "./config/mod.ts";

type Profile = ProfileOf<"SSHContext">;

/** Reads the secrets at once, and connects for the first script. */
export async function openSsh(
  machine: Machine,
  environment: Environment,
  lookup: SshLookup = localSsh(environment),
): Promise<Result<Shell>> {
  const profile = machine.profile as Profile;
  if (profile.transport === "openssh") {
    const { hostname, username, proxyCommand } = profile;
    const names = checkNames(proxyCommand ? [hostname, username ?? ""] : []);
    if (!names.ok) return names;
    const accepts = await acceptsNewHostKey(profile, lookup);
    if (!accepts.ok) return accepts;
    return ok(
      opensshShell({
        name: hostname,
        options: opensshOptions({
          ...profile,
          acceptNewHostKey: accepts.value,
        }),
        executeCommand: executeCommandOf(profile),
        sshCommand: sshCommandOf(profile),
      }, environment),
    );
  }
  const secrets = await secretsOf(profile, environment);
  if (!secrets.ok) return secrets;
  const route = await routeTo(profile, secrets.value, environment, lookup);
  if (!route.ok) return route;
  const { ssh2Shell } = await import("./ssh2_shell.ts");
  return ok(ssh2Shell(route.value, environment, executeCommandOf(profile)));
}

/** The ssh command that logs in with the settings of the script. */
export function sshCommandOf(
  { hostname: host, username: user, port, keyFile: key, proxyCommand }: Pick<
    Profile,
    "hostname" | "username" | "port" | "keyFile" | "proxyCommand"
  >,
): string {
  return sshCommand({ host, user, port, key, proxyCommand });
}

/** It has the same timeout as connecting. */
export function executeCommandOf(
  { executeCommand, timeoutSeconds }: Profile,
): ExecuteCommand | null {
  return executeCommand === null
    ? null
    : { command: executeCommand, timeout_s: timeoutSeconds };
}

async function secretsOf(
  profile: Profile,
  environment: Environment,
): Promise<Result<LoginSecrets>> {
  const read = (field: string, secret: Profile["password"]) =>
    resolveSecret(field, secret, environment);
  const password = await read("password", profile.password);
  if (!password.ok) return password;
  const passphrase = await read("passphrase", profile.passphrase);
  if (!passphrase.ok) return passphrase;
  const totp = await read("totp_secret", profile.totpSecret);
  if (!totp.ok) return totp;
  return ok({
    password: password.value,
    passphrase: passphrase.value,
    totp: totp.value,
  });
}

/** `StrictHostKeyChecking yes` in ~/.ssh/config forbids it, and an option on ssh's command line would override that. */
async function acceptsNewHostKey(
  { hostname, username, port, acceptNewHostKey }: Profile,
  lookup: SshLookup,
): Promise<Result<boolean>> {
  if (!acceptNewHostKey) return ok(false);
  const settings = await settingsOf(hostname, {
    ...username !== null && { user: username },
    ...port !== null && { port },
  }, lookup);
  return settings.ok
    ? ok(settings.value.strictHostKeyChecking !== "yes")
    : settings;
}

/** The login settings of the script override ~/.ssh/config; all other settings are ssh's own. */
export function opensshOptions(profile: Profile): readonly string[] {
  const option = (name: string, value: unknown) =>
    value === null ? [] : ["-o", `${name}=${value}`];
  const { keyFile, lookForKeys, acceptNewHostKey } = profile;
  return [
    ...option("User", profile.username),
    ...option("Port", profile.port),
    // A space would end the value, and a percent sign begins a token.
    ...option("IdentityFile", keyFile && `"${keyFile.replaceAll("%", "%%")}"`),
    // With an IdentityFile ssh does not try its default keys.
    ...option("IdentityFile", keyFile || lookForKeys ? null : "none"),
    ...option("ProxyCommand", profile.proxyCommand),
    ...option("ConnectTimeout", profile.timeoutSeconds),
    ...option("StrictHostKeyChecking", acceptNewHostKey ? "accept-new" : null),
  ];
}
