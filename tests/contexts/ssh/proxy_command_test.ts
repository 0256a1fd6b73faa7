/** Connections that a command carries, to a real sshd. */
import { match, ok, strictEqual } from "node:assert/strict";
import { sshTest } from "../../helpers/sshd.ts";
import { fakeScreen } from "../../helpers/environment.ts";
import {
  at,
  hosts,
  near,
  type Profile,
  sayIn,
  sideOf,
  tryIn,
} from "../../helpers/ssh_client.ts";

sshTest(
  "ProxyCommand of the config and proxy_command of the script carry the connection",
  async (bed) => {
    await using side = await sideOf(bed, "");
    const seen = `${side.home}/seen`;
    const lead =
      `sh -c 'echo %h %p %r >"${seen}"; exec ssh -F "${side.home}/.ssh/config" -W %h:%p jump'`;
    const { host, port } = bed.servers.inner;
    const check = async (profile: Partial<Profile>) => {
      strictEqual(await sayIn(side, profile), bed.users.plain);
      strictEqual(
        await Deno.readTextFile(seen),
        `${host} ${port} ${bed.users.plain}\n`,
      );
      await Deno.remove(seen);
    };
    side.config(hosts(bed, { inner: `ProxyCommand ${lead}` }));
    await check({ hostname: "inner" });
    side.config(hosts(bed, { inner: "ProxyCommand exit 1" }));
    await check({ hostname: "inner", proxyCommand: lead });
  },
);

sshTest(
  "A proxy command that fails says its words, and that it failed",
  async (bed) => {
    const screen = fakeScreen();
    const ends: readonly (readonly [string, RegExp])[] = [
      ["sh -c 'echo no way to %h >&2; exit 3'", /ended with exit code 3/],
      ["/no/such/program", /ended with exit code 127/],
      ["sh -c 'kill -9 $$'", /ended with SIGKILL/],
      ["true", /^Cannot connect to /],
      ["echo hello", /^Cannot connect to /],
    ];
    for (const [proxyCommand, words] of ends) {
      const profile = { ...at(bed, "keys"), proxyCommand };
      const { said } = await tryIn(bed, profile, {
        world: { terminal: screen },
      });
      match(said, /^Cannot connect to /, proxyCommand);
      match(said, words, said);
    }
    match(screen.written.err, /no way to 127\.0\.0\.1\n/);
  },
);

sshTest(
  "A proxy command that never speaks is waited for as long as timeout says",
  async (bed) => {
    const profile = { ...at(bed, "keys"), timeoutSeconds: 1 };
    for (const command of ["sleep 60", "sh -c 'trap \"\" TERM; sleep 60'"]) {
      const { said } = await tryIn(bed, { ...profile, proxyCommand: command });
      match(said, /^Cannot connect to .*no answer within 1 s/s);
    }
  },
);

sshTest(
  "proxy_command = none is none, whatever the config says",
  async (bed) => {
    const ways = ["ProxyCommand exit 1", `ProxyJump nobody@127.0.0.1:1`];
    for (const way of ways) {
      await using side = await sideOf(bed, hosts(bed, { keys: way }));
      for (const proxyCommand of ["none", "None"]) {
        const profile = { hostname: "keys", proxyCommand };
        strictEqual(await sayIn(side, profile), bed.users.plain, way);
      }
    }
  },
);

Deno.test("A name with shell metacharacters is not put into a proxy command", async () => {
  await using side = await near();
  const mark = `${side.home}/mark`;
  const withoutSsh = { ...side.door, run: () => Promise.resolve(null) };
  const names = ["a;b", "$(b)", "`b`", "a b", "-b", "a'b", 'a"b', "a|b", "a{b"];
  for (const name of names) {
    for (const transport of ["ssh2", "openssh"] as const) {
      for (const part of [{ username: name }, { hostname: name }]) {
        const profile = { proxyCommand: `echo %h %r; >"${mark}"`, transport };
        const opened = await side.open({ ...profile, ...part }, withoutSsh);
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
    ok((await side.open({ proxyCommand: "nc", ...each }, withoutSsh)).ok);
  }
});
