/** Destinations of ssh(1), and of ProxyJump in ssh_config(5). */

export interface Destination {
  /** Null where the settings of the host decide. */
  readonly user: string | null;
  /** A name, an alias or an address; without brackets. */
  readonly host: string;
  readonly port: number | null;
}

/** The argument of ssh: `[user@]host` or `ssh://[user@]host[:port]`. */
export function readDestination(text: string): Destination {
  if (text.startsWith("ssh://")) return readJump(text);
  const at = text.lastIndexOf("@");
  const user = at < 0 ? null : text.slice(0, at);
  return { user, host: text.slice(at + 1), port: null };
}

/** Jump hosts in the order of the connection; "none" gives no jump host. */
export function readJumps(text: string): readonly Destination[] {
  return /^(none)?$/i.test(text) ? [] : text.split(",").map(readJump);
}

/** `[user@]host[:port]`, or the same as a URI; an IPv6 address with a port is in brackets. */
function readJump(text: string): Destination {
  const isUri = text.startsWith("ssh://");
  const { user, host: address } = readDestination(
    isUri ? text.slice("ssh://".length).replace(/\/$/, "") : text,
  );
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(address) ?? [];
  return {
    user: user !== null && isUri ? decoded(user) : user,
    host: bracketed ?? plain ?? address,
    port: port === undefined ? null : Number(port),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
