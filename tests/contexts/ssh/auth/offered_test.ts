/** What is tried before a host has named its methods. The test has its own server, because sshd logs nothing about a method that it does not offer. */
import { deepStrictEqual, match } from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo, Server as TcpServer } from "node:net";
import library from "ssh2";
import { plainSecret } from "../../../../src/schema/secret.ts";
import { run } from "../../../helpers/remote_dir.ts";
import { loginOutput, openSshClient } from "../../../helpers/ssh_client.ts";
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

/** The methods that are tried with a host that offers these and rejects all attempts. */
async function triedAt(offered: readonly string[], config: string) {
  await using client = await openSshClient();
  const path = `${client.home}/host`;
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path]);
  const attempted: string[] = [];
  const hostKeys = [await Deno.readTextFile(path)];
  const server = new Server({ hostKeys }, (guest) => {
    guest.on("authentication", (attempt) => {
      attempted.push(attempt.method);
      attempt.reject(offered);
    }).on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client.config(config);
  const { port } = server.address() as AddressInfo;
  const refusal = await loginOutput(client, {
    hostname: "127.0.0.1",
    port,
    password: plainSecret("secret"),
    acceptNewHostKey: true,
  });
  match(refusal, /^Permission denied \(/);
  const closed = once(server, "close");
  server.close();
  await closed;
  return attempted;
}

test("a password is sent only after the host has offered the method", async () => {
  for (const config of ["", "Host *\nPreferredAuthentications password"]) {
    deepStrictEqual(await triedAt(["publickey"], config), ["none"]);
    deepStrictEqual(await triedAt(["password"], config), ["none", "password"]);
  }
});
