/** What would let somebody in who was refused: first of all the field of the script. */
import { upperFirst } from "../../../text/grammar.ts";
import type { Hop } from "../hop.ts";
import type { Method } from "./auth_method.ts";

/** It helps where the host takes what it is for. */
export interface AuthHint {
  readonly by: Method;
  readonly advice: string;
}

/** What was in the way of trying something; part of the failure if nothing else helps. */
export interface AuthNote {
  readonly saw: string;
  readonly mend?: AuthHint;
}

export type Notes = AuthNote[];

/** What the way of a password is called in failures. */
export const PASSWORD = "the password";

/** What a login came to. */
export interface AuthAttempts {
  /** Names of the ways that the host refused. */
  readonly tried: readonly string[];
  readonly notes: readonly AuthNote[];
  /** What the host takes, as it said last; null: it did not say. */
  readonly offered: readonly string[] | null;
}

/** One line each; what the host makes possible comes first. */
export function hintFor(
  hop: Hop,
  { tried, notes, offered }: AuthAttempts,
): string {
  const mends = [
    ...notes.flatMap(({ mend }) => mend ?? []),
    ...tried.includes(PASSWORD) && hop.secrets.password !== null
      ? [{ by: "password", advice: passwordAdvice(hop) } as const]
      : [],
  ];
  const isPossible = ({ by }: AuthHint) => offered?.includes(by) ?? true;
  const possible = mends.filter(isPossible).map(({ advice }) => advice);
  const others = mends.filter((mend) => !isPossible(mend))
    .map(({ advice }) => advice);
  const general = possible.length > 0 ? [] : generally(hop, offered);
  return [...new Set([...possible, ...general, ...others])].join("\n");
}

function generally(
  hop: Hop,
  offered: AuthAttempts["offered"],
): readonly string[] {
  const key = offered?.includes("publickey") ?? true
    ? [`${upperFirst(keyThatFits(hop))}, or start an agent that holds it`]
    : [];
  return [
    ...key,
    `Try \`${hop.byHand}\`; where that gets in by Kerberos, a certificate or a security key, set remote_profile.transport = "openssh"`,
  ];
}

/** Where a key is named. */
export function keyThatFits({ name, jumpTo }: Hop): string {
  return jumpTo === null
    ? "set remote_profile.key_filename to a key that the host takes"
    : `name a key that it takes by IdentityFile under \`Host ${name}\` in ~/.ssh/config`;
}

/** For what only the system's ssh can do. */
export const USE_OPENSSH =
  `Set remote_profile.transport = "openssh": then the system's ssh logs in`;

/** A password that is missing or wrong. */
export function passwordAdvice({ secrets, jumpTo }: Hop): string {
  if (jumpTo !== null) return FOR_JUMP;
  return secrets.password === null
    ? "Set remote_profile.password, or run in a terminal"
    : "Correct remote_profile.password: the host refused it";
}

/** A verification code that is missing or wrong. `withPassword`: one was told beside it. */
export function codeAdvice(
  { secrets, jumpTo }: Hop,
  withPassword: boolean,
): string {
  if (jumpTo !== null) return FOR_JUMP;
  if (secrets.totp === null) {
    return "Set remote_profile.totp_secret, or run in a terminal";
  }
  const also = withPassword
    ? "remote_profile.password (the host does not say which it refused), "
    : "";
  return `Correct remote_profile.totp_secret (base32 text), ${also}or this machine's clock`;
}

const FOR_JUMP =
  "Run in a terminal, since jump hosts get none of the script's passwords; or let a key in, by IdentityFile in ~/.ssh/config";

/** A key that is encrypted. */
export function passphraseAdvice({ secrets }: Hop, path: string): string {
  return secrets.passphrase === null
    ? `Set remote_profile.passphrase, which opens ${path}, or run in a terminal`
    : `Correct remote_profile.passphrase: it does not open ${path}`;
}
