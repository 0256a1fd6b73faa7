/** Where to log in, as ssh(1) and ProxyJump of ssh_config(5) take it. */

export interface Destination {
  /** Null: what the settings of the host say. */
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

/** Jump hosts in the order they are passed; "none" is no jump. */
export function readJumps(text: string): readonly Destination[] {
  return /^(none)?$/i.test(text) ? [] : text.split(",").map(readJump);
}

/** `[user@]host[:port]`, or the same as a URI; an address of IPv6 with a port is in brackets. */
function readJump(text: string): Destination {
  const isUri = text.startsWith("ssh://");
  const { user, host: place } = readDestination(
    isUri ? text.slice("ssh://".length).replace(/\/$/, "") : text,
  );
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(place) ?? [];
  return {
    user: user !== null && isUri ? decoded(user) : user,
    host: bracketed ?? plain ?? place,
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
