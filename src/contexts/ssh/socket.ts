/** What carries a connection: TCP, a command, or the host before. */
import { connect, isIP } from "node:net";
import type { Duplex } from "node:stream";
import { fail, ok, type Result } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Client } from "./ssh2.ts";
import type { Hop } from "./hop.ts";
import { throughCommand } from "./proxy_command.ts";

/** Later errors come as events of the stream, as ssh2 expects of a socket. */
export async function openSocket(
  hop: Hop,
  before: Client | null,
  world: Pick<Environment, "clock" | "terminal">,
): Promise<Result<Duplex, Error>> {
  const { proxyCommand } = hop;
  if (proxyCommand !== null) {
    return ok(throughCommand(proxyCommand, world.terminal.err));
  }
  return before ? await throughHost(before, hop, world) : throughTcp(hop);
}

/** Without noDelay every short message waits for the answer to the one before: 90 ms a script instead of 3. */
function throughTcp(
  { hostname, port, policy }: Hop,
): Result<Duplex, Error> {
  const { family, bindAddress } = policy;
  // An address is taken as it is, whatever the family.
  const written = isIP(hostname);
  if (family !== 0 && written !== 0 && written !== family) {
    const saw = `AddressFamily of ~/.ssh/config rules out ${hostname}`;
    return fail(new Error(saw));
  }
  return ok(connect({
    ...{ host: hostname, port, noDelay: true, family },
    ...bindAddress !== null && { localAddress: bindAddress },
  }));
}

/** The host before may take minutes until it gives up. */
async function throughHost(
  before: Client,
  { hostname, port, timeout_s }: Hop,
  { clock }: Pick<Environment, "clock">,
): Promise<Result<Duplex, Error>> {
  const opened = new Promise<Result<Duplex, Error>>((resolve) => {
    before.forwardOut("127.0.0.1", 0, hostname, port, (error, stream) => {
      resolve(error ? fail(error) : ok(stream));
    });
  }).catch((error) => fail<Error>(error));
  const enough = new AbortController();
  const late = clock.sleep(1000 * timeout_s, enough.signal).then(() =>
    fail(new Error(`the host before it did not reach it in ${timeout_s} s`))
  );
  const first = await Promise.race([opened, late]);
  enough.abort();
  return first;
}
