/** Every cipher that may be negotiated, at a real sshd. */
import { ok } from "node:assert/strict";
import { KINDS } from "../../../src/contexts/ssh/algorithms.ts";
import { formatFailure } from "../../../src/text/result.ts";
import { runScript } from "../../helpers/run_script.ts";
import { sshTest, type SshTestbed } from "../../helpers/sshd.ts";
import {
  clientOf,
  hostBlocks,
  type SshClient,
} from "../../helpers/ssh_client.ts";

/** In s; generous, because a cipher that fails hangs. */
const TIMEOUT = 60;
const BYTES = 5_000_000;
/** The most that `getRandomValues` fills at once. */
const AT_ONCE = 65_536;

function randomBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BYTES);
  for (let at = 0; at < BYTES; at += AT_ONCE) {
    crypto.getRandomValues(bytes.subarray(at, at + AT_ONCE));
  }
  return bytes;
}

/** The host `every`, and `far`, which is reached through it; both connections with the one cipher. */
function configFor(testbed: SshTestbed, cipher: string): string {
  const { host, port } = testbed.servers.every;
  const far = `Host far\nHostName ${host}\nPort ${port}\nProxyJump every`;
  const login =
    `User ${testbed.users.plain}\nIdentityFile ${testbed.keys.ed25519}`;
  return `Ciphers ${cipher}\n${hostBlocks(testbed)}\n${far}\n${login}`;
}

/** Sends the bytes to `cat` and compares what comes back. */
async function sendAndReceive(
  client: SshClient,
  hostname: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const opened = await client.open({ hostname, timeoutSeconds: TIMEOUT });
  if (!opened.ok) throw new Error(formatFailure(opened.error));
  await using shell = opened.value;
  const timer = Promise.withResolvers<never>();
  const late = () => timer.reject(new Error(`not sent within ${TIMEOUT} s`));
  const timeout = setTimeout(late, 1000 * TIMEOUT);
  const sent = runScript(shell, "cat", bytes);
  try {
    const { stdout } = await Promise.race([sent, timer.promise]);
    return stdout.length === bytes.length &&
      stdout.every((byte, i) => byte === bytes[i]);
  } finally {
    clearTimeout(timeout);
  }
}

for (const cipher of KINDS.cipher.supported) {
  sshTest(
    `5 MB each way arrive with ${cipher}, also through a jump host`,
    async (testbed) => {
      await using client = await clientOf(testbed, configFor(testbed, cipher));
      const bytes = randomBytes();
      for (const hostname of ["every", "far"]) {
        ok(await sendAndReceive(client, hostname, bytes), hostname);
      }
    },
  );
}
