/** What a person types to log in by hand, as dpdisp did: ssh(1). */
import { quote } from "../../script/quote.ts";
import type { Destination } from "./config/destination.ts";

/** What is said beside ~/.ssh/config; null: nothing. */
export interface Said extends Destination {
  readonly key?: string | null;
  readonly proxyCommand?: string | null;
  /** From the nearest to the farthest. */
  readonly jumps?: readonly Destination[];
}

export function commandTo(
  { host, user, port, key = null, proxyCommand = null, jumps = [] }: Said,
): string {
  // `host` may say a user itself: that of the script wins.
  const isPlain = !/[@/]/.test(host);
  return [
    "ssh",
    ...port === null ? [] : ["-p", String(port)],
    ...key === null ? [] : ["-i", key],
    ...user === null || isPlain ? [] : ["-l", user],
    ...proxyCommand === null ? [] : ["-o", `ProxyCommand=${proxyCommand}`],
    ...jumps.length === 0 ? [] : ["-J", jumps.map(showJump).join(",")],
    user !== null && isPlain ? `${user}@${host}` : host,
  ].map(quote).join(" ");
}

function showJump({ user, host, port }: Destination): string {
  const place = port === null ? host : `${bracketed(host)}:${port}`;
  return user === null ? place : `${user}@${place}`;
}

/** An address of IPv6 has colons of its own. */
function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
