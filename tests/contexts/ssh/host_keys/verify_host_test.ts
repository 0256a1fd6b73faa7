/** Verification of host keys, with a real sshd. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { run } from "../../../helpers/remote_dir.ts";
import type { FakeTerminal } from "../../../helpers/environment.ts";
import { loginsOf, sshTest, type SshTestbed } from "../../../helpers/sshd.ts";
import {
  loginAt,
  loginOutput,
  openSshClient,
  type Profile,
  type SshClient,
} from "../../../helpers/ssh_client.ts";

const profile = (testbed: SshTestbed): Partial<Profile> => ({
  ...loginAt(testbed, "keys"),
  keyFile: testbed.keys.ed25519,
});

const named = ({ servers: { keys } }: SshTestbed) =>
  `[${keys.host}]:${keys.port}`;

/** The public key of a server, as `type base64`. */
function hostKey(
  testbed: SshTestbed,
  server: "keys" | "inner",
  type = "ed25519",
) {
  const file = `${testbed.servers[server].hostKeys}/${type}.pub`;
  return Deno.readTextFileSync(file).split(" ").slice(0, 2).join(" ");
}

const line = (testbed: SshTestbed, type?: string) =>
  `${named(testbed)} ${hostKey(testbed, "keys", type)}\n`;

async function fingerprintOf(
  testbed: SshTestbed,
  type: string,
): Promise<string> {
  const file = `${testbed.servers.keys.hostKeys}/${type}.pub`;
  return (await run(["ssh-keygen", "-l", "-f", file])).stdout.split(" ")[1]!;
}

sshTest(
  "A host is known by any of its keys, its name plain or hashed",
  async (testbed) => {
    for (const type of ["ed25519", "ecdsa", "rsa"]) {
      await using client = await openSshClient({
        knownHosts: line(testbed, type),
      });
      strictEqual(
        await loginOutput(client, profile(testbed)),
        testbed.users.plain,
        type,
      );
      const file = `${client.home}/.ssh/known_hosts`;
      strictEqual((await run(["ssh-keygen", "-H", "-f", file])).code, 0);
      match(client.read("known_hosts"), /^\|1\|/);
      strictEqual(
        await loginOutput(client, profile(testbed)),
        testbed.users.plain,
        type,
      );
    }
  },
);

sshTest(
  "An unknown host is refused, with a command that adds it to known_hosts",
  async (testbed) => {
    // Without an end: what is added must not go into the same line.
    await using client = await openSshClient({
      knownHosts: "other.host ssh-rsa AAAA",
    });
    const before = loginsOf(testbed.servers.keys);
    const refusal = await loginOutput(client, profile(testbed));
    match(
      refusal,
      /^Host key verification failed: 127\.0\.0\.1:\d+ is not in known_hosts; its ED25519 key fingerprint is SHA256:/,
    );
    ok(refusal.includes(await fingerprintOf(testbed, "ed25519")), refusal);
    strictEqual(loginsOf(testbed.servers.keys), before);
    const command = /same: (.*)$/ms.exec(refusal)![1]!;
    strictEqual((await run(["sh", "-c", command])).code, 0, command);
    strictEqual(
      await loginOutput(client, profile(testbed)),
      testbed.users.plain,
    );
  },
);

sshTest(
  "After a prompt an unknown host is added to known_hosts",
  async (testbed) => {
    for (const last of ["", "other.host ssh-rsa AAAA"]) {
      await using client = await openSshClient({
        knownHosts: last,
        typist: () => "yes",
      });
      strictEqual(
        await loginOutput(client, profile(testbed)),
        testbed.users.plain,
      );
      strictEqual(client.questions.length, 1);
      const { host, port } = testbed.servers.keys;
      const print = await fingerprintOf(testbed, "ed25519");
      strictEqual(
        client.questions[0],
        `The authenticity of host '${host}:${port}' cannot be established.\nED25519 key fingerprint is ${print}.\nAre you sure you want to continue connecting (yes/no)? `,
      );
      strictEqual(
        client.read("known_hosts"),
        `${last && `${last}\n`}${line(testbed)}`,
      );
      strictEqual(
        await loginOutput(client, profile(testbed)),
        testbed.users.plain,
      );
      strictEqual(client.questions.length, 1);
    }
  },
);

sshTest("Without the answer yes the login fails", async (testbed) => {
  for (const answer of ["no", "", "yesterday", null]) {
    await using client = await openSshClient({ typist: () => answer });
    match(
      await loginOutput(client, profile(testbed)),
      /^Host key verification failed: /,
    );
    deepStrictEqual([client.questions.length, client.read("known_hosts")], [
      1,
      "",
    ]);
  }
});

sshTest(
  "Keeping a key leaves the file's mode as it is: it may be /dev/null",
  async (testbed) => {
    await using client = await openSshClient({
      knownHosts: "other.host ssh-rsa AA\n",
    });
    const file = `${client.home}/.ssh/known_hosts`;
    await Deno.chmod(file, 0o644);
    const taking = { ...profile(testbed), acceptNewHostKey: true };
    strictEqual(await loginOutput(client, taking), testbed.users.plain);
    strictEqual((await Deno.stat(file)).mode! & 0o777, 0o644);
    match(client.read("known_hosts"), /ssh-ed25519 /);
  },
);

sshTest(
  "accept_new_host_key takes a new host without asking, into a new ~/.ssh too",
  async (testbed) => {
    await using client = await openSshClient();
    const directory = `${client.home}/.ssh/deep/er`;
    client.config(`Host *\nUserKnownHostsFile "${directory}/known_hosts"`);
    const taking = { ...profile(testbed), acceptNewHostKey: true };
    strictEqual(await loginOutput(client, taking), testbed.users.plain);
    deepStrictEqual(client.questions, []);
    strictEqual(client.read("deep/er/known_hosts"), line(testbed));
    const modes = [directory, `${directory}/known_hosts`].map((path) =>
      Deno.statSync(path).mode! & 0o777
    );
    deepStrictEqual(modes, [0o700, 0o600]);
  },
);

/** Refused whatever the settings are and the user answers. */
async function refusedAlways(
  testbed: SshTestbed,
  client: SshClient,
  message: RegExp,
) {
  const before = loginsOf(testbed.servers.keys);
  for (const word of ["ask", "no", "accept-new", "yes"]) {
    client.config(`Host *\nStrictHostKeyChecking ${word}`);
    for (const acceptNewHostKey of [false, true]) {
      const refusal = await loginOutput(client, {
        ...profile(testbed),
        acceptNewHostKey,
      });
      match(refusal, message, word);
    }
  }
  deepStrictEqual(client.questions, []);
  strictEqual(loginsOf(testbed.servers.keys), before);
}

sshTest(
  "A host whose key has changed is always refused, until the old key is removed",
  async (testbed) => {
    const old = `${named(testbed)} ${hostKey(testbed, "inner")}\n`;
    await using client = await openSshClient({
      knownHosts: old,
      typist: () => "yes",
    });
    await refusedAlways(
      testbed,
      client,
      /REMOTE HOST IDENTIFICATION HAS CHANGED: .*known_hosts line 1 has/s,
    );
    strictEqual(client.read("known_hosts"), old);
    client.config("");
    const refusal = await loginOutput(client, profile(testbed));
    const command = /: (ssh-keygen -f .*)$/m.exec(refusal)![1]!;
    strictEqual((await run(["sh", "-c", command])).code, 0, command);
    strictEqual(
      await loginOutput(client, profile(testbed)),
      testbed.users.plain,
    );
    strictEqual(client.questions.length, 1);
  },
);

sshTest("A revoked key is always refused", async (testbed) => {
  const revoked = `@revoked ${line(testbed)}${line(testbed)}`;
  await using client = await openSshClient({
    knownHosts: revoked,
    typist: () => "yes",
  });
  await refusedAlways(
    testbed,
    client,
    /REVOKED HOST KEY DETECTED: .* is marked as revoked in .*known_hosts line 1/,
  );
});

sshTest(
  "StrictHostKeyChecking of ssh_config decides about an unknown host",
  async (testbed) => {
    const ends = { yes: false, ask: false, "accept-new": true, no: true };
    for (const [word, isIn] of Object.entries(ends)) {
      await using client = await openSshClient();
      client.config(`Host *\nStrictHostKeyChecking ${word}`);
      const end = await loginOutput(client, profile(testbed));
      strictEqual(end === testbed.users.plain, isIn, `${word}: ${end}`);
      strictEqual(client.questions.length, word === "ask" ? 1 : 0, word);
    }
  },
);

sshTest(
  "HostKeyAlias and another port name a host of their own",
  async (testbed) => {
    await using client = await openSshClient({
      knownHosts: `the-cluster ${hostKey(testbed, "keys")}\n`,
    });
    client.config("Host *\nHostKeyAlias the-cluster");
    strictEqual(
      await loginOutput(client, profile(testbed)),
      testbed.users.plain,
    );
    client.config("");
    client.write("known_hosts", line(testbed).replace(/:\d+/, ":1"));
    match(await loginOutput(client, profile(testbed)), /is not in known_hosts/);
  },
);

sshTest("A known_hosts that cannot be written is reported", async (testbed) => {
  const answers = ["yes"];
  await using client = await openSshClient({
    typist: () => answers.pop() ?? null,
  });
  client.config(`Host *\nUserKnownHostsFile /proc/nowhere/known_hosts`);
  const taking = { ...profile(testbed), acceptNewHostKey: true };
  match(
    await loginOutput(client, taking),
    /Failed to add the host to the list of known hosts \(\/proc/,
  );
  // A key that the user confirmed is accepted for this session.
  strictEqual(await loginOutput(client, profile(testbed)), testbed.users.plain);
  const { written } = client.environment.terminal as FakeTerminal;
  match(
    written.err,
    /^warning: Failed to add the host .*\(\/proc.*the next run asks again\n$/s,
  );
});

sshTest(
  "Where known_hosts cannot keep a key, there is one prompt in a session",
  async (testbed) => {
    for (const file of ["/dev/null", "none"]) {
      const answers = ["yes"];
      await using client = await openSshClient({
        typist: () => answers.pop() ?? null,
      });
      client.config(`Host *\nUserKnownHostsFile ${file}`);
      strictEqual(
        await loginOutput(client, profile(testbed)),
        testbed.users.plain,
        file,
      );
      strictEqual(client.questions.length, 1);
      match(
        await loginOutput(client, profile(testbed)),
        /^Host key verification failed/,
      );
      strictEqual(client.questions.length, 2);
    }
  },
);
