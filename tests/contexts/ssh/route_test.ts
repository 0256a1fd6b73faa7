/** Ways to a host, walked for real: aliases, jumps, commands, addresses, and ways that end nowhere. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { loginsOf, logOf, sshTest } from "../../helpers/sshd.ts";
import {
  at,
  hosts,
  type Near,
  type Profile,
  said,
  sayIn,
  sideOf,
  tryIn,
  withSleeper,
} from "../../helpers/ssh_client.ts";

/** The same home, where there is no ssh to ask for settings. */
const withoutSsh = (side: Near): Near => ({
  ...side,
  open: (profile) =>
    side.open(profile, { ...side.door, run: () => Promise.resolve(null) }),
});

sshTest(
  "An alias is all that a script needs, asked of ssh or read from its files",
  async (bed) => {
    await using side = await sideOf(bed, "");
    side.write("hosts", hosts(bed));
    side.config(`Include "${side.home}/.ssh/hosts"`);
    for (const each of [side, withoutSsh(side)]) {
      strictEqual(await sayIn(each, { hostname: "keys" }), bed.users.plain);
      const { csh } = bed.users;
      strictEqual(await sayIn(each, { hostname: "keys", username: csh }), csh);
      const elsewhere = { hostname: "keys", port: bed.servers.jump.port };
      match(
        await sayIn(each, elsewhere),
        /^Host key verification failed|^dpdisp-far$/,
      );
    }
  },
);

sshTest("Jump hosts lead on, each with its own user and port", async (bed) => {
  const { banner, plain } = bed.users;
  const config = hosts(bed, {
    jump: `User ${banner}`,
    inner: "ProxyJump jump",
    innermost: "ProxyJump inner",
  });
  await using side = await sideOf(bed, config);
  const way = (["jump", "inner", "innermost"] as const).map((name) =>
    bed.servers[name]
  );
  for (const [depth, name] of ["inner", "innermost"].entries()) {
    const before = way.map(loginsOf);
    strictEqual(await sayIn(side, { hostname: name }), plain);
    deepStrictEqual(
      way.map((server, i) => loginsOf(server) - before[i]!),
      way.map((_, i) => i <= depth + 1 ? 1 : 0),
    );
  }
  match(
    logOf(bed.servers.jump),
    new RegExp(`Accepted publickey for ${banner}`),
  );
});

sshTest(
  "A list of jump hosts is walked from the nearest to the farthest",
  async (bed) => {
    const { csh } = bed.users;
    const { inner } = bed.servers;
    const list = `jump,${csh}@${inner.host}:${inner.port}`;
    const config = `Host ${inner.host}\nIdentityFile ${bed.keys.ed25519}\n`;
    await using side = await sideOf(
      bed,
      config + hosts(bed, { innermost: `ProxyJump ${list}` }),
    );
    strictEqual(await sayIn(side, { hostname: "innermost" }), bed.users.plain);
    match(logOf(inner), new RegExp(`Accepted publickey for ${csh}`));
  },
);

sshTest(
  "A jump host that does not lead there, or lets nobody in, is told",
  async (bed) => {
    await using side = await sideOf(
      bed,
      hosts(bed, { innermost: "ProxyJump jump" }),
    );
    const barred = await sayIn(side, { hostname: "innermost" });
    match(barred, /^Cannot connect to .*@127\.0\.0\.3 .*open failed/s);
    side.config(hosts(bed, {
      inner: "ProxyJump jump",
      jump: "User nobody-of-that-name",
    }));
    const closed = await sayIn(side, { hostname: "inner" });
    const { port } = bed.servers.jump;
    const place = `nobody-of-that-name@127.0.0.1, port ${port}`;
    ok(
      closed.includes(
        `: the jump host jump (${place}) on the way to inner rejected: `,
      ),
      closed,
    );
    match(closed, /^Permission denied \(publickey/);
    match(closed, /under `Host jump` .*\nTry `ssh jump`;/);
    side.config(
      hosts(bed, { jump: "ProxyJump inner", inner: "ProxyJump jump" }),
    );
    match(await sayIn(side, { hostname: "inner" }), /circular|more than 16/);
  },
);

sshTest(
  "Any jump host that fails is called as the user calls it, and where it leads",
  async (bed) => {
    const { jump } = bed.servers;
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
      const config = hosts(bed, { innermost: `ProxyJump ${list}` });
      const { inner } = bed.servers;
      const stray = `HostName ${inner.host}\nPort ${inner.port}`;
      await using side = await sideOf(
        bed,
        `${config}\nHost gate\nHostName ${jump.host}\nHost stray\n${stray}\nHostKeyAlias stray`,
      );
      const told = await sayIn(side, { hostname: "innermost" });
      match(told, words);
      const command = advice[i];
      if (command) ok(told.includes(`Try \`ssh ${command}\``), told);
    }
  },
);

sshTest("An address of IPv6 is reached", async (bed) => {
  if (bed.ipv6 === "") return;
  const { said } = await tryIn(bed, {
    ...at(bed, "keys"),
    hostname: bed.ipv6,
    keyFile: bed.keys.ed25519,
  });
  strictEqual(said, bed.users.plain);
});

/** A server that takes connections and says nothing. */
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
  "A server that says nothing is waited for as long as timeout says, also behind another",
  async (bed) => {
    await using server = await mute();
    const { port } = server;
    const profile = { hostname: "127.0.0.1", port, timeoutSeconds: 1 };
    const begun = Date.now();
    match(
      (await tryIn(bed, profile)).said,
      /^Cannot connect to .*no answer within 1 s/s,
    );
    ok(Date.now() - begun >= 1_000);
    await using side = await sideOf(
      bed,
      `Host 127.0.0.1\nProxyJump keys\n${hosts(bed)}`,
    );
    match(
      await sayIn(side, { ...profile, timeoutSeconds: 2 }),
      /no answer within 2 s/,
    );
  },
);

sshTest("Failures to connect are reported in OpenSSH's words", async (bed) => {
  await using server = await mute();
  const { port } = server;
  await server[Symbol.asyncDispose]();
  const said = async (profile: Partial<Profile>) =>
    (await tryIn(bed, { timeoutSeconds: 5, ...profile })).said;
  match(
    await said({ hostname: "127.0.0.1", port }),
    /: Connection refused$/m,
  );
  match(
    await said({ hostname: "no-such-host.invalid" }),
    /Could not resolve hostname|no answer/,
  );
  // TEST-NET-1 of RFC 5737: nobody is there.
  match(
    await said({ hostname: "192.0.2.1", timeoutSeconds: 1 }),
    /^Cannot connect to /,
  );
});

sshTest(
  "execute_command is run once after each login, by whatever shell is there",
  async (bed) => {
    await using side = await sideOf(bed, hosts(bed));
    const note = `/tmp/dpdisp-note-${crypto.randomUUID()}`;
    const executeCommand = `echo in >> ${note}`;
    for (const username of Object.values(bed.users)) {
      const profile = { hostname: "keys", username, executeCommand };
      const opened = await side.open(profile);
      ok(opened.ok);
      await using shell = opened.value;
      strictEqual((await said(shell, `cat ${note}`)).trim(), "in");
      strictEqual((await said(shell, `cat ${note}; rm ${note}`)).trim(), "in");
    }
    const failing = { hostname: "keys", executeCommand: "no-such-command" };
    strictEqual(await sayIn(side, failing), bed.users.plain);
  },
);

sshTest(
  "An execute_command that does not end holds nobody up",
  (bed) =>
    withSleeper(async (commands) => {
      await using side = await sideOf(bed, hosts(bed));
      for (const [executeCommand, timeoutSeconds] of commands) {
        const profile = { hostname: "keys", executeCommand, timeoutSeconds };
        strictEqual(await sayIn(side, profile), bed.users.plain);
      }
    }),
);
