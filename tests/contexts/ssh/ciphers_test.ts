/** Every cipher that may be negotiated, at a real sshd. */
import { ok } from "node:assert/strict";
import { KINDS } from "../../../src/contexts/ssh/algorithms.ts";
import { formatFailure } from "../../../src/text/result.ts";
import { runScript } from "../../helpers/run_script.ts";
import { type SshBed, sshTest } from "../../helpers/sshd.ts";
import { hosts, type Near, sideOf } from "../../helpers/ssh_client.ts";

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
function configFor(bed: SshBed, cipher: string): string {
  const { host, port } = bed.servers.every;
  const far = `Host far\nHostName ${host}\nPort ${port}\nProxyJump every`;
  const login = `User ${bed.users.plain}\nIdentityFile ${bed.keys.ed25519}`;
  return `Ciphers ${cipher}\n${hosts(bed)}\n${far}\n${login}`;
}

/** Sends the bytes to `cat` and compares what comes back. */
async function sendAndReceive(
  side: Near,
  hostname: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const opened = await side.open({ hostname, timeoutSeconds: TIMEOUT });
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
    async (bed) => {
      await using side = await sideOf(bed, configFor(bed, cipher));
      const bytes = randomBytes();
      for (const hostname of ["every", "far"]) {
        ok(await sendAndReceive(side, hostname, bytes), hostname);
      }
    },
  );
}
