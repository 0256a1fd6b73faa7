/** Connections that a command carries, to a real sshd. */
import { match, strictEqual } from "node:assert/strict";
import { sshTest } from "../../helpers/sshd.ts";
import { fakeScreen } from "../../helpers/world.ts";
import { at, hosts, type Profile, sayIn, sideOf, tryIn } from "./near.ts";

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
      ["true", /^Cannot reach /],
      ["echo hello", /^Cannot reach /],
    ];
    for (const [proxyCommand, words] of ends) {
      const profile = { ...at(bed, "keys"), proxyCommand };
      const { said } = await tryIn(bed, profile, { world: { screen } });
      match(said, /^Cannot reach /, proxyCommand);
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
      match(said, /^Cannot reach .*no answer within 1 s/s);
    }
  },
);
