/** Logging in by keys, at a real sshd. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { withAgent, withSocket } from "../../../helpers/ssh_agent.ts";
import { run } from "../../../helpers/remote_dir.ts";
import {
  type KeyName,
  loginsOf,
  sshTest,
  type SshTestbed,
} from "../../../helpers/sshd.ts";
import {
  loginAt,
  loginOutput,
  openSshClient,
  plainSecret,
  tryLogin,
} from "../../../helpers/ssh_client.ts";

const PLAIN: readonly KeyName[] = [
  ...["ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa", "rsa_pem"] as const,
];
const LOCKED: readonly KeyName[] = [
  ...["ed25519_passphrase", "rsa_passphrase", "rsa_pem_passphrase"] as const,
];

/** The login that a script with `key_filename` gets. */
const byKey = (testbed: SshTestbed, key: KeyName) => ({
  ...loginAt(testbed, "keys"),
  keyFile: testbed.keys[key],
});

sshTest("Keys of every type log in", async (testbed) => {
  for (const key of PLAIN) {
    const { output } = await tryLogin(testbed, byKey(testbed, key));
    strictEqual(output, testbed.users.plain, key);
  }
});

sshTest(
  "Locked keys log in with their passphrase, given or typed",
  async (testbed) => {
    const passphrase = plainSecret(testbed.passphrase);
    for (const key of LOCKED) {
      const given = await tryLogin(testbed, {
        ...byKey(testbed, key),
        passphrase,
      });
      deepStrictEqual(
        given,
        { output: testbed.users.plain, questions: [] },
        key,
      );
      const typed = await tryLogin(testbed, byKey(testbed, key), {
        typist: () => testbed.passphrase,
      });
      deepStrictEqual(typed, {
        output: testbed.users.plain,
        questions: [`Enter passphrase for key '${testbed.keys[key]}': `],
      });
    }
  },
);

sshTest(
  "After a mistyped passphrase there is another hidden prompt",
  async (testbed) => {
    const typed = ["wrong", testbed.passphrase];
    const { output, questions } = await tryLogin(
      testbed,
      byKey(testbed, "ed25519_passphrase"),
      {
        typist: (_question, hidden) => hidden ? typed.shift()! : null,
      },
    );
    deepStrictEqual([output, questions.length], [testbed.users.plain, 2]);
  },
);

sshTest(
  "A wrong or missing passphrase is reported, without its text",
  async (testbed) => {
    const passphrase = plainSecret("not the passphrase");
    for (const key of LOCKED) {
      const wrong = await tryLogin(testbed, {
        ...byKey(testbed, key),
        passphrase,
      });
      match(wrong.output, /^Permission denied \(publickey/);
      match(
        wrong.output,
        /incorrect passphrase supplied to decrypt private key/,
        key,
      );
      const path = testbed.keys[key];
      const hint =
        `\nCorrect remote_profile.passphrase: it does not decrypt ${path}`;
      ok(wrong.output.endsWith(hint), wrong.output);
      ok(!wrong.output.includes("not the passphrase"), wrong.output);
      const missing = (await tryLogin(testbed, byKey(testbed, key))).output;
      match(missing, /is encrypted, and no passphrase is given/);
      const set =
        `\nSet remote_profile.passphrase for ${path}, or run in a terminal`;
      ok(missing.endsWith(set), missing);
    }
  },
);

sshTest(
  "A key that the host rejects, and one that does not exist, are reported",
  async (testbed) => {
    const { output, questions } = await tryLogin(
      testbed,
      byKey(testbed, "stranger"),
      {
        typist: () => "typed",
      },
    );
    deepStrictEqual(questions, []);
    ok(
      output.includes(`rejected: key ${testbed.keys.stranger}`),
      output,
    );
    const { port } = testbed.servers.keys;
    const { plain } = testbed.users;
    const command =
      `ssh -p ${port} -i ${testbed.keys.stranger} ${plain}@127.0.0.1`;
    ok(output.includes(`\nTry \`${command}\`; if`), output);
    match(output, /transport = "openssh"/);
    const absent = await tryLogin(testbed, {
      ...loginAt(testbed, "keys"),
      keyFile: "no/key",
    });
    match(absent.output, /near \S+\/no\/key: there is no such readable file/);
    match(
      absent.output,
      /\nCorrect remote_profile\.key_filename: \S+ near \S+\/no\/key is not a readable private key$/,
    );
    const damaged = await tryLogin(testbed, {
      ...loginAt(testbed, "keys"),
      keyFile: testbed.knownHosts,
    });
    match(damaged.output, /key \S+known_hosts: /);
  },
);

sshTest(
  "There is no prompt for a passphrase where the host does not offer publickey",
  async (testbed) => {
    const { output, questions } = await tryLogin(testbed, {
      ...loginAt(testbed, "password_code"),
      keyFile: testbed.keys.ed25519_passphrase,
      password: plainSecret(testbed.password),
      totpSecret: plainSecret(testbed.totpSecret),
    }, { typist: () => "typed" });
    deepStrictEqual([output, questions], [testbed.users.plain, []]);
  },
);

sshTest(
  "Keys of ~/.ssh are tried, unless look_for_keys is false",
  async (testbed) => {
    await using client = await openSshClient({
      knownHosts: await Deno.readTextFile(testbed.knownHosts),
    });
    client.write("id_ed25519", await Deno.readTextFile(testbed.keys.ed25519));
    strictEqual(
      await loginOutput(client, loginAt(testbed, "keys")),
      testbed.users.plain,
    );
    const left = await loginOutput(client, {
      ...loginAt(testbed, "keys"),
      lookForKeys: false,
    });
    match(left, /: there was no key, agent or password to try/);
  },
);

sshTest("The agent's keys log in", async (testbed) => {
  const { stranger, rsa, ecdsa521 } = testbed.keys;
  for (const key of [rsa, ecdsa521]) {
    await withAgent([stranger, key], async (socket) => {
      const environment = withSocket(socket);
      const { output } = await tryLogin(testbed, loginAt(testbed, "keys"), {
        environment,
      });
      strictEqual(output, testbed.users.plain);
    });
  }
});

sshTest(
  "A locked key that the agent has open needs no passphrase",
  async (testbed) => {
    await using client = await openSshClient({
      knownHosts: await Deno.readTextFile(testbed.knownHosts),
    });
    const { ed25519, ed25519_passphrase } = testbed.keys;
    const opened = `${client.home}/opened`;
    await Deno.copyFile(ed25519_passphrase, opened);
    await Deno.chmod(opened, 0o600);
    const args = ["-q", "-p", "-P", testbed.passphrase, "-N", "", "-f", opened];
    strictEqual((await run(["ssh-keygen", ...args])).code, 0);
    await withAgent([ed25519, opened], async (socket) => {
      const { output, questions } = await tryLogin(
        testbed,
        byKey(testbed, "ed25519_passphrase"),
        {
          environment: withSocket(socket),
          typist: () => "typed",
        },
      );
      deepStrictEqual([output, questions], [testbed.users.plain, []]);
    });
  },
);

sshTest(
  "With IdentitiesOnly the agent's other keys are not tried",
  async (testbed) => {
    const { stranger, ed25519, rsa } = testbed.keys;
    await withAgent([stranger, rsa, ed25519], async (socket) => {
      await using client = await openSshClient({
        knownHosts: await Deno.readTextFile(testbed.knownHosts),
        environment: withSocket(socket),
      });
      const refusals = () =>
        Deno.readTextFileSync(testbed.servers.keys.log).match(
          /^Failed publickey/gm,
        )
          ?.length ?? 0;
      const before = [loginsOf(testbed.servers.keys), refusals()] as const;
      // The public key selects the key; only the agent has the private key.
      client.write("only.pub", await Deno.readTextFile(`${ed25519}.pub`));
      client.config(
        `Host *\nIdentitiesOnly yes\nIdentityFile "${client.home}/.ssh/only"`,
      );
      strictEqual(
        await loginOutput(client, loginAt(testbed, "keys")),
        testbed.users.plain,
      );
      deepStrictEqual([loginsOf(testbed.servers.keys), refusals()], [
        before[0] + 1,
        before[1],
      ]);
      client.write("only.pub", "no key");
      const none = await loginOutput(client, loginAt(testbed, "keys"));
      match(none, /^Permission denied \(publickey/);
      match(none, /the agent has none of the keys that IdentityFile/);
      strictEqual(loginsOf(testbed.servers.keys), before[0] + 1);
    });
  },
);

sshTest(
  "An agent that does not exist is reported, and the other methods are tried",
  async (testbed) => {
    const environment = withSocket("/nowhere/agent");
    const { output } = await tryLogin(testbed, loginAt(testbed, "keys"), {
      environment,
    });
    match(output, /agent: .*\nCheck the agent with `ssh-add -l`/s);
    ok(!output.includes("keys of the agent"), output);
    const named = {
      ...loginAt(testbed, "keys"),
      keyFile: testbed.keys.ed25519,
    };
    strictEqual(
      (await tryLogin(testbed, named, { environment })).output,
      testbed.users.plain,
    );
  },
);

sshTest(
  "An agent without keys is reported",
  (testbed) =>
    withAgent([], async (socket) => {
      const environment = withSocket(socket);
      const { output } = await tryLogin(testbed, loginAt(testbed, "keys"), {
        environment,
      });
      match(output, /: there was no key, agent or password to try\n/);
      match(output, /^ {2}the agent has no keys$/m);
      match(
        output,
        /^Add a key to the agent with ssh-add, or set remote_profile\.key/m,
      );
    }),
);

/** New keys that no host accepts; more than a host allows (MaxAuthTries of sshd_config(5): 6). */
async function manyKeys(directory: string): Promise<readonly string[]> {
  const paths = Array.from({ length: 7 }, (_, i) => `${directory}/many${i}`);
  for (const path of paths) {
    const args = ["-q", "-t", "ed25519", "-N", "", "-f", path];
    strictEqual((await run(["ssh-keygen", ...args])).code, 0);
  }
  return paths;
}

sshTest(
  "Of an agent with many keys those that the settings name are offered first",
  async (testbed) => {
    const { ed25519 } = testbed.keys;
    await using client = await openSshClient();
    const many = await manyKeys(client.home);
    await withAgent([...many, ed25519], async (socket) => {
      const environment = withSocket(socket);
      const knownHosts = await Deno.readTextFile(testbed.knownHosts);
      await using client = await openSshClient({ knownHosts, environment });
      const profile = loginAt(testbed, "keys");
      const refusal = await loginOutput(client, profile);
      match(refusal, /^Too many authentication failures: /);
      match(refusal, /rejected: keys of the agent/);
      match(refusal, /key_filename.*IdentitiesOnly/);
      client.write("id_ed25519.pub", await Deno.readTextFile(`${ed25519}.pub`));
      strictEqual(await loginOutput(client, profile), testbed.users.plain);
    });
  },
);

sshTest(
  "An agent that never answers is reported, and the other methods are tried",
  async (testbed) => {
    const directory = await Deno.makeTempDir();
    const path = `${directory}/agent`;
    const listener = Deno.listen({ transport: "unix", path });
    const connections: Deno.Conn[] = [];
    const accepting = (async () => {
      for await (const connection of listener) connections.push(connection);
    })();
    try {
      // Half of the login's own time limit.
      const profile = { ...loginAt(testbed, "keys"), timeoutSeconds: 1 };
      const { output } = await tryLogin(testbed, profile, {
        environment: withSocket(path),
      });
      match(output, /agent: no answer within 0.5 s/);
      match(output, /Check the agent with `ssh-add -l`/);
    } finally {
      listener.close();
      connections.forEach((connection) => connection.close());
      await accepting;
      await Deno.remove(directory, { recursive: true });
    }
  },
);
