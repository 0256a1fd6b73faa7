/** The system's own ssh as the way to a machine, at a real sshd. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Shell } from "../../../src/contexts/shell.ts";
import {
  executeCommandOf,
  opensshOptions,
  sshCommandOf,
} from "../../../src/contexts/ssh/open.ts";
import { makeSocketDirectory } from "../../../src/contexts/ssh/openssh_master.ts";
import { opensshShell } from "../../../src/contexts/ssh/openssh_shell.ts";
import { namesIn } from "../../helpers/remote_dir.ts";
import { until } from "../../helpers/job_sandbox.ts";
import {
  loginsOf,
  type ServerName,
  type SshBed,
  sshTest,
} from "../../helpers/sshd.ts";
import { tcpProxy } from "../../helpers/network/tcp_proxy.ts";
import {
  drain,
  near,
  type Profile,
  profileOf,
  said,
  withSleeper,
} from "../../helpers/ssh_client.ts";

interface Way {
  readonly bed: SshBed;
  readonly knownHosts?: string;
  /** Of ~/.ssh/config, for `name`. */
  readonly config?: string;
  readonly profile?: Partial<Profile>;
  readonly server?: ServerName;
}

/** A shell by the system's ssh; `name` is told to no other test. */
async function bySsh(
  { bed, knownHosts, config: lines = "", profile = {}, server = "keys" }: Way,
  body: (shell: Shell, name: string) => Promise<void>,
): Promise<void> {
  await using side = await near({
    knownHosts: knownHosts ?? await Deno.readTextFile(bed.knownHosts),
  });
  const name = `host-${crypto.randomUUID()}`;
  side.config(`Host ${name}\nHostName ${bed.servers[server].host}\n${lines}
Host *\nUser ${bed.users.plain}\nIdentityFile ${bed.keys.ed25519}`);
  const said = profileOf({ hostname: name, transport: "openssh", ...profile });
  // Where ssh calls itself for a jump, it does not quote the path.
  const config = await Deno.makeTempFile();
  await Deno.copyFile(`${side.home}/.ssh/config`, config);
  const options = ["-F", config, ...opensshOptions(said)];
  const master = {
    ...{
      name,
      options,
      executeCommand: executeCommandOf(said),
      sshCommand: sshCommandOf(said),
    },
  };
  await using shell = opensshShell(master, side.world);
  await body(shell, name);
  await Deno.remove(config);
}

const port = ({ servers }: SshBed) => `Port ${servers.keys.port}`;

/** Command lines of processes, their words between spaces. */
function processes(): readonly string[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const line = Deno.readTextFileSync(`/proc/${Number(name)}/cmdline`);
      return [line.replaceAll("\0", " ")];
    } catch {
      return [];
    }
  });
}

/** Scripts and loaders of a shell, as command lines. */
function guestsOf(name: string): readonly string[] {
  return processes().filter((line) => line.includes(` -- ${name} `));
}

/** Where the socket of the connection to `name` is. */
function folderFor(name: string): string {
  return / -S (\S+)\/s /.exec(guestsOf(name)[0] ?? "")![1]!;
}

sshTest(
  "The system's ssh gets in once, and leaves nothing behind",
  async (bed) => {
    const before = loginsOf(bed.servers.keys);
    const seen = { folder: "", name: "" };
    await bySsh({ bed, config: port(bed) }, async (shell, name) => {
      strictEqual(await said(shell, "id -un"), bed.users.plain);
      const words = ["one", "two", "three", "four"];
      const heard = words.map((word) => said(shell, `echo ${word}`));
      deepStrictEqual(await Promise.all(heard), words);
      seen.folder = folderFor(name);
      seen.name = name;
      strictEqual((await Deno.stat(seen.folder)).mode! & 0o777, 0o700);
    });
    strictEqual(loginsOf(bed.servers.keys) - before, 1);
    deepStrictEqual(guestsOf(seen.name), []);
    const isLeft = (line: string) => line.includes(seen.folder);
    await until(() => !processes().some(isLeft));
    strictEqual(await Deno.stat(seen.folder).catch(() => null), null);
  },
);

sshTest("A certificate, and fields of the script, get in", async (bed) => {
  const { keys, users, servers } = bed;
  await bySsh({
    bed,
    profile: {
      username: users.csh,
      port: servers.keys.port,
      keyFile: keys.certified,
    },
    config: `User nobody\nPort 1\nIdentitiesOnly yes`,
  }, async (shell) => strictEqual(await said(shell, "id -un"), users.csh));
});

sshTest(
  "Jump hosts of the config lead there, and execute_command is run once",
  async (bed) => {
    const { jump, inner } = bed.servers;
    const note = `/tmp/dpdisp-note-${crypto.randomUUID()}`;
    const before = [loginsOf(jump), loginsOf(inner)] as const;
    await bySsh({
      bed,
      server: "inner",
      config: `Port ${inner.port}\nProxyJump ${jump.host}:${jump.port}`,
      profile: { executeCommand: `echo in >>${note}` },
    }, async (shell) => {
      strictEqual(await said(shell, `cat ${note}`), "in");
      strictEqual(await said(shell, `cat ${note}; rm ${note}`), "in");
    });
    deepStrictEqual([loginsOf(jump) - before[0], loginsOf(inner) - before[1]], [
      1,
      1,
    ]);
  },
);

sshTest(
  "An execute_command that does not end holds nobody up",
  (bed) =>
    withSleeper(async (command) => {
      for (const [executeCommand, timeoutSeconds] of command) {
        await bySsh({
          bed,
          config: port(bed),
          profile: { executeCommand, timeoutSeconds },
        }, async (shell) => strictEqual(await said(shell, "echo in"), "in"));
      }
    }),
);

sshTest("A failed login is reported with the message of ssh", async (bed) => {
  const told = async (way: Omit<Way, "bed">, words: RegExp) => {
    await bySsh({ bed, ...way }, async (shell) => {
      const answer = await said(shell, "true");
      match(answer, /^Cannot connect to host-/);
      match(answer, words);
    });
  };
  const config = port(bed);
  await told(
    { config, knownHosts: "other ssh-rsa AAAA\n" },
    /Host key verification failed/,
  );
  await told({
    config: `${config}\nIdentitiesOnly yes\nIdentityFile ${bed.keys.stranger}`,
    profile: { username: "nobody-of-that-name" },
  }, /Permission denied \(publickey\)/);
  await told(
    { profile: { username: "ana", port: 1, keyFile: "/no/key" } },
    /Connection refused\nTry `ssh -p 1 -i \/no\/key ana@host-[\w-]+`: with/,
  );
  // Which of the two is a race within ssh.
  await told(
    { config: "ProxyCommand exit 1" },
    /Connection closed|Broken pipe/,
  );
});

sshTest("accept_new_host_key takes a new host", async (bed) => {
  await bySsh(
    {
      bed,
      config: port(bed),
      knownHosts: "other ssh-rsa AAAA\n",
      profile: { acceptNewHostKey: true },
    },
    async (shell) => strictEqual(await said(shell, "id -un"), bed.users.plain),
  );
});

sshTest(
  "A connection that was cut is begun again, and scripts log in by no other way",
  async (bed) => {
    const { host: hostname, port } = bed.servers.keys;
    await using proxy = await tcpProxy({ to: { hostname, port } });
    await bySsh({
      bed,
      config: `Port ${proxy.port}\nHostKeyAlias [${hostname}]:${port}`,
    }, async (shell) => {
      const before = loginsOf(bed.servers.keys);
      const opened = await shell.open("echo begun; sleep 60");
      ok(opened.ok);
      const reader = opened.value.stdout.getReader();
      await reader.read();
      reader.releaseLock();
      proxy.cut();
      const end = await drain(opened.value);
      ok(!end.ok && end.error.sent && end.error.failure.isRetryable);
      const heard = [1, 2, 3, 4].map((i) => said(shell, `echo ${i}`));
      deepStrictEqual(await Promise.all(heard), ["1", "2", "3", "4"]);
      strictEqual(loginsOf(bed.servers.keys) - before, 2);
      await proxy.refuse(true);
      proxy.cut();
      await until(() => proxy.open === 0);
      for (;;) {
        const opened = await shell.open("true");
        if (!opened.ok) {
          ok(opened.error.isRetryable);
          break;
        }
        ok(!(await drain(opened.value)).ok);
      }
      await proxy.refuse(false);
      strictEqual(await said(shell, "echo after"), "after");
    });
  },
);

sshTest(
  "A script that is killed leaves the connection as it is",
  async (bed) => {
    await bySsh({ bed, config: port(bed) }, async (shell) => {
      const before = loginsOf(bed.servers.keys);
      const opened = await shell.open("kill -9 $$");
      ok(opened.ok);
      const end = await drain(opened.value);
      ok(!end.ok && end.error.sent);
      // More than there are loaders that wait already.
      for (let times = 0; times < 5; times++) {
        strictEqual(await said(shell, "echo after"), "after");
      }

      strictEqual(loginsOf(bed.servers.keys) - before, 1);
    });
  },
);

Deno.test("A socket finds a place where the usual one is too deep", async () => {
  const top = await Deno.makeTempDir();
  const deep = `${top}/${"d".repeat(100)}`;
  await Deno.mkdir(deep);
  const folder = makeSocketDirectory(deep);
  ok(`${folder}/s.0123456789abcdef`.length < 108, folder);
  deepStrictEqual(namesIn(deep), []);
  strictEqual((await Deno.stat(folder)).mode! & 0o777, 0o700);
  await Deno.remove(folder);
  ok(makeSocketDirectory(top).startsWith(top));
  await Deno.remove(top, { recursive: true });
});

Deno.test("Options of the script come to ssh as they are meant", () => {
  const options = opensshOptions(profileOf({
    username: "ana",
    port: 2222,
    keyFile: "/keys/50% of it",
    proxyCommand: "nc %h %p",
    timeoutSeconds: 7,
  }));
  deepStrictEqual(options.filter((word) => word !== "-o"), [
    "User=ana",
    "Port=2222",
    'IdentityFile="/keys/50%% of it"',
    "ProxyCommand=nc %h %p",
    "ConnectTimeout=7",
  ]);
  const few = opensshOptions(profileOf({ lookForKeys: false }));
  ok(few.includes("IdentityFile=none"));
});
