/** What `ssh host` would do: asked of ssh itself, or worked out from its files where there is no ssh. */
import { fail, ok, type Result } from "../../../text/result.ts";
import type { Files } from "../../../environment/environment.ts";
import type { SshTarget } from "./compute_settings.ts";
import { keywordOf } from "./option_table.ts";
import { readDestination } from "./destination.ts";
import { settingsFrom, type SshSettings } from "./settings.ts";
import type { LocalUser } from "./tokens.ts";

export type { LocalUser, SshSettings, SshTarget };

/** What looking settings up reaches out with. */
export interface SshLookup {
  readonly files: Files;
  readonly here: LocalUser;
  /** Runs a program to its end, without input; null where there is none of that name on PATH. */
  run(command: readonly string[]): Promise<Answer | null>;
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The settings of an alias, a host or an address, as ssh(1) takes it. `user` and `port` are what the script says: they
 * win, and tokens and `Match user` follow them. Without a port in the script leave it out: 22 would override the file.
 * ssh runs what `Match exec` says, as it would on `ssh host`.
 */
export async function settingsOf(
  alias: string,
  asked: Omit<SshTarget, "alias">,
  door: SshLookup,
): Promise<Result<SshSettings>> {
  const command = commandOf(alias, asked);
  const answer = await door.run(command);
  if (answer?.code === 0) {
    return ok(readSettings(answer.stdout, alias, door.here));
  }
  // Other programs go by the name of ssh too, and OpenSSH before 6.8 has no -G.
  if (
    answer !== null && !/(illegal|unknown|invalid) option/i.test(answer.stderr)
  ) {
    return unreadable(alias, answer.stderr.trim(), command);
  }
  const { computeSettings } = await import("./compute_settings.ts");
  const computed = computeSettings({ ...asked, alias }, door);
  return computed.ok ? computed : unreadable(alias, computed.error, null);
}

function commandOf(
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

function unreadable(
  alias: string,
  saw: string,
  command: readonly string[] | null,
): Result<never> {
  return fail({
    kind: "connection",
    summary: `Cannot read the SSH settings of ${alias}`,
    detail: saw,
    hint: command === null
      ? "Correct the file"
      : `Correct what ssh names; this shows it again: ${command.join(" ")}`,
    isRetryable: false,
  });
}

/**
 * Reads what `ssh -G` prints: `keyword value` lines, without the quotes that were in the file. In a list of known_hosts
 * files therefore only what begins with `/` or `~` is taken for another path. ssh leaves tokens in some values as they
 * are and expands others, the more the newer it is: all are expanded here, so a token that is left by then, from a
 * doubled `%%`, is taken for one.
 */
export function readSettings(
  text: string,
  alias: string,
  here: LocalUser,
): SshSettings {
  const values = new Map<string, readonly string[]>();
  for (const [, word, value] of text.matchAll(/^(\w+) (.*?)$/gm)) {
    const key = keywordOf(word!);
    const list = /knownhostsfile$|^revokedhostkeys$/.test(key)
      ? value!.split(/\s+(?=[~/])/)
      : [value!];
    values.set(key, [...(values.get(key) ?? []), ...list]);
  }
  return settingsFrom(values, readDestination(alias).host, here);
}
