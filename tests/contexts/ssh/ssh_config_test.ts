import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { userInfo } from "node:os";
import { computeSettings } from "../../../src/contexts/ssh/compute_settings.ts";
import {
  type Answer,
  type Asked,
  type Here,
  readSettings,
  type SettingsDoor,
  settingsOf,
  type SshSettings,
} from "../../../src/contexts/ssh/ssh_config.ts";
import type { Result } from "../../../src/result.ts";
import { localFiles } from "../../../src/world/files.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";

const { username, homedir, uid } = userInfo();
const here: Here = {
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

async function run([program, ...args]: readonly string[]): Promise<Answer> {
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

/** A configuration file, the hosts that are asked about, and other files beside it. DIR is their folder. */
interface Case {
  readonly name: string;
  readonly config: string;
  readonly hosts: readonly string[];
  readonly also?: Readonly<Record<string, string>>;
  readonly asked?: Pick<Asked, "user" | "port">;
}

const cases: readonly Case[] = [
  { name: "an empty file", config: "", hosts: ["a", "A.Example", "::1"] },
  {
    name: "users, addresses and URIs on the command line",
    config: "Host h\n  User fromfile\n  Port 5\n",
    hosts: ["h", "me@h", "a@b@h", "ssh://h:99", "ssh://me@h:99", "me@::1"],
  },
  {
    name: "HostName with tokens, and the case of names",
    config: `Host FOO*
  Port 6
Host foo*
  Port 7
Host q
  HostName Foo-%h%%x
Host *
  HostName %h.example.org
  UserKnownHostsFile ~/.ssh/known_%k_%n_%h_%p_%r_%u
`,
    hosts: ["q", "foo", "FOO.Example", "x"],
  },
  {
    name: "the first value wins, keys are gathered",
    config: `Host a b
  Port 3
  IdentityFile ~/one
Host b c
  Port 4
  User bob
  IdentityFile /two
  IdentityFile ~/one
Host *
  Port 5
  User all
  IdentityFile three
`,
    hosts: ["a", "b", "c", "d"],
  },
  {
    name: "patterns and negation",
    config: `Host *.x !bad.x
  Port 3
Host ?? !a?
  Port 4
Host !only
  Port 5
Host a-* 10.0.0.?
  Port 6
Host a.b [c] (d)
  Port 7
`,
    hosts: [
      "good.x",
      "bad.x",
      "bb",
      "ab",
      "b",
      "only",
      "a-",
      "10.0.0.1",
      "10.0.0.10",
      "a.b",
      "aXb",
      "c",
    ],
  },
  {
    name: "the ways to write a line",
    config: `# comment
\t
HOST=q
\tport = 3
  User="u v"
  IdentityFile "~/a b/c"
  IdentityFile=~/x # comment
  IdentityFile "~/q"r
  HostKeyAlias   alias\t
Host r "s" # t
  User u-v
  Port=4\r
  UserKnownHostsFile "/a b/c" ~/d /e
  GlobalKnownHostsFile /f "/g h"
`,
    hosts: ["q", "r", "s", "t"],
  },
  {
    name: "none",
    config: `Host a
  IdentityFile none
  IdentityAgent none
  ProxyJump none
  UserKnownHostsFile none
  GlobalKnownHostsFile none
  ConnectTimeout none
Host b
  ProxyCommand none
  ProxyJump h
Host c
  ProxyJump none
Host d
  ProxyJump none
  ProxyJump h
Host *
  ProxyCommand nc %h %p
`,
    hosts: ["a", "b", "c", "d", "e"],
  },
  {
    name: "jumps",
    config: `Host a
  ProxyJump gw
  ProxyCommand nc %h %p
Host b
  ProxyJump bob@gw1:2200,al@[::1]:23,gw3,[fe80::1]
Host c
  ProxyJump ssh://al@h:3
Host d
  ProxyCommand nc %h %p
  ProxyJump gw
Host e
  ProxyJump %r@gw-%h:22
`,
    hosts: ["a", "b", "c", "d", "e", "f"],
  },
  {
    name: "a command on the way is left to its shell",
    config: `Host a
  HostName real
  User bob
  ProxyCommand  ssh -W "[%h]:%p"  'a  = b' %r@gw-%n 100%% # %h $X \${HOME}
Host b
  ProxyCommand=nc   -X "a b" %h
`,
    hosts: ["a", "b"],
  },
  {
    name: "tokens and variables in paths",
    config: `Host a
  HostName real.host
  User bob
  Port 2200
  HostKeyAlias alias
Host *
  IdentityFile ~/.ssh/%h_%n_%p_%r_%u_%i_%k_%l_%L_%%
  IdentityFile %d/id
  IdentityFile \${SSH_TEST_FOLDER}/%n
  IdentityFile ~other/id
  IdentityAgent ~/%h.sock
  UserKnownHostsFile %d/%k \${SSH_TEST_SOCKET}/known
`,
    hosts: ["a", "b"],
  },
  {
    name: "agents",
    config: `Host a
  IdentityAgent SSH_AUTH_SOCK
Host b
  IdentityAgent $SSH_TEST_SOCKET
Host c
  IdentityAgent $SSH_TEST_UNSET
Host d
  IdentityAgent "/a b/sock"
  IdentitiesOnly yes
Host e
  IdentityAgent \${SSH_TEST_SOCKET}/%u
  IdentitiesOnly no
`,
    hosts: ["a", "b", "c", "d", "e"],
  },
  {
    name: "what is done about unknown hosts",
    config: ["yes", "no", "ask", "accept-new", "off"].map((word) =>
      `Host ${word}\nStrictHostKeyChecking ${word}\n`
    ).join(""),
    hosts: ["yes", "no", "ask", "accept-new", "off", "other"],
  },
  {
    name: "times",
    config: ["0", "7", "2m", "1h30", "1H2M3S", "1d", "1w"].map((time) =>
      `Host t${time}\nConnectTimeout ${time}\n`
    ).join(""),
    hosts: ["0", "7", "2m", "1h30", "1H2M3S", "1d", "1w"].map((time) =>
      `t${time}`
    ),
  },
  {
    name: "Match",
    config: `Host gw*
  HostName 10.0.0.1
Match host 10.0.0.*
  Port 2
Match originalhost gw1,!gw2,gw*
  User one
Match host="A*,b" user ${username},bob
  Port 3
Match !host c* !originalhost "a"
  HostKeyAlias neither
Match user bob
  ConnectTimeout 3
Match localuser ${username} originalhost c*
  IdentityFile /local
Match all
  IdentityFile /all
`,
    hosts: ["gw1", "gw2", "gw3", "a", "b", "c", "bob@a", "bob@z", "eve@b"],
  },
  {
    name: "the final pass",
    config: `Host a
  HostName b
Match final host b
  User final
Match canonical
  IdentityFile /canonical
Match !final all
  IdentityFile /first
Host b
  Port 9
Match final originalhost d*
  HostName late
Host D2
  HostName early
`,
    hosts: ["a", "b", "c", "D", "d1", "D2"],
  },
  {
    name: "files included by absolute paths and patterns",
    config: `Host a
  Include DIR/in_a DIR/nothing
  ConnectTimeout 3
Include DIR/conf.d/*.conf "DIR/sp ace"
Host *
  Port 9
`,
    also: {
      in_a: "User inner\nHost b\nPort 3\nHost a*\nPort 4\n",
      "conf.d/2.conf": "Host c\nPort 6\nUser two\n",
      "conf.d/1.conf": "Host c\nPort 5\n",
      "conf.d/3.off": "Host c\nHostName off\n",
      "sp ace": "Host d\nPort 7\nInclude DIR/deeper\n",
      deeper: "HostName deep\n",
    },
    hosts: ["a", "b", "c", "d", "e"],
  },
  {
    name: "a user and a port of the command line",
    config: `Host a
  User fromfile
  Port 5
  IdentityFile /%r_%p
Match user said
  ConnectTimeout 3
`,
    asked: { user: "said", port: 77 },
    hosts: ["a", "b", "me@a"],
  },
];

for (const { name, config, hosts, also = {}, asked = {} } of cases) {
  Deno.test(`worked out as ssh does: ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    for (const [path, text] of Object.entries({ ...also, config })) {
      await Deno.mkdir(`${folder}/${path}/..`.replace(/[^/]*\/\.\.$/, ""), {
        recursive: true,
      });
      const placed = text.replaceAll("DIR", folder);
      await Deno.writeTextFile(`${folder}/${path}`, placed);
    }
    const door: SettingsDoor = { files: localFiles, here, run };
    const without: SettingsDoor = { ...door, run: () => Promise.resolve(null) };
    const all = { ...asked, config: `${folder}/config` };
    for (const host of hosts) {
      deepStrictEqual(
        comparable(await settingsOf(host, all, without)),
        comparable(await settingsOf(host, all, door)),
        host,
      );
    }
    await Deno.remove(folder, { recursive: true });
  });
}

const me: Here = {
  home: "/home/me",
  user: "me",
  uid: 1000,
  host: "desk.example.org",
  env: (name) => name === "KEYS" ? "/keys" : undefined,
};

function compute(
  tree: Readonly<Record<string, string>>,
  asked: Asked,
): Result<SshSettings, string> {
  return computeSettings(asked, { files: memoryFiles(tree), here: me });
}

function computed(
  tree: Readonly<Record<string, string>>,
  alias: string,
): SshSettings {
  return comparable(compute(tree, { alias }));
}

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
    connectTimeout_s: null,
  });
});

Deno.test("the user's file wins over the system's, and each includes from its own folder", () => {
  const tree = {
    "/home/me/.ssh/config": "Include more/* ~/at_home\nHost a\nPort 1\n",
    "/home/me/.ssh/more/x": "Host a\nUser more\n",
    "/home/me/at_home": "HostName home\n",
    "/etc/ssh/ssh_config": "Include ssh_config.d/*.conf\nPort 3\nUser system\n",
    "/etc/ssh/ssh_config.d/a.conf": "ConnectTimeout 4\n",
    "/etc/ssh/ssh_config.d/.b.conf": "HostKeyAlias hidden\n",
  };
  const { hostname, user, port, connectTimeout_s, hostKeyAlias } = computed(
    tree,
    "a",
  );
  deepStrictEqual(
    { hostname, user, port, connectTimeout_s, hostKeyAlias },
    {
      hostname: "home",
      user: "more",
      port: 1,
      connectTimeout_s: 4,
      hostKeyAlias: null,
    },
  );
  strictEqual(computed(tree, "b").port, 3);
});

Deno.test("a jump chain is told from the nearest to the farthest, with users and ports", () => {
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

Deno.test("a path with a variable that is not set is left out", () => {
  const config = `IdentityFile \${KEYS}/a\nIdentityFile \${NOTHING}/b
UserKnownHostsFile \${NOTHING}/c\nGlobalKnownHostsFile none
IdentityAgent \${NOTHING}/d\n`;
  const { identityFiles, knownHostsFiles, identityAgent } = computed({
    "/home/me/.ssh/config": config,
  }, "h");
  deepStrictEqual({ identityFiles, knownHostsFiles, identityAgent }, {
    identityFiles: ["/keys/a"],
    knownHostsFiles: [],
    identityAgent: "none",
  });
});

Deno.test("Match exec runs nothing and matches nothing, negated or not", async () => {
  const folder = await Deno.makeTempDir();
  const config = `Match exec "touch ${folder}/ran"\nPort 1
Match !exec "touch ${folder}/ran"\nPort 2\nMatch tagged x\nPort 3\n`;
  strictEqual(computed({ "/home/me/.ssh/config": config }, "h").port, 22);
  // Not recursively: fails where something is in it.
  await Deno.remove(folder);
});

Deno.test("a line that cannot be understood is named with its place", () => {
  const errors = [
    ["Host", /line 2 cannot be understood: Host$/],
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

/** A door behind which some program goes by the name of ssh. */
function doorTo(
  answer: Partial<Answer>,
): SettingsDoor & { readonly commands: (readonly string[])[] } {
  const commands: (readonly string[])[] = [];
  const tree = { "/home/me/.ssh/config": "Port 5\n" };
  return {
    files: memoryFiles(tree),
    here: me,
    commands,
    run: (command) => {
      commands.push(command);
      return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
    },
  };
}

Deno.test("ssh is asked with the user and the port, and an alias cannot be taken for an option", async () => {
  const door = doorTo({ stdout: "hostname real\nport 7\n" });
  const asked = { user: "bob", port: 7, config: "/c" };
  const result = await settingsOf("-oProxyCommand=x", asked, door);
  ok(result.ok);
  strictEqual(result.value.hostname, "real");
  strictEqual(result.value.port, 7);
  await settingsOf("h", {}, door);
  deepStrictEqual(door.commands.map((words) => words.join(" ")), [
    "ssh -G -F /c -l bob -p 7 -- -oProxyCommand=x",
    "ssh -G -- h",
  ]);
});

Deno.test("what ssh refuses is told in its words; a program without -G is passed over", async () => {
  const bad = doorTo({ code: 255, stderr: "c line 2: Bad option: badkey\n" });
  deepStrictEqual(await settingsOf("h", {}, bad), {
    ok: false,
    error: {
      kind: "connection",
      tried: "Cannot read the SSH settings of h",
      saw: "c line 2: Bad option: badkey",
      advice: "Correct what ssh names; this shows it again: ssh -G -- h",
      again: false,
    },
  });
  const old = doorTo({ code: 255, stderr: "unknown option -- G\nusage: ssh" });
  const result = await settingsOf("h", {}, old);
  strictEqual(result.ok && result.value.port, 5);
});

Deno.test("an older ssh that leaves tokens in every value is read alike", () => {
  const settings = readSettings(
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
      "connecttimeout none",
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
    connectTimeout_s: null,
  });
});
