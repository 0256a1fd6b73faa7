/** What stands for something else in the values of ssh_config(5): TOKENS, ENVIRONMENT VARIABLES, and `~`. */

/** Who runs the program, and where. */
export interface LocalUser {
  /** ssh takes it from the password file, whatever HOME says. */
  readonly home: string;
  readonly user: string;
  readonly uid: number;
  /** The machine's own name, as `hostname` prints it. */
  readonly host: string;
  env(name: string): string | undefined;
}

/** The machine that a value is about. */
export interface Target {
  /** As the user calls it. */
  readonly alias: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | null;
}

/** What each letter behind a `%` stands for. */
export type Tokens = Readonly<Record<string, string>>;

/** Those that ProxyCommand and ProxyJump take. */
export function targetTokens(
  { alias, hostname, port, user }: Omit<Target, "hostKeyAlias">,
): Tokens {
  return { h: hostname, n: alias, p: String(port), r: user };
}

/** Those that IdentityFile, IdentityAgent and UserKnownHostsFile take, but `%C` and `%j`. */
export function pathTokens(target: Target, here: LocalUser): Tokens {
  return {
    ...targetTokens(target),
    k: target.hostKeyAlias ?? target.alias,
    d: here.home,
    u: here.user,
    i: String(here.uid),
    l: here.host,
    L: here.host.replace(/\..*$/s, ""),
  };
}

/** Tokens that are not among those given stay as they are. */
export function expandTokens(text: string, tokens: Tokens): string {
  return text.replace(
    /%(.)/gs,
    (whole, letter: string) => letter === "%" ? "%" : tokens[letter] ?? whole,
  );
}

/** Expands `~/`, `${NAME}` and tokens; null where a variable is not set. `~name/` stays as it is. */
export function expandPath(
  text: string,
  tokens: Tokens,
  here: LocalUser,
): string | null {
  const names = text.matchAll(/\$\{([^}]*)\}/g);
  for (const [, name] of names) if (here.env(name!) === undefined) return null;
  return expandHome(text, here).replace(
    /%.|\$\{([^}]*)\}/gs,
    (part, name?: string) =>
      name === undefined ? expandTokens(part, tokens) : here.env(name)!,
  );
}

export function expandHome(
  text: string,
  { home }: Pick<LocalUser, "home">,
): string {
  return text.replace(/^~(?=\/|$)/, () => home);
}
