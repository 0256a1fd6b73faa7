/** Verification of host keys, with a real sshd. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { run } from "../../../helpers/remote_dir.ts";
import type { FakeScreen } from "../../../helpers/environment.ts";
import { loginsOf, type SshBed, sshTest } from "../../../helpers/sshd.ts";
import {
  at,
  type Near,
  near,
  type Profile,
  sayIn,
} from "../../../helpers/ssh_client.ts";

const profile = (bed: SshBed): Partial<Profile> => ({
  ...at(bed, "keys"),
  keyFile: bed.keys.ed25519,
});

const named = ({ servers: { keys } }: SshBed) => `[${keys.host}]:${keys.port}`;

/** The public key of a server, as `type base64`. */
function hostKey(bed: SshBed, server: "keys" | "inner", type = "ed25519") {
  const file = `${bed.servers[server].hostKeys}/${type}.pub`;
  return Deno.readTextFileSync(file).split(" ").slice(0, 2).join(" ");
}

const line = (bed: SshBed, type?: string) =>
  `${named(bed)} ${hostKey(bed, "keys", type)}\n`;

async function fingerprintOf(bed: SshBed, type: string): Promise<string> {
  const file = `${bed.servers.keys.hostKeys}/${type}.pub`;
  return (await run(["ssh-keygen", "-l", "-f", file])).stdout.split(" ")[1]!;
}

sshTest(
  "A host is known by any of its keys, its name plain or hashed",
  async (bed) => {
    for (const type of ["ed25519", "ecdsa", "rsa"]) {
      await using side = await near({ knownHosts: line(bed, type) });
      strictEqual(await sayIn(side, profile(bed)), bed.users.plain, type);
      const file = `${side.home}/.ssh/known_hosts`;
      strictEqual((await run(["ssh-keygen", "-H", "-f", file])).code, 0);
      match(side.read("known_hosts"), /^\|1\|/);
      strictEqual(await sayIn(side, profile(bed)), bed.users.plain, type);
    }
  },
);

sshTest(
  "An unknown host is refused, with a command that makes it known",
  async (bed) => {
    // Without an end: what is added must not go into the same line.
    await using side = await near({ knownHosts: "other.host ssh-rsa AAAA" });
    const before = loginsOf(bed.servers.keys);
    const refusal = await sayIn(side, profile(bed));
    match(
      refusal,
      /^Host key verification failed: 127\.0\.0\.1:\d+ is not in known_hosts; its ED25519 key fingerprint is SHA256:/,
    );
    ok(refusal.includes(await fingerprintOf(bed, "ed25519")), refusal);
    strictEqual(loginsOf(bed.servers.keys), before);
    const command = /same: (.*)$/ms.exec(refusal)![1]!;
    strictEqual((await run(["sh", "-c", command])).code, 0, command);
    strictEqual(await sayIn(side, profile(bed)), bed.users.plain);
  },
);

sshTest(
  "An unknown host is asked about, and known from then on",
  async (bed) => {
    for (const last of ["", "other.host ssh-rsa AAAA"]) {
      await using side = await near({
        knownHosts: last,
        typist: () => "yes",
      });
      strictEqual(await sayIn(side, profile(bed)), bed.users.plain);
      strictEqual(side.asked.length, 1);
      const { host, port } = bed.servers.keys;
      const print = await fingerprintOf(bed, "ed25519");
      strictEqual(
        side.asked[0],
        `The authenticity of host '${host}:${port}' cannot be established.\nED25519 key fingerprint is ${print}.\nAre you sure you want to continue connecting (yes/no)? `,
      );
      strictEqual(
        side.read("known_hosts"),
        `${last && `${last}\n`}${line(bed)}`,
      );
      strictEqual(await sayIn(side, profile(bed)), bed.users.plain);
      strictEqual(side.asked.length, 1);
    }
  },
);

sshTest("Without the answer yes the login fails", async (bed) => {
  for (const answer of ["no", "", "yesterday", null]) {
    await using side = await near({ typist: () => answer });
    match(await sayIn(side, profile(bed)), /^Host key verification failed: /);
    deepStrictEqual([side.asked.length, side.read("known_hosts")], [1, ""]);
  }
});

sshTest(
  "Keeping a key leaves the file's mode as it is: it may be /dev/null",
  async (bed) => {
    await using side = await near({ knownHosts: "other.host ssh-rsa AA\n" });
    const file = `${side.home}/.ssh/known_hosts`;
    await Deno.chmod(file, 0o644);
    const taking = { ...profile(bed), acceptNewHostKey: true };
    strictEqual(await sayIn(side, taking), bed.users.plain);
    strictEqual((await Deno.stat(file)).mode! & 0o777, 0o644);
    match(side.read("known_hosts"), /ssh-ed25519 /);
  },
);

sshTest(
  "accept_new_host_key takes a new host without asking, into a new ~/.ssh too",
  async (bed) => {
    await using side = await near();
    const folder = `${side.home}/.ssh/deep/er`;
    side.config(`Host *\nUserKnownHostsFile "${folder}/known_hosts"`);
    const taking = { ...profile(bed), acceptNewHostKey: true };
    strictEqual(await sayIn(side, taking), bed.users.plain);
    deepStrictEqual(side.asked, []);
    strictEqual(side.read("deep/er/known_hosts"), line(bed));
    const modes = [folder, `${folder}/known_hosts`].map((path) =>
      Deno.statSync(path).mode! & 0o777
    );
    deepStrictEqual(modes, [0o700, 0o600]);
  },
);

/** Refused whatever the settings and the person there say. */
async function refusedAlways(bed: SshBed, side: Near, told: RegExp) {
  const before = loginsOf(bed.servers.keys);
  for (const word of ["ask", "no", "accept-new", "yes"]) {
    side.config(`Host *\nStrictHostKeyChecking ${word}`);
    for (const acceptNewHostKey of [false, true]) {
      const refusal = await sayIn(side, { ...profile(bed), acceptNewHostKey });
      match(refusal, told, word);
    }
  }
  deepStrictEqual(side.asked, []);
  strictEqual(loginsOf(bed.servers.keys), before);
}

sshTest(
  "A host whose key has changed is refused always, until the old one is taken out",
  async (bed) => {
    const old = `${named(bed)} ${hostKey(bed, "inner")}\n`;
    await using side = await near({ knownHosts: old, typist: () => "yes" });
    await refusedAlways(
      bed,
      side,
      /REMOTE HOST IDENTIFICATION HAS CHANGED: .*known_hosts line 1 has/s,
    );
    strictEqual(side.read("known_hosts"), old);
    side.config("");
    const refusal = await sayIn(side, profile(bed));
    const command = /: (ssh-keygen -f .*)$/m.exec(refusal)![1]!;
    strictEqual((await run(["sh", "-c", command])).code, 0, command);
    strictEqual(await sayIn(side, profile(bed)), bed.users.plain);
    strictEqual(side.asked.length, 1);
  },
);

sshTest("A revoked key is refused always", async (bed) => {
  const revoked = `@revoked ${line(bed)}${line(bed)}`;
  await using side = await near({ knownHosts: revoked, typist: () => "yes" });
  await refusedAlways(
    bed,
    side,
    /REVOKED HOST KEY DETECTED: .* is marked as revoked in .*known_hosts line 1/,
  );
});

sshTest(
  "StrictHostKeyChecking of ssh_config says what is done about an unknown host",
  async (bed) => {
    const ends = { yes: false, ask: false, "accept-new": true, no: true };
    for (const [word, isIn] of Object.entries(ends)) {
      await using side = await near();
      side.config(`Host *\nStrictHostKeyChecking ${word}`);
      const end = await sayIn(side, profile(bed));
      strictEqual(end === bed.users.plain, isIn, `${word}: ${end}`);
      strictEqual(side.asked.length, word === "ask" ? 1 : 0, word);
    }
  },
);

sshTest(
  "HostKeyAlias and another port name a host of their own",
  async (bed) => {
    await using side = await near({
      knownHosts: `the-cluster ${hostKey(bed, "keys")}\n`,
    });
    side.config("Host *\nHostKeyAlias the-cluster");
    strictEqual(await sayIn(side, profile(bed)), bed.users.plain);
    side.config("");
    side.write("known_hosts", line(bed).replace(/:\d+/, ":1"));
    match(await sayIn(side, profile(bed)), /is not in known_hosts/);
  },
);

sshTest("A known_hosts that cannot be written is reported", async (bed) => {
  const answers = ["yes"];
  await using side = await near({ typist: () => answers.pop() ?? null });
  side.config(`Host *\nUserKnownHostsFile /proc/nowhere/known_hosts`);
  const taking = { ...profile(bed), acceptNewHostKey: true };
  match(
    await sayIn(side, taking),
    /Failed to add the host to the list of known hosts \(\/proc/,
  );
  // A key that the user confirmed is accepted for this session.
  strictEqual(await sayIn(side, profile(bed)), bed.users.plain);
  const { written } = side.world.terminal as FakeScreen;
  match(
    written.err,
    /^warning: Failed to add the host .*\(\/proc.*the next run asks again\n$/s,
  );
});

sshTest(
  "Where known_hosts cannot keep a key, there is one prompt in a session",
  async (bed) => {
    for (const file of ["/dev/null", "none"]) {
      const answers = ["yes"];
      await using side = await near({ typist: () => answers.pop() ?? null });
      side.config(`Host *\nUserKnownHostsFile ${file}`);
      strictEqual(await sayIn(side, profile(bed)), bed.users.plain, file);
      strictEqual(side.asked.length, 1);
      match(await sayIn(side, profile(bed)), /^Host key verification failed/);
      strictEqual(side.asked.length, 2);
    }
  },
);
