/** Connections that a command carries, to a real sshd. */
import { match, ok, strictEqual } from "node:assert/strict";
import { sshTest } from "../../helpers/sshd.ts";
import { fakeTerminal } from "../../helpers/environment.ts";
import {
  clientOf,
  hostBlocks,
  loginAt,
  loginOutput,
  openSshClient,
  type Profile,
  tryLogin,
} from "../../helpers/ssh_client.ts";

sshTest(
  "ProxyCommand of the config and proxy_command of the script carry the connection",
  async (testbed) => {
    await using client = await clientOf(testbed, "");
    const seen = `${client.home}/seen`;
    const lead =
      `sh -c 'echo %h %p %r >"${seen}"; exec ssh -F "${client.home}/.ssh/config" -W %h:%p jump'`;
    const { host, port } = testbed.servers.inner;
    const check = async (profile: Partial<Profile>) => {
      strictEqual(await loginOutput(client, profile), testbed.users.plain);
      strictEqual(
        await Deno.readTextFile(seen),
        `${host} ${port} ${testbed.users.plain}\n`,
      );
      await Deno.remove(seen);
    };
    client.config(hostBlocks(testbed, { inner: `ProxyCommand ${lead}` }));
    await check({ hostname: "inner" });
    client.config(hostBlocks(testbed, { inner: "ProxyCommand exit 1" }));
    await check({ hostname: "inner", proxyCommand: lead });
  },
);

sshTest(
  "The messages of a proxy command are shown, and its failure is reported",
  async (testbed) => {
    const screen = fakeTerminal();
    const ends: readonly (readonly [string, RegExp])[] = [
      ["sh -c 'echo no way to %h >&2; exit 3'", /ended with exit code 3/],
      ["/no/such/program", /ended with exit code 127/],
      ["sh -c 'kill -9 $$'", /ended with SIGKILL/],
      ["true", /^Cannot connect to /],
      ["echo hello", /^Cannot connect to /],
    ];
    for (const [proxyCommand, words] of ends) {
      const profile = { ...loginAt(testbed, "keys"), proxyCommand };
      const { output } = await tryLogin(testbed, profile, {
        environment: { terminal: screen },
      });
      match(output, /^Cannot connect to /, proxyCommand);
      match(output, words, output);
    }
    match(screen.written.err, /no way to 127\.0\.0\.1\n/);
  },
);

sshTest(
  "A proxy command without output is waited for until the timeout",
  async (testbed) => {
    const profile = { ...loginAt(testbed, "keys"), timeoutSeconds: 1 };
    for (const command of ["sleep 60", "sh -c 'trap \"\" TERM; sleep 60'"]) {
      const { output } = await tryLogin(testbed, {
        ...profile,
        proxyCommand: command,
      });
      match(output, /^Cannot connect to .*no answer within 1 s/s);
    }
  },
);

sshTest(
  "proxy_command = none is none, whatever the config says",
  async (testbed) => {
    const ways = ["ProxyCommand exit 1", `ProxyJump nobody@127.0.0.1:1`];
    for (const way of ways) {
      await using client = await clientOf(
        testbed,
        hostBlocks(testbed, { keys: way }),
      );
      for (const proxyCommand of ["none", "None"]) {
        const profile = { hostname: "keys", proxyCommand };
        strictEqual(
          await loginOutput(client, profile),
          testbed.users.plain,
          way,
        );
      }
    }
  },
);

Deno.test("A name with shell metacharacters is not put into a proxy command", async () => {
  await using client = await openSshClient();
  const marker = `${client.home}/mark`;
  const withoutSsh = { ...client.lookup, run: () => Promise.resolve(null) };
  const names = ["a;b", "$(b)", "`b`", "a b", "-b", "a'b", 'a"b', "a|b", "a{b"];
  for (const name of names) {
    for (const transport of ["ssh2", "openssh"] as const) {
      for (const part of [{ username: name }, { hostname: name }]) {
        const profile = { proxyCommand: `echo %h %r; >"${marker}"`, transport };
        const opened = await client.open({ ...profile, ...part }, withoutSsh);
        ok(!opened.ok, name);
        match(opened.error.detail, /contains invalid characters/);
        ok(
          opened.error.detail.includes(JSON.stringify(name)),
          opened.error.detail,
        );
      }
    }
  }
  const plain = { username: "jo@site.edu", hostname: "fe80::1%eth0" };
  for (const each of [{}, plain]) {
    ok((await client.open({ proxyCommand: "nc", ...each }, withoutSsh)).ok);
  }
});
