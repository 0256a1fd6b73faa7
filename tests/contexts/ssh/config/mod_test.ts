import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { userInfo } from "node:os";
import { computeSettings } from "../../../../src/contexts/ssh/config/compute_settings.ts";
import {
  type CommandOutput,
  type LocalUser,
  parseSettings,
  settingsOf,
  type SshLookup,
  type SshSettings,
  type SshTarget,
} from "../../../../src/contexts/ssh/config/mod.ts";
import type { Result } from "../../../../src/text/result.ts";
import { localFiles } from "../../../../src/environment/local_files.ts";
import { memoryFiles } from "../../../helpers/memory_files.ts";
import { cases } from "./cases.ts";

const { username, homedir, uid } = userInfo();
const localUser: LocalUser = {
  home: homedir,
  user: username,
  uid,
  host: Deno.hostname(),
  env: (name) => ENV[name],
};
const ENV: Readonly<Record<string, string>> = {
  SSH_TEST_FOLDER: "/var/keys%h",
  SSH_TEST_SOCKET: "/run/agent",
};

async function run(
  [program, ...args]: readonly string[],
): Promise<CommandOutput> {
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args,
    env: ENV,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Default keys differ from one OpenSSH to the next; the three that are used are compared. */
function comparable(result: Result<SshSettings, unknown>): SshSettings {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  const identityFiles = result.value.identityFiles.filter((file) =>
    !/\/\.ssh\/id_(ecdsa_sk|ed25519_sk|xmss|dsa)$/.test(file)
  );
  return { ...result.value, identityFiles };
}

for (const { name, config, hosts, also = {}, asked: questions = {} } of cases) {
  Deno.test(`worked out as ssh does: ${name}`, async () => {
    const directory = await Deno.makeTempDir();
    for (const [path, text] of Object.entries({ ...also, config })) {
      await Deno.mkdir(`${directory}/${path}/..`.replace(/[^/]*\/\.\.$/, ""), {
        recursive: true,
      });
      const placed = text.replaceAll("DIR", directory);
      await Deno.writeTextFile(`${directory}/${path}`, placed);
    }
    const lookup: SshLookup = { files: localFiles, localUser, run };
    const without: SshLookup = { ...lookup, run: () => Promise.resolve(null) };
    const all = { ...questions, config: `${directory}/config` };
    for (const host of hosts) {
      deepStrictEqual(
        comparable(await settingsOf(host, all, without)),
        comparable(await settingsOf(host, all, lookup)),
        host,
      );
    }
    await Deno.remove(directory, { recursive: true });
  });
}

const me: LocalUser = {
  home: "/home/me",
  user: "me",
  uid: 1000,
  host: "desk.example.org",
  env: (name) => name === "KEYS" ? "/keys" : undefined,
};

function compute(
  tree: Readonly<Record<string, string>>,
  questions: SshTarget,
): Result<SshSettings, string> {
  return computeSettings(questions, {
    files: memoryFiles(tree),
    localUser: me,
  });
}

function computed(
  tree: Readonly<Record<string, string>>,
  alias: string,
): SshSettings {
  return comparable(compute(tree, { alias }));
}

/** What ssh 9.2 allows by itself, as far as ssh2 can do it. */
const USUAL: SshSettings["policy"] = {
  methods: ["publickey", "keyboard-interactive", "password"],
  rounds: 3,
  isBatch: false,
  algorithms: {
    kex: [
      "curve25519-sha256",
      "curve25519-sha256@libssh.org",
      "ecdh-sha2-nistp256",
      "ecdh-sha2-nistp384",
      "diffie-hellman-group-exchange-sha256",
      "diffie-hellman-group16-sha512",
      "diffie-hellman-group18-sha512",
      "diffie-hellman-group14-sha256",
    ],
    cipher: [
      "chacha20-poly1305@openssh.com",
      "aes128-ctr",
      "aes192-ctr",
      "aes256-ctr",
      "aes128-gcm@openssh.com",
      "aes256-gcm@openssh.com",
    ],
    hmac: [
      "hmac-sha2-256-etm@openssh.com",
      "hmac-sha2-512-etm@openssh.com",
      "hmac-sha1-etm@openssh.com",
      "hmac-sha2-256",
      "hmac-sha2-512",
      "hmac-sha1",
    ],
    serverHostKey: [
      "ssh-ed25519",
      "ecdsa-sha2-nistp256",
      "ecdsa-sha2-nistp384",
      "ecdsa-sha2-nistp521",
      "rsa-sha2-512",
      "rsa-sha2-256",
    ],
  },
  prefersKnown: true,
  userKeys: [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ],
  rsaBits: 1024,
  revokedKeys: [],
  hashesNames: false,
  checksAddress: false,
  family: 0,
  bindAddress: null,
  refused: [],
};

Deno.test("without any file the defaults of ssh hold", () => {
  deepStrictEqual(computed({}, "Host"), {
    hostname: "host",
    user: "me",
    port: 22,
    identityFiles: ["id_rsa", "id_ecdsa", "id_ed25519"].map((name) =>
      `/home/me/.ssh/${name}`
    ),
    identitiesOnly: false,
    identityAgent: null,
    proxyJump: [],
    proxyCommand: null,
    knownHostsFiles: [
      "/home/me/.ssh/known_hosts",
      "/home/me/.ssh/known_hosts2",
      "/etc/ssh/ssh_known_hosts",
      "/etc/ssh/ssh_known_hosts2",
    ],
    strictHostKeyChecking: "ask",
    hostKeyAlias: null,
    policy: USUAL,
  });
});

Deno.test("the user's file overrides the system's, and each includes from its own directory", () => {
  const tree = {
    "/home/me/.ssh/config": "Include more/* ~/at_home\nHost a\nPort 1\n",
    "/home/me/.ssh/more/y": "User second\n",
    "/home/me/.ssh/more/x": "Host a\nUser more\n",
    "/home/me/.ssh/more/z": "User third\n",
    "/home/me/at_home": "HostName home\n",
    "/etc/ssh/ssh_config": "Include ssh_config.d/*.conf\nPort 3\nUser system\n",
    "/etc/ssh/ssh_config.d/a.conf": "StrictHostKeyChecking yes\n",
    "/etc/ssh/ssh_config.d/.b.conf": "HostKeyAlias hidden\n",
  };
  const { hostname, user, port, strictHostKeyChecking, hostKeyAlias } =
    computed(tree, "a");
  deepStrictEqual(
    { hostname, user, port, strictHostKeyChecking, hostKeyAlias },
    {
      hostname: "home",
      user: "more",
      port: 1,
      strictHostKeyChecking: "yes",
      hostKeyAlias: null,
    },
  );
  strictEqual(computed(tree, "b").port, 3);
});

Deno.test("jump hosts are listed from the nearest to the farthest, with users and ports", () => {
  const line = "ProxyJump ssh://a%20b@near:23/,bob@[fe80::1]:24,far,::1\n";
  deepStrictEqual(
    computed({ "/home/me/.ssh/config": line }, "h").proxyJump,
    [
      { user: "a b", host: "near", port: 23 },
      { user: "bob", host: "fe80::1", port: 24 },
      { user: null, host: "far", port: null },
      { user: null, host: "::1", port: null },
    ],
  );
});

Deno.test("a path with a variable that is not set is left out, one of another user's home stays", () => {
  const config = `IdentityFile \${KEYS}/a\nIdentityFile \${NOTHING}/b
IdentityFile ~bob/c
UserKnownHostsFile \${NOTHING}/c\nGlobalKnownHostsFile none
IdentityAgent \${NOTHING}/d\n`;
  const { identityFiles, knownHostsFiles, identityAgent } = computed({
    "/home/me/.ssh/config": config,
  }, "h");
  deepStrictEqual({ identityFiles, knownHostsFiles, identityAgent }, {
    identityFiles: ["/keys/a", "~bob/c"],
    knownHostsFiles: [],
    identityAgent: "none",
  });
});

Deno.test("an agent may be named by its variable; that of ssh itself is the default", () => {
  const agent = (value: string) =>
    computed({ "/home/me/.ssh/config": `IdentityAgent ${value}\n` }, "h")
      .identityAgent;
  strictEqual(agent("SSH_AUTH_SOCK"), null);
  strictEqual(agent("$KEYS"), "/keys");
  strictEqual(agent("$NOTHING"), "none");
  strictEqual(agent("none"), "none");
  strictEqual(agent("~/%r.sock"), "/home/me/me.sock");
});

Deno.test("Match exec runs nothing and matches nothing, negated or not", async () => {
  const directory = await Deno.makeTempDir();
  const config = `Match exec "touch ${directory}/ran"\nPort 1
Match !exec "touch ${directory}/ran"\nPort 2\nMatch tagged x\nPort 3\n`;
  strictEqual(computed({ "/home/me/.ssh/config": config }, "h").port, 22);
  // Not recursively: fails where something is in it.
  await Deno.remove(directory);
});

Deno.test("the error for a line that cannot be parsed names its file and number", () => {
  const errors = [
    ["Host", /line 2 cannot be parsed: Host$/],
    ["Port", /line 2 cannot/],
    ['User "a', /line 2 cannot/],
  ] as const;
  for (const [line, expected] of errors) {
    const result = compute({
      "/home/me/.ssh/config": "Include x\n",
      "/home/me/.ssh/x": `# x\n${line}\nPort 4\n`,
    }, { alias: "h" });
    ok(!result.ok);
    ok(result.error.startsWith("/home/me/.ssh/x "), result.error);
    ok(expected.test(result.error), result.error);
  }
});

Deno.test("a file that includes itself is refused, sixteen files deep is not", () => {
  const circle = compute({ "/c": "Include /c\n" }, {
    alias: "h",
    config: "/c",
  });
  ok(!circle.ok && /\/c is included through more than 16/.test(circle.error));
  const chain = (length: number) =>
    Object.fromEntries(
      Array.from({ length: length + 1 }, (_, at) => [
        `/${at}`,
        at < length ? `Include /${at + 1}\n` : "Port 5\n",
      ]),
    );
  const deep = compute(chain(16), { alias: "h", config: "/0" });
  strictEqual(deep.ok && deep.value.port, 5);
  strictEqual(compute(chain(17), { alias: "h", config: "/0" }).ok, false);
});

/** A lookup with a program named ssh that gives this output. */
function lookupFor(
  answer: Partial<CommandOutput>,
): SshLookup & { readonly commands: (readonly string[])[] } {
  const commands: (readonly string[])[] = [];
  const tree = { "/home/me/.ssh/config": "Port 5\n" };
  return {
    files: memoryFiles(tree),
    localUser: me,
    commands,
    run: (command) => {
      commands.push(command);
      return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
    },
  };
}

Deno.test("ssh gets the user and the port, and an alias cannot be taken for an option", async () => {
  const lookup = lookupFor({ stdout: "hostname real\nport 7\n" });
  const questions = { user: "bob", port: 7, config: "/c" };
  const result = await settingsOf("-oProxyCommand=x", questions, lookup);
  ok(result.ok);
  strictEqual(result.value.hostname, "real");
  strictEqual(result.value.port, 7);
  await settingsOf("h", {}, lookup);
  deepStrictEqual(lookup.commands.map((words) => words.join(" ")), [
    "ssh -G -F /c -l bob -p 7 -- -oProxyCommand=x",
    "ssh -G -- h",
  ]);
});

Deno.test("the failure has the message of ssh; a program without -G is not used", async () => {
  const bad = lookupFor({
    code: 255,
    stderr: "c line 2: Bad option: badkey\n",
  });
  deepStrictEqual(await settingsOf("h", {}, bad), {
    ok: false,
    error: {
      kind: "connection",
      summary: "Cannot read the SSH settings of h",
      detail: "c line 2: Bad option: badkey",
      hint: "Correct what ssh reports; to check: ssh -G -- h",
      isRetryable: false,
    },
  });
  const old = lookupFor({
    code: 255,
    stderr: "unknown option -- G\nusage: ssh",
  });
  const result = await settingsOf("h", {}, old);
  strictEqual(result.ok && result.value.port, 5);
});

Deno.test("an older ssh that leaves tokens in every value is read alike", () => {
  const settings = parseSettings(
    [
      "hostname real",
      "user bob",
      "port 22",
      "identityfile ~/.ssh/%r_%h",
      "identityagent ~/%n.sock",
      "userknownhostsfile ~/.ssh/known hosts ~/.ssh/%k",
      "globalknownhostsfile /etc/a /etc/b",
      "stricthostkeychecking true",
      "proxyjump gw",
      "",
    ].join("\r\n"),
    "you@alias",
    me,
  );
  deepStrictEqual(settings, {
    hostname: "real",
    user: "bob",
    port: 22,
    identityFiles: ["/home/me/.ssh/bob_real"],
    identitiesOnly: false,
    identityAgent: "/home/me/alias.sock",
    proxyJump: [{ user: null, host: "gw", port: null }],
    proxyCommand: null,
    knownHostsFiles: [
      "/home/me/.ssh/known hosts",
      "/home/me/.ssh/alias",
      "/etc/a",
      "/etc/b",
    ],
    strictHostKeyChecking: "yes",
    hostKeyAlias: null,
    policy: USUAL,
  });
});
