/** The settings that `ssh host` would use: from `ssh -G`, or computed from its configuration files where there is no ssh. */
import { fail, ok, type Result } from "../../../text/result.ts";
import type { Files } from "../../../environment/environment.ts";
import type { SshTarget } from "./compute_settings.ts";
import { keywordOf } from "./option_table.ts";
import { readDestination } from "./destination.ts";
import { settingsFrom, type SshSettings } from "./settings.ts";
import type { LocalUser } from "./tokens.ts";

export type { LocalUser, SshSettings, SshTarget };

/** What the lookup of settings needs from the environment. */
export interface SshLookup {
  readonly files: Files;
  readonly localUser: LocalUser;
  /** Runs a program without input until it ends; null where PATH has no program of that name. */
  run(command: readonly string[]): Promise<CommandOutput | null>;
}

export interface CommandOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The settings of an alias, a host or an address, as ssh(1) accepts it. `user` and `port` are those of the script: they
 * override the configuration, and tokens and `Match user` use them. Where the script has no port leave it out, because 22
 * would override the configuration. ssh runs the commands of `Match exec`, as it would for `ssh host`.
 */
export async function settingsOf(
  alias: string,
  overrides: Omit<SshTarget, "alias">,
  lookup: SshLookup,
): Promise<Result<SshSettings>> {
  const command = printSettingsCommand(alias, overrides);
  const output = await lookup.run(command);
  if (output?.code === 0) {
    return ok(parseSettings(output.stdout, alias, lookup.localUser));
  }
  // There are other programs named ssh, and OpenSSH before 6.8 has no -G.
  if (
    output !== null && !/(illegal|unknown|invalid) option/i.test(output.stderr)
  ) {
    return failed(alias, output.stderr.trim(), command);
  }
  const { computeSettings } = await import("./compute_settings.ts");
  const computed = computeSettings({ ...overrides, alias }, lookup);
  return computed.ok ? computed : failed(alias, computed.error, null);
}

function printSettingsCommand(
  alias: string,
  { user, port, config }: Omit<SshTarget, "alias">,
): readonly string[] {
  return [
    ...["ssh", "-G"],
    ...(config === undefined ? [] : ["-F", config]),
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...["--", alias],
  ];
}

function failed(
  alias: string,
  detail: string,
  command: readonly string[] | null,
): Result<never> {
  return fail({
    kind: "connection",
    summary: `Cannot read the SSH settings of ${alias}`,
    detail,
    hint: command === null
      ? "Correct the file"
      : `Correct what ssh reports; to check: ${command.join(" ")}`,
    isRetryable: false,
  });
}

/**
 * Parses the output of `ssh -G`: `keyword value` lines, without the quotes of the file. In a list of files only text that
 * begins with `/` or `~` is therefore a new path. ssh leaves tokens in some values and expands them in others, newer
 * versions in more: all tokens are expanded here, also those that a doubled `%%` has left.
 */
export function parseSettings(
  text: string,
  alias: string,
  localUser: LocalUser,
): SshSettings {
  const values = new Map<string, readonly string[]>();
  for (const [, word, value] of text.matchAll(/^(\w+) (.*?)$/gm)) {
    const key = keywordOf(word!);
    const list = /knownhostsfile$|^revokedhostkeys$/.test(key)
      ? value!.split(/\s+(?=[~/])/)
      : [value!];
    values.set(key, [...(values.get(key) ?? []), ...list]);
  }
  return settingsFrom(values, readDestination(alias).host, localUser);
}
