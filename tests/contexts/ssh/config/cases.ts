/** Configuration files of ssh and the hosts to ask about. */
import { userInfo } from "node:os";
import type { SshTarget } from "../../../../src/contexts/ssh/config/mod.ts";

const { username } = userInfo();

/** The variables SSH_TEST_FOLDER and SSH_TEST_SOCKET are set; DIR is the directory of the files. */
export interface Case {
  readonly name: string;
  readonly config: string;
  readonly hosts: readonly string[];
  readonly also?: Readonly<Record<string, string>>;
  readonly asked?: Pick<SshTarget, "user" | "port">;
}

export const cases: readonly Case[] = [
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
Match final originalhost a
  ConnectTimeout 4
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
    hosts: ["a", "b", "me@a", "ssh://me@a:99"],
  },
];
