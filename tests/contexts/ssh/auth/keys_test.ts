/** Logging in by keys, at a real sshd. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { withAgent, withSocket } from "../../../helpers/ssh_agent.ts";
import { run } from "../../../helpers/remote_dir.ts";
import {
  type KeyName,
  loginsOf,
  type SshBed,
  sshTest,
} from "../../../helpers/sshd.ts";
import {
  at,
  near,
  plainSecret,
  sayIn,
  tryIn,
} from "../../../helpers/ssh_client.ts";

const PLAIN: readonly KeyName[] = [
  ...["ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa", "rsa_pem"] as const,
];
const LOCKED: readonly KeyName[] = [
  ...["ed25519_passphrase", "rsa_passphrase", "rsa_pem_passphrase"] as const,
];

/** The login that a script with `key_filename` gets. */
const byKey = (bed: SshBed, key: KeyName) => ({
  ...at(bed, "keys"),
  keyFile: bed.keys[key],
});

sshTest("Keys of every type log in", async (bed) => {
  for (const key of PLAIN) {
    const { said } = await tryIn(bed, byKey(bed, key));
    strictEqual(said, bed.users.plain, key);
  }
});

sshTest(
  "Locked keys log in with their passphrase, given or typed",
  async (bed) => {
    const passphrase = plainSecret(bed.passphrase);
    for (const key of LOCKED) {
      const given = await tryIn(bed, { ...byKey(bed, key), passphrase });
      deepStrictEqual(given, { said: bed.users.plain, asked: [] }, key);
      const typed = await tryIn(bed, byKey(bed, key), {
        typist: () => bed.passphrase,
      });
      deepStrictEqual(typed, {
        said: bed.users.plain,
        asked: [`Enter passphrase for key '${bed.keys[key]}': `],
      });
    }
  },
);

sshTest("A mistyped passphrase is asked again, hidden", async (bed) => {
  const typed = ["wrong", bed.passphrase];
  const { said, asked } = await tryIn(bed, byKey(bed, "ed25519_passphrase"), {
    typist: (_question, hidden) => hidden ? typed.shift()! : null,
  });
  deepStrictEqual([said, asked.length], [bed.users.plain, 2]);
});

sshTest(
  "A wrong or missing passphrase is reported, without its text",
  async (bed) => {
    const passphrase = plainSecret("not the passphrase");
    for (const key of LOCKED) {
      const wrong = await tryIn(bed, { ...byKey(bed, key), passphrase });
      match(wrong.said, /^Permission denied \(publickey/);
      match(
        wrong.said,
        /incorrect passphrase supplied to decrypt private key/,
        key,
      );
      const path = bed.keys[key];
      const hint =
        `\nCorrect remote_profile.passphrase: it does not decrypt ${path}`;
      ok(wrong.said.endsWith(hint), wrong.said);
      ok(!wrong.said.includes("not the passphrase"), wrong.said);
      const missing = (await tryIn(bed, byKey(bed, key))).said;
      match(missing, /is encrypted, and no passphrase is given/);
      const set =
        `\nSet remote_profile.passphrase for ${path}, or run in a terminal`;
      ok(missing.endsWith(set), missing);
    }
  },
);

sshTest(
  "A key that the host rejects, and one that does not exist, are reported",
  async (bed) => {
    const { said, asked } = await tryIn(bed, byKey(bed, "stranger"), {
      typist: () => "typed",
    });
    deepStrictEqual(asked, []);
    ok(
      said.includes(`rejected: key ${bed.keys.stranger}`),
      said,
    );
    const { port } = bed.servers.keys;
    const { plain } = bed.users;
    const command = `ssh -p ${port} -i ${bed.keys.stranger} ${plain}@127.0.0.1`;
    ok(said.includes(`\nTry \`${command}\`; if`), said);
    match(said, /transport = "openssh"/);
    const absent = await tryIn(bed, { ...at(bed, "keys"), keyFile: "no/key" });
    match(absent.said, /near \S+\/no\/key: there is no such readable file/);
    match(
      absent.said,
      /\nCorrect remote_profile\.key_filename: \S+ near \S+\/no\/key is not a readable private key$/,
    );
    const damaged = await tryIn(bed, {
      ...at(bed, "keys"),
      keyFile: bed.knownHosts,
    });
    match(damaged.said, /key \S+known_hosts: /);
  },
);

sshTest(
  "There is no prompt for a passphrase where the host does not offer publickey",
  async (bed) => {
    const { said, asked } = await tryIn(bed, {
      ...at(bed, "password_code"),
      keyFile: bed.keys.ed25519_passphrase,
      password: plainSecret(bed.password),
      totpSecret: plainSecret(bed.totpSecret),
    }, { typist: () => "typed" });
    deepStrictEqual([said, asked], [bed.users.plain, []]);
  },
);

sshTest(
  "Keys of ~/.ssh are tried, unless look_for_keys is false",
  async (bed) => {
    await using side = await near({
      knownHosts: await Deno.readTextFile(bed.knownHosts),
    });
    side.write("id_ed25519", await Deno.readTextFile(bed.keys.ed25519));
    strictEqual(await sayIn(side, at(bed, "keys")), bed.users.plain);
    const left = await sayIn(side, { ...at(bed, "keys"), lookForKeys: false });
    match(left, /: there was no key, agent or password to try/);
  },
);

sshTest("The agent's keys log in", async (bed) => {
  const { stranger, rsa, ecdsa521 } = bed.keys;
  for (const key of [rsa, ecdsa521]) {
    await withAgent([stranger, key], async (socket) => {
      const world = withSocket(socket);
      const { said } = await tryIn(bed, at(bed, "keys"), { world });
      strictEqual(said, bed.users.plain);
    });
  }
});

sshTest(
  "A locked key that the agent has open needs no passphrase",
  async (bed) => {
    await using side = await near({
      knownHosts: await Deno.readTextFile(bed.knownHosts),
    });
    const { ed25519, ed25519_passphrase } = bed.keys;
    const opened = `${side.home}/opened`;
    await Deno.copyFile(ed25519_passphrase, opened);
    await Deno.chmod(opened, 0o600);
    const args = ["-q", "-p", "-P", bed.passphrase, "-N", "", "-f", opened];
    strictEqual((await run(["ssh-keygen", ...args])).code, 0);
    await withAgent([ed25519, opened], async (socket) => {
      const { said, asked } = await tryIn(
        bed,
        byKey(bed, "ed25519_passphrase"),
        {
          world: withSocket(socket),
          typist: () => "typed",
        },
      );
      deepStrictEqual([said, asked], [bed.users.plain, []]);
    });
  },
);

sshTest(
  "With IdentitiesOnly the agent's other keys are not tried",
  async (bed) => {
    const { stranger, ed25519, rsa } = bed.keys;
    await withAgent([stranger, rsa, ed25519], async (socket) => {
      await using side = await near({
        knownHosts: await Deno.readTextFile(bed.knownHosts),
        world: withSocket(socket),
      });
      const refusals = () =>
        Deno.readTextFileSync(bed.servers.keys.log).match(/^Failed publickey/gm)
          ?.length ?? 0;
      const before = [loginsOf(bed.servers.keys), refusals()] as const;
      // The public half says which; the private one is with the agent alone.
      side.write("only.pub", await Deno.readTextFile(`${ed25519}.pub`));
      side.config(
        `Host *\nIdentitiesOnly yes\nIdentityFile "${side.home}/.ssh/only"`,
      );
      strictEqual(await sayIn(side, at(bed, "keys")), bed.users.plain);
      deepStrictEqual([loginsOf(bed.servers.keys), refusals()], [
        before[0] + 1,
        before[1],
      ]);
      side.write("only.pub", "no key");
      const none = await sayIn(side, at(bed, "keys"));
      match(none, /^Permission denied \(publickey/);
      match(none, /the agent has none of the keys that IdentityFile/);
      strictEqual(loginsOf(bed.servers.keys), before[0] + 1);
    });
  },
);

sshTest(
  "An agent that does not exist is reported, and the other methods are tried",
  async (bed) => {
    const world = withSocket("/nowhere/agent");
    const { said } = await tryIn(bed, at(bed, "keys"), { world });
    match(said, /agent: .*\nCheck the agent with `ssh-add -l`/s);
    ok(!said.includes("keys of the agent"), said);
    const named = { ...at(bed, "keys"), keyFile: bed.keys.ed25519 };
    strictEqual((await tryIn(bed, named, { world })).said, bed.users.plain);
  },
);

sshTest(
  "An agent without keys is reported",
  (bed) =>
    withAgent([], async (socket) => {
      const world = withSocket(socket);
      const { said } = await tryIn(bed, at(bed, "keys"), { world });
      match(said, /: there was no key, agent or password to try\n/);
      match(said, /^ {2}the agent has no keys$/m);
      match(
        said,
        /^Add a key to the agent with ssh-add, or set remote_profile\.key/m,
      );
    }),
);

/** New keys that no host accepts; more than a host allows (MaxAuthTries of sshd_config(5): 6). */
async function manyKeys(folder: string): Promise<readonly string[]> {
  const paths = Array.from({ length: 7 }, (_, i) => `${folder}/many${i}`);
  for (const path of paths) {
    const args = ["-q", "-t", "ed25519", "-N", "", "-f", path];
    strictEqual((await run(["ssh-keygen", ...args])).code, 0);
  }
  return paths;
}

sshTest(
  "Of an agent with many keys those that the settings name are offered first",
  async (bed) => {
    const { ed25519 } = bed.keys;
    await using side = await near();
    const many = await manyKeys(side.home);
    await withAgent([...many, ed25519], async (socket) => {
      const world = withSocket(socket);
      const knownHosts = await Deno.readTextFile(bed.knownHosts);
      await using side = await near({ knownHosts, world });
      const profile = at(bed, "keys");
      const refusal = await sayIn(side, profile);
      match(refusal, /^Too many authentication failures: /);
      match(refusal, /rejected: keys of the agent/);
      match(refusal, /key_filename.*IdentitiesOnly/);
      side.write("id_ed25519.pub", await Deno.readTextFile(`${ed25519}.pub`));
      strictEqual(await sayIn(side, profile), bed.users.plain);
    });
  },
);
