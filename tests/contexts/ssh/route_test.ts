/** Connections to real hosts: aliases, jump hosts, commands, addresses, and failures. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { loginsOf, logOf, sshTest } from "../../helpers/sshd.ts";
import {
  clientOf,
  hostBlocks,
  loginAt,
  loginOutput,
  outputOf,
  type Profile,
  type SshClient,
  tryLogin,
  withSleeper,
} from "../../helpers/ssh_client.ts";

/** The same home, where there is no ssh to ask for settings. */
const withoutSsh = (client: SshClient): SshClient => ({
  ...client,
  open: (profile) =>
    client.open(profile, {
      ...client.lookup,
      run: () => Promise.resolve(null),
    }),
});

sshTest(
  "An alias is enough for a script, with the settings of ssh or of its files",
  async (testbed) => {
    await using client = await clientOf(testbed, "");
    client.write("hosts", hostBlocks(testbed));
    client.config(`Include "${client.home}/.ssh/hosts"`);
    for (const each of [client, withoutSsh(client)]) {
      strictEqual(
        await loginOutput(each, { hostname: "keys" }),
        testbed.users.plain,
      );
      const { csh } = testbed.users;
      strictEqual(
        await loginOutput(each, { hostname: "keys", username: csh }),
        csh,
      );
      const elsewhere = { hostname: "keys", port: testbed.servers.jump.port };
      match(
        await loginOutput(each, elsewhere),
        /^Host key verification failed|^dpdisp-far$/,
      );
    }
  },
);

sshTest(
  "Jump hosts lead on, each with its own user and port",
  async (testbed) => {
    const { banner, plain } = testbed.users;
    const config = hostBlocks(testbed, {
      jump: `User ${banner}`,
      inner: "ProxyJump jump",
      innermost: "ProxyJump inner",
    });
    await using client = await clientOf(testbed, config);
    const way = (["jump", "inner", "innermost"] as const).map((name) =>
      testbed.servers[name]
    );
    for (const [depth, name] of ["inner", "innermost"].entries()) {
      const before = way.map(loginsOf);
      strictEqual(await loginOutput(client, { hostname: name }), plain);
      deepStrictEqual(
        way.map((server, i) => loginsOf(server) - before[i]!),
        way.map((_, i) => i <= depth + 1 ? 1 : 0),
      );
    }
    match(
      logOf(testbed.servers.jump),
      new RegExp(`Accepted publickey for ${banner}`),
    );
  },
);

sshTest(
  "A list of jump hosts is used from the nearest to the farthest",
  async (testbed) => {
    const { csh } = testbed.users;
    const { inner } = testbed.servers;
    const list = `jump,${csh}@${inner.host}:${inner.port}`;
    const config = `Host ${inner.host}\nIdentityFile ${testbed.keys.ed25519}\n`;
    await using client = await clientOf(
      testbed,
      config + hostBlocks(testbed, { innermost: `ProxyJump ${list}` }),
    );
    strictEqual(
      await loginOutput(client, { hostname: "innermost" }),
      testbed.users.plain,
    );
    match(logOf(inner), new RegExp(`Accepted publickey for ${csh}`));
  },
);

sshTest(
  "A jump host that cannot connect further, or rejects the login, is reported",
  async (testbed) => {
    await using client = await clientOf(
      testbed,
      hostBlocks(testbed, { innermost: "ProxyJump jump" }),
    );
    const barred = await loginOutput(client, { hostname: "innermost" });
    match(barred, /^Cannot connect to .*@127\.0\.0\.3 .*open failed/s);
    client.config(hostBlocks(testbed, {
      inner: "ProxyJump jump",
      jump: "User nobody-of-that-name",
    }));
    const closed = await loginOutput(client, { hostname: "inner" });
    const { port } = testbed.servers.jump;
    const place = `nobody-of-that-name@127.0.0.1, port ${port}`;
    ok(
      closed.includes(
        `: the jump host jump (${place}) on the way to inner rejected: `,
      ),
      closed,
    );
    match(closed, /^Permission denied \(publickey/);
    match(closed, /under `Host jump` .*\nTry `ssh jump`;/);
    client.config(
      hostBlocks(testbed, { jump: "ProxyJump inner", inner: "ProxyJump jump" }),
    );
    match(
      await loginOutput(client, { hostname: "inner" }),
      /circular|more than 16/,
    );
  },
);

sshTest(
  "The failure of a jump host has the name that the user gave, and the host that it leads to",
  async (testbed) => {
    const { jump } = testbed.servers;
    const failures: readonly (readonly [string, RegExp])[] = [
      [
        `ana@gate:1`,
        /^Cannot connect to the jump host gate \(ana@127\.0\.0\.1, port 1\) on the way to innermost: Connection refused/,
      ],
      [
        `jump,stray`,
        /^Host key verification failed for the jump host stray \(\S+@127\.0\.0\.2, port \d+\) on the way to innermost: stray:22 is not in known_hosts/,
      ],
      [
        `jump,ana@inner`,
        /^Permission denied \(publickey.*\): the jump host inner \(ana@127\.0\.0\.2, port \d+\) on the way to innermost rejected: /,
      ],
    ];
    const advice = ["-p 1 ana@gate", null, "-J jump ana@inner"];
    for (const [i, [list, words]] of failures.entries()) {
      const config = hostBlocks(testbed, { innermost: `ProxyJump ${list}` });
      const { inner } = testbed.servers;
      const stray = `HostName ${inner.host}\nPort ${inner.port}`;
      await using client = await clientOf(
        testbed,
        `${config}\nHost gate\nHostName ${jump.host}\nHost stray\n${stray}\nHostKeyAlias stray`,
      );
      const message = await loginOutput(client, { hostname: "innermost" });
      match(message, words);
      const command = advice[i];
      if (command) ok(message.includes(`Try \`ssh ${command}\``), message);
    }
  },
);

sshTest("An address of IPv6 is reached", async (testbed) => {
  if (testbed.ipv6 === "") return;
  const { output } = await tryLogin(testbed, {
    ...loginAt(testbed, "keys"),
    hostname: testbed.ipv6,
    keyFile: testbed.keys.ed25519,
  });
  strictEqual(output, testbed.users.plain);
});

/** A server that accepts connections and sends nothing. */
async function mute() {
  const taken = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    taken.add(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      taken.forEach((socket) => socket.destroy());
      server.close();
      await once(server, "close");
    },
  };
}

sshTest(
  "A server that sends nothing is waited for until the timeout, also through a jump host",
  async (testbed) => {
    await using server = await mute();
    const { port } = server;
    const profile = { hostname: "127.0.0.1", port, timeoutSeconds: 1 };
    const begun = Date.now();
    match(
      (await tryLogin(testbed, profile)).output,
      /^Cannot connect to .*no answer within 1 s/s,
    );
    ok(Date.now() - begun >= 1_000);
    await using client = await clientOf(
      testbed,
      `Host 127.0.0.1\nProxyJump keys\n${hostBlocks(testbed)}`,
    );
    match(
      await loginOutput(client, { ...profile, timeoutSeconds: 2 }),
      /no answer within 2 s/,
    );
  },
);

sshTest(
  "Failures to connect are reported in OpenSSH's words",
  async (testbed) => {
    await using server = await mute();
    const { port } = server;
    await server[Symbol.asyncDispose]();
    const output = async (profile: Partial<Profile>) =>
      (await tryLogin(testbed, { timeoutSeconds: 5, ...profile })).output;
    match(
      await output({ hostname: "127.0.0.1", port }),
      /: Connection refused$/m,
    );
    match(
      await output({ hostname: "no-such-host.invalid" }),
      /Could not resolve hostname|no answer/,
    );
    // TEST-NET-1 of RFC 5737: no host has this address.
    match(
      await output({ hostname: "192.0.2.1", timeoutSeconds: 1 }),
      /^Cannot connect to /,
    );
  },
);

sshTest(
  "execute_command is run once after each login, by whatever shell is there",
  async (testbed) => {
    await using client = await clientOf(testbed, hostBlocks(testbed));
    const note = `/tmp/dpdisp-note-${crypto.randomUUID()}`;
    const executeCommand = `echo in >> ${note}`;
    for (const username of Object.values(testbed.users)) {
      const profile = { hostname: "keys", username, executeCommand };
      const opened = await client.open(profile);
      ok(opened.ok);
      await using shell = opened.value;
      strictEqual((await outputOf(shell, `cat ${note}`)).trim(), "in");
      strictEqual(
        (await outputOf(shell, `cat ${note}; rm ${note}`)).trim(),
        "in",
      );
    }
    const failing = { hostname: "keys", executeCommand: "no-such-command" };
    strictEqual(await loginOutput(client, failing), testbed.users.plain);
  },
);

sshTest(
  "An execute_command that does not end does not block scripts",
  (testbed) =>
    withSleeper(async (commands) => {
      await using client = await clientOf(testbed, hostBlocks(testbed));
      for (const [executeCommand, timeoutSeconds] of commands) {
        const profile = { hostname: "keys", executeCommand, timeoutSeconds };
        strictEqual(await loginOutput(client, profile), testbed.users.plain);
      }
    }),
);
