/** Expands values of ssh_config(5): TOKENS, ENVIRONMENT VARIABLES, and `~`. */

/** The user who runs the program, and the local host. */
export interface LocalUser {
  /** ssh takes it from the user database, whatever HOME is. */
  readonly home: string;
  readonly user: string;
  readonly uid: number;
  /** The name of the local host, as `hostname` prints it. */
  readonly host: string;
  env(name: string): string | undefined;
}

/** The host that a value is for. */
export interface Target {
  /** The name that the user gave. */
  readonly alias: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | null;
}

/** The value of each letter after a `%`. */
export type Tokens = Readonly<Record<string, string>>;

/** The tokens of ProxyCommand and ProxyJump. */
export function targetTokens(
  { alias, hostname, port, user }: Omit<Target, "hostKeyAlias">,
): Tokens {
  return { h: hostname, n: alias, p: String(port), r: user };
}

/** The tokens of IdentityFile, IdentityAgent and UserKnownHostsFile, except `%C` and `%j`. */
export function pathTokens(target: Target, localUser: LocalUser): Tokens {
  return {
    ...targetTokens(target),
    k: target.hostKeyAlias ?? target.alias,
    d: localUser.home,
    u: localUser.user,
    i: String(localUser.uid),
    l: localUser.host,
    L: localUser.host.replace(/\..*$/s, ""),
  };
}

/** Unknown tokens stay unchanged. */
export function expandTokens(text: string, tokens: Tokens): string {
  return text.replace(
    /%(.)/gs,
    (whole, letter: string) => letter === "%" ? "%" : tokens[letter] ?? whole,
  );
}

/** Expands `~/`, `${NAME}` and tokens; null where a variable is not set. `~name/` stays unchanged. */
export function expandPath(
  text: string,
  tokens: Tokens,
  localUser: LocalUser,
): string | null {
  const names = text.matchAll(/\$\{([^}]*)\}/g);
  for (const [, name] of names) {
    if (localUser.env(name!) === undefined) return null;
  }
  return expandHome(text, localUser).replace(
    /%.|\$\{([^}]*)\}/gs,
    (part, name?: string) =>
      name === undefined ? expandTokens(part, tokens) : localUser.env(name)!,
  );
}

export function expandHome(
  text: string,
  { home }: Pick<LocalUser, "home">,
): string {
  return text.replace(/^~(?=\/|$)/, () => home);
}
