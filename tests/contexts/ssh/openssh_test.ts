/** Connections by the system's ssh, with a real sshd. */
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
import { waitUntil } from "../../helpers/job_sandbox.ts";
import {
  loginsOf,
  type ServerName,
  sshTest,
  type SshTestbed,
} from "../../helpers/sshd.ts";
import { tcpProxy } from "../../helpers/network/tcp_proxy.ts";
import {
  drain,
  openSshClient,
  outputOf,
  type Profile,
  profileOf,
  withSleeper,
} from "../../helpers/ssh_client.ts";

interface LoginOptions {
  readonly testbed: SshTestbed;
  readonly knownHosts?: string;
  /** Of ~/.ssh/config, for `name`. */
  readonly config?: string;
  readonly profile?: Partial<Profile>;
  readonly server?: ServerName;
}

/** A shell by the system's ssh; no other test uses its `name`. */
async function bySsh(
  { testbed, knownHosts, config: lines = "", profile = {}, server = "keys" }:
    LoginOptions,
  body: (shell: Shell, name: string) => Promise<void>,
): Promise<void> {
  await using client = await openSshClient({
    knownHosts: knownHosts ?? await Deno.readTextFile(testbed.knownHosts),
  });
  const name = `host-${crypto.randomUUID()}`;
  client.config(
    `Host ${name}\nHostName ${testbed.servers[server].host}\n${lines}
Host *\nUser ${testbed.users.plain}\nIdentityFile ${testbed.keys.ed25519}`,
  );
  const output = profileOf({
    hostname: name,
    transport: "openssh",
    ...profile,
  });
  // Where ssh calls itself for a jump, it does not quote the path.
  const config = await Deno.makeTempFile();
  await Deno.copyFile(`${client.home}/.ssh/config`, config);
  const options = ["-F", config, ...opensshOptions(output)];
  const master = {
    ...{
      name,
      options,
      executeCommand: executeCommandOf(output),
      sshCommand: sshCommandOf(output),
    },
  };
  await using shell = opensshShell(master, client.environment);
  await body(shell, name);
  await Deno.remove(config);
}

const port = ({ servers }: SshTestbed) => `Port ${servers.keys.port}`;

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
  "The system's ssh logs in once, and leaves nothing behind",
  async (testbed) => {
    const before = loginsOf(testbed.servers.keys);
    const seen = { directory: "", name: "" };
    await bySsh({ testbed, config: port(testbed) }, async (shell, name) => {
      strictEqual(await outputOf(shell, "id -un"), testbed.users.plain);
      const words = ["one", "two", "three", "four"];
      const outputs = words.map((word) => outputOf(shell, `echo ${word}`));
      deepStrictEqual(await Promise.all(outputs), words);
      seen.directory = folderFor(name);
      seen.name = name;
      strictEqual((await Deno.stat(seen.directory)).mode! & 0o777, 0o700);
    });
    strictEqual(loginsOf(testbed.servers.keys) - before, 1);
    deepStrictEqual(guestsOf(seen.name), []);
    const isLeft = (line: string) => line.includes(seen.directory);
    await waitUntil(() => !processes().some(isLeft));
    strictEqual(await Deno.stat(seen.directory).catch(() => null), null);
  },
);

sshTest(
  "A login with a certificate, and with fields of the script, succeeds",
  async (testbed) => {
    const { keys, users, servers } = testbed;
    await bySsh(
      {
        testbed,
        profile: {
          username: users.csh,
          port: servers.keys.port,
          keyFile: keys.certified,
        },
        config: `User nobody\nPort 1\nIdentitiesOnly yes`,
      },
      async (shell) => strictEqual(await outputOf(shell, "id -un"), users.csh),
    );
  },
);

sshTest(
  "Jump hosts of the config lead there, and execute_command is run once",
  async (testbed) => {
    const { jump, inner } = testbed.servers;
    const note = `/tmp/dpdisp-note-${crypto.randomUUID()}`;
    const before = [loginsOf(jump), loginsOf(inner)] as const;
    await bySsh({
      testbed,
      server: "inner",
      config: `Port ${inner.port}\nProxyJump ${jump.host}:${jump.port}`,
      profile: { executeCommand: `echo in >>${note}` },
    }, async (shell) => {
      strictEqual(await outputOf(shell, `cat ${note}`), "in");
      strictEqual(await outputOf(shell, `cat ${note}; rm ${note}`), "in");
    });
    deepStrictEqual([loginsOf(jump) - before[0], loginsOf(inner) - before[1]], [
      1,
      1,
    ]);
  },
);

sshTest(
  "An execute_command that does not end does not block scripts",
  (testbed) =>
    withSleeper(async (command) => {
      for (const [executeCommand, timeoutSeconds] of command) {
        await bySsh(
          {
            testbed,
            config: port(testbed),
            profile: { executeCommand, timeoutSeconds },
          },
          async (shell) => strictEqual(await outputOf(shell, "echo in"), "in"),
        );
      }
    }),
);

sshTest(
  "A failed login is reported with the message of ssh",
  async (testbed) => {
    const fails = async (
      login: Omit<LoginOptions, "testbed">,
      words: RegExp,
    ) => {
      await bySsh({ testbed, ...login }, async (shell) => {
        const answer = await outputOf(shell, "true");
        match(answer, /^Cannot connect to host-/);
        match(answer, words);
      });
    };
    const config = port(testbed);
    await fails(
      { config, knownHosts: "other ssh-rsa AAAA\n" },
      /Host key verification failed/,
    );
    await fails({
      config:
        `${config}\nIdentitiesOnly yes\nIdentityFile ${testbed.keys.stranger}`,
      profile: { username: "nobody-of-that-name" },
    }, /Permission denied \(publickey\)/);
    await fails(
      { profile: { username: "ana", port: 1, keyFile: "/no/key" } },
      /Connection refused\nTry `ssh -p 1 -i \/no\/key ana@host-[\w-]+`: with/,
    );
    // Which of the two is a race within ssh.
    await fails(
      { config: "ProxyCommand exit 1" },
      /Connection closed|Broken pipe/,
    );
  },
);

sshTest("accept_new_host_key accepts a new host", async (testbed) => {
  await bySsh(
    {
      testbed,
      config: port(testbed),
      knownHosts: "other ssh-rsa AAAA\n",
      profile: { acceptNewHostKey: true },
    },
    async (shell) =>
      strictEqual(await outputOf(shell, "id -un"), testbed.users.plain),
  );
});

sshTest(
  "A connection that was cut is begun again, and scripts log in by no other way",
  async (testbed) => {
    const { host: hostname, port } = testbed.servers.keys;
    await using proxy = await tcpProxy({ to: { hostname, port } });
    await bySsh({
      testbed,
      config: `Port ${proxy.port}\nHostKeyAlias [${hostname}]:${port}`,
    }, async (shell) => {
      const before = loginsOf(testbed.servers.keys);
      const opened = await shell.open("echo begun; sleep 60");
      ok(opened.ok);
      const reader = opened.value.stdout.getReader();
      await reader.read();
      reader.releaseLock();
      proxy.cut();
      const end = await drain(opened.value);
      ok(!end.ok && end.error.sent && end.error.failure.isRetryable);
      const outputs = [1, 2, 3, 4].map((i) => outputOf(shell, `echo ${i}`));
      deepStrictEqual(await Promise.all(outputs), ["1", "2", "3", "4"]);
      strictEqual(loginsOf(testbed.servers.keys) - before, 2);
      await proxy.refuse(true);
      proxy.cut();
      await waitUntil(() => proxy.open === 0);
      for (;;) {
        const opened = await shell.open("true");
        if (!opened.ok) {
          ok(opened.error.isRetryable);
          break;
        }
        ok(!(await drain(opened.value)).ok);
      }
      await proxy.refuse(false);
      strictEqual(await outputOf(shell, "echo after"), "after");
    });
  },
);

sshTest(
  "A script that is killed leaves the connection as it is",
  async (testbed) => {
    await bySsh({ testbed, config: port(testbed) }, async (shell) => {
      const before = loginsOf(testbed.servers.keys);
      const opened = await shell.open("kill -9 $$");
      ok(opened.ok);
      const end = await drain(opened.value);
      ok(!end.ok && end.error.sent);
      // More than there are loaders that wait already.
      for (let times = 0; times < 5; times++) {
        strictEqual(await outputOf(shell, "echo after"), "after");
      }

      strictEqual(loginsOf(testbed.servers.keys) - before, 1);
    });
  },
);

Deno.test("A socket is created in /tmp where the default directory has too long a path", async () => {
  const top = await Deno.makeTempDir();
  const deep = `${top}/${"d".repeat(100)}`;
  await Deno.mkdir(deep);
  const directory = makeSocketDirectory(deep);
  ok(`${directory}/s.0123456789abcdef`.length < 108, directory);
  deepStrictEqual(namesIn(deep), []);
  strictEqual((await Deno.stat(directory)).mode! & 0o777, 0o700);
  await Deno.remove(directory);
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
