/** What the user can do after a failed login; fields of the script come first. */
import { upperFirst } from "../../../text/grammar.ts";
import type { Hop } from "../hop.ts";
import type { Method } from "./auth_method.ts";

/** It helps only where the host offers the method. */
export interface AuthHint {
  readonly method: Method;
  readonly text: string;
}

/** Why a method could not be tried; it is part of the failure where no other method succeeds. */
export interface AuthNote {
  readonly detail: string;
  readonly hint?: AuthHint;
}

export type Notes = AuthNote[];

/** The label of the password method in failures. */
export const PASSWORD = "password";

/** What was tried in a login. */
export interface AuthAttempts {
  /** Labels of the methods that the host rejected. */
  readonly attempted: readonly string[];
  readonly notes: readonly AuthNote[];
  /** The methods that the host offered last; null where it did not answer. */
  readonly offered: readonly string[] | null;
}

/** One hint a line; those for methods that the host offers come first. */
export function hintFor(
  hop: Hop,
  { attempted, notes, offered }: AuthAttempts,
): string {
  const hints = [
    ...notes.flatMap(({ hint }) => hint ?? []),
    ...attempted.includes(PASSWORD) && hop.secrets.password !== null
      ? [{ method: "password", text: passwordHint(hop) } as const]
      : [],
  ];
  const isOffered = ({ method }: AuthHint) => offered?.includes(method) ?? true;
  const useful = hints.filter(isOffered).map(({ text }) => text);
  const others = hints.filter((hint) => !isOffered(hint))
    .map(({ text }) => text);
  const general = useful.length > 0 ? [] : generalHints(hop, offered);
  return [...new Set([...useful, ...general, ...others])].join("\n");
}

function generalHints(
  hop: Hop,
  offered: AuthAttempts["offered"],
): readonly string[] {
  const key = offered?.includes("publickey") ?? true
    ? [`${upperFirst(keyHint(hop))}, or start an agent that holds it`]
    : [];
  return [
    ...key,
    `Try \`${hop.sshCommand}\`; if that logs in by Kerberos, a certificate or a security key, set remote_profile.transport = "openssh"`,
  ];
}

/** The setting that names a key. */
export function keyHint({ name, jumpTo }: Hop): string {
  return jumpTo === null
    ? "set remote_profile.key_filename to a key that the host accepts"
    : `set IdentityFile under \`Host ${name}\` in ~/.ssh/config to a key that the host accepts`;
}

/** For what only the system's ssh can do. */
export const USE_OPENSSH =
  `Set remote_profile.transport = "openssh": then the system's ssh logs in`;

/** For a password that is missing or wrong. */
export function passwordHint({ secrets, jumpTo }: Hop): string {
  if (jumpTo !== null) return FOR_JUMP_HOST;
  return secrets.password === null
    ? "Set remote_profile.password, or run in a terminal"
    : "Correct remote_profile.password: the host rejected it";
}

/** For a verification code that is missing or wrong. With `withPassword` a password was sent beside it. */
export function codeHint(
  { secrets, jumpTo }: Hop,
  withPassword: boolean,
): string {
  if (jumpTo !== null) return FOR_JUMP_HOST;
  if (secrets.totp === null) {
    return "Set remote_profile.totp_secret, or run in a terminal";
  }
  const password = withPassword
    ? "remote_profile.password (the host does not say which one it rejected), "
    : "";
  return `Correct remote_profile.totp_secret (base32 text), ${password}or the clock of this computer`;
}

const FOR_JUMP_HOST =
  "Run in a terminal, because the secrets of the script are not sent to jump hosts; or set IdentityFile in ~/.ssh/config to a key that the jump host accepts";

/** For an encrypted key. */
export function passphraseHint({ secrets }: Hop, path: string): string {
  return secrets.passphrase === null
    ? `Set remote_profile.passphrase for ${path}, or run in a terminal`
    : `Correct remote_profile.passphrase: it does not decrypt ${path}`;
}
