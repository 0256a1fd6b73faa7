/** What is agreed on with a host before anything is said. */
import type { ConnectConfig } from "./ssh2.ts";

/** nistp521 fails under Deno 2.9; host keys by which the host is known come first, as with ssh. */
export function algorithmsFor(
  known: readonly string[],
): ConnectConfig["algorithms"] {
  const rsa = ["rsa-sha2-512", "rsa-sha2-256"];
  const preferred = known.flatMap((type) => type === "ssh-rsa" ? rsa : [type]);
  const usual = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    ...rsa,
  ];
  return {
    kex: { remove: ["ecdh-sha2-nistp521"] },
    compress: ["none"],
    serverHostKey: [
      ...new Set([
        ...preferred.filter((type) => usual.includes(type)),
        ...usual,
      ]),
    ],
  };
}
