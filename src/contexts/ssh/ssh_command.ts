/** The ssh(1) command with which the user can log in in the same way as dpdisp, for hints. */
import { quote } from "../../script/quote.ts";
import type { Destination } from "./config/destination.ts";

/** Settings that are not in ~/.ssh/config; null where there are none. */
export interface CommandSettings extends Destination {
  readonly key?: string | null;
  readonly proxyCommand?: string | null;
  /** From the nearest to the farthest. */
  readonly jumps?: readonly Destination[];
}

export function sshCommand(
  { host, user, port, key = null, proxyCommand = null, jumps = [] }:
    CommandSettings,
): string {
  // `host` may contain a user, which `user` overrides.
  const isPlain = !/[@/]/.test(host);
  return [
    "ssh",
    ...port === null ? [] : ["-p", String(port)],
    ...key === null ? [] : ["-i", key],
    ...user === null || isPlain ? [] : ["-l", user],
    ...proxyCommand === null ? [] : ["-o", `ProxyCommand=${proxyCommand}`],
    ...jumps.length === 0 ? [] : ["-J", jumps.map(jumpArgument).join(",")],
    user !== null && isPlain ? `${user}@${host}` : host,
  ].map(quote).join(" ");
}

function jumpArgument({ user, host, port }: Destination): string {
  const address = port === null ? host : `${bracketed(host)}:${port}`;
  return user === null ? address : `${user}@${address}`;
}

/** An IPv6 address contains colons itself. */
function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
