/** What is tried before a host has said what it takes; a server of the test's own tells, as sshd logs nothing of a method that it has not. */
import { deepStrictEqual, match } from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo, Server as TcpServer } from "node:net";
import library from "ssh2";
import { plainSecret } from "../../../../src/schema/secret.ts";
import { run } from "../../../helpers/remote_dir.ts";
import { near, sayIn } from "../../../helpers/ssh_client.ts";
import { testsWith } from "../../../helpers/tools.ts";

const test = testsWith("ssh-keygen");

interface Attempt {
  readonly method: string;
  reject(methods: readonly string[]): void;
}

interface Guest {
  on(event: "authentication", then: (attempt: Attempt) => void): Guest;
  on(event: "error", then: () => void): Guest;
}

const { Server } = library as unknown as {
  readonly Server: new (
    config: { readonly hostKeys: readonly string[] },
    then: (guest: Guest) => void,
  ) => TcpServer;
};

/** Methods that are tried at a host that takes these and lets nobody in. */
async function triedAt(takes: readonly string[], config: string) {
  await using side = await near();
  const path = `${side.home}/host`;
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path]);
  const tried: string[] = [];
  const hostKeys = [await Deno.readTextFile(path)];
  const server = new Server({ hostKeys }, (guest) => {
    guest.on("authentication", (attempt) => {
      tried.push(attempt.method);
      attempt.reject(takes);
    }).on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  side.config(config);
  const { port } = server.address() as AddressInfo;
  const refusal = await sayIn(side, {
    hostname: "127.0.0.1",
    port,
    password: plainSecret("secret"),
    acceptNewHostKey: true,
  });
  match(refusal, /^Cannot log in to /);
  const closed = once(server, "close");
  server.close();
  await closed;
  return tried;
}

test("a password waits until the host says that it takes one", async () => {
  for (const config of ["", "Host *\nPreferredAuthentications password"]) {
    deepStrictEqual(await triedAt(["publickey"], config), ["none"]);
    deepStrictEqual(await triedAt(["password"], config), ["none", "password"]);
  }
});
