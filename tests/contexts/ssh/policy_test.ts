/** Logins by ssh2 against those of the system's `ssh`, at real sshd: never one that ssh refuses, nor a password that it keeps. */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import {
  settingsOf,
  type SshSettings,
} from "../../../src/contexts/ssh/ssh_config.ts";
import { plainSecret } from "../../../src/schema/secret.ts";
import { run } from "../../helpers/far_side.ts";
import {
  logOf,
  type SshBed,
  type SshServer,
  sshTest,
} from "../../helpers/sshd.ts";
import { sshWith } from "../../helpers/system_ssh.ts";
import { withAgent, withSocket } from "../../helpers/ssh_agent.ts";
import { at, near, sayIn } from "./near.ts";
import { cases, KNOWN, type Outcome, type PolicyCase } from "./policy_cases.ts";

/** What one login came to. */
interface Login {
  readonly outcome: Outcome;
  /** The host was sent a password, or answers. */
  readonly sent: boolean;
  readonly knownHosts: string;
  readonly said: string;
}

interface Compared {
  readonly row: PolicyCase;
  readonly ssh: Login;
  readonly ours: Login;
}

/** Two cores: more at once would be no faster, and sshd drops some (MaxStartups). */
const AT_ONCE = 8;

/** What is said where nobody said otherwise. */
function configOf(bed: SshBed, row: PolicyCase, dir: string, from: string) {
  const agent = row.agent ? [] : ["IdentityAgent none"];
  return [
    "Host *",
    filled(row.config ?? "", bed, row, dir),
    "Host *",
    `BindAddress ${from}`,
    `User ${bed.users.plain}`,
    `UserKnownHostsFile "${dir}/known_hosts"`,
    "GlobalKnownHostsFile none",
    `IdentityFile ${row.key ? bed.keys[row.key] : "none"}`,
    "ConnectTimeout 20",
    ...agent,
    ...row.agent ? [] : ["IdentitiesOnly yes"],
    "",
  ].join("\n");
}

function filled(text: string, bed: SshBed, row: PolicyCase, dir: string) {
  const { keys, jump, [row.server]: server } = bed.servers;
  const values: Readonly<Record<string, string>> = {
    DIR: dir,
    NAME: nameOf(server),
    BARE: server.host,
    ED: keyOf(server, "ed25519"),
    ECDSA: keyOf(server, "ecdsa"),
    RSA: keyOf(server, "rsa"),
    OTHER: keyOf(row.server === "keys" ? jump : keys, "ed25519"),
    JUMP: `${jump.host}:${jump.port}`,
    JUMPS: `${nameOf(jump)} ${keyOf(jump, "ed25519")}`,
  };
  const words = new RegExp(`\\b(${Object.keys(values).join("|")})\\b`, "g");
  return text.replace(words, (word) => values[word]!);
}

const nameOf = ({ host, port }: SshServer) => `[${host}]:${port}`;

/** As `type base64`; nothing where it has none of the type. */
function keyOf({ hostKeys }: SshServer, type: string): string {
  try {
    const text = Deno.readTextFileSync(`${hostKeys}/${type}.pub`);
    return text.split(" ").slice(0, 2).join(" ");
  } catch {
    return "";
  }
}

async function place(dir: string, bed: SshBed, row: PolicyCase) {
  const text = filled(row.known ?? KNOWN, bed, row, dir);
  await Deno.writeTextFile(`${dir}/known_hosts`, text);
  for (const [name, raw] of Object.entries(row.files ?? {})) {
    const path = `${dir}/${name}`;
    await Deno.writeTextFile(path, filled(raw, bed, row, dir));
    if (!name.endsWith(".krl")) continue;
    await Deno.rename(path, `${path}.list`);
    const made = await run(["ssh-keygen", "-k", "-f", path, `${path}.list`]);
    ok(made.code === 0, made.stderr);
  }
}

/** What the log of the server has of a login from this address. */
function loginOf(
  bed: SshBed,
  row: PolicyCase,
  from: string,
  said: string,
  dir: string,
): Login {
  const lines = logOf(bed.servers[row.server]).split("\n")
    .filter((line) => line.includes(` from ${from} port `));
  const isIn = said.trim() === bed.users.plain;
  const by = lines.map((line) => /^Accepted ([\w-]+)/.exec(line)?.[1]).find(
    Boolean,
  );
  return {
    // Behind a jump host all come from that.
    outcome: isIn ? (by ?? "publickey") as Outcome : "refused",
    sent: lines.some((line) =>
      /^(Accepted|Failed|Postponed) (password|keyboard)/.test(line)
    ),
    knownHosts: Deno.readTextFileSync(`${dir}/known_hosts`),
    said,
  };
}

async function bySsh(
  bed: SshBed,
  row: PolicyCase,
  from: string,
  socket: string,
): Promise<Login> {
  const dir = await Deno.makeTempDir({ prefix: "dpdisp ssh " });
  await place(dir, bed, row);
  const { host, port } = bed.servers[row.server];
  const config = configOf(bed, row, dir, from) +
    (row.accepts ? "StrictHostKeyChecking accept-new\n" : "");
  const { stdout, stderr } = await sshWith(
    config,
    ["-p", String(port), host, "id -un"],
    row.password ? { password: bed.password } : {},
    row.agent ? socket : "",
  );
  const login = loginOf(bed, row, from, stdout || stderr, dir);
  await Deno.remove(dir, { recursive: true });
  return login;
}

async function byUs(
  bed: SshBed,
  row: PolicyCase,
  from: string,
  socket: string,
): Promise<Login> {
  await using side = await near(
    row.agent ? { world: withSocket(socket) } : {},
  );
  const dir = `${side.home}/.ssh`;
  await place(dir, bed, row);
  side.config(configOf(bed, row, dir, from));
  const said = await sayIn(side, {
    ...at(bed, row.server),
    ...row.password && { password: plainSecret(bed.password) },
    ...row.accepts && { acceptNewHostKey: true },
  });
  return loginOf(bed, row, from, said, dir);
}

/** What we do and ssh would not. */
function laxer(ours: Login, ssh: Login): readonly string[] {
  const lines = (text: string) => text.split("\n").length;
  return [
    ...ours.outcome !== "refused" && ours.outcome !== ssh.outcome
      ? [`lets in by ${ours.outcome} where ssh says ${ssh.outcome}`]
      : [],
    ...ours.sent && !ssh.sent ? ["sends a password that ssh keeps"] : [],
    ...lines(ours.knownHosts) > lines(ssh.knownHosts)
      ? ["keeps a host key that ssh does not"]
      : [],
  ];
}

sshTest(
  `No login is laxer than that of ssh, in ${cases.length} cases`,
  async (bed) => {
    await withAgent([bed.keys.ed25519], async (socket) => {
      const found: Compared[] = [];
      const left = [...cases.entries()];
      const work = async () => {
        for (let next = left.shift(); next; next = left.shift()) {
          const [at, row] = next;
          const ssh = await bySsh(bed, row, `127.77.0.${at + 1}`, socket);
          const ours = await byUs(bed, row, `127.78.0.${at + 1}`, socket);
          found.push({ row, ssh, ours });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      const wrong = found.flatMap(({ row, ssh, ours }) => [
        ...laxer(ours, ssh).map((what) => `${row.name}: ${what}`),
        ...ssh.outcome === row.ssh
          ? []
          : [`${row.name}: ssh says ${ssh.outcome}: ${ssh.said}`],
        ...ours.outcome === (row.refuses ? "refused" : row.ssh)
          ? []
          : [`${row.name}: we say ${ours.outcome}: ${ours.said}`],
      ]);
      deepStrictEqual(wrong, []);
      for (const { row, ours } of found) {
        if (row.refuses) match(ours.said, row.refuses, row.name);
        if (row.leaves) match(ours.knownHosts, row.leaves, row.name);
      }
    });
  },
);

sshTest(
  "Where there is no ssh to ask, the files are read as it reads them",
  async (bed) => {
    for (const row of cases) {
      // Without ssh nothing is run.
      if (row.config?.includes("Match exec")) continue;
      await using side = await near();
      const dir = `${side.home}/.ssh`;
      await place(dir, bed, row);
      side.config(configOf(bed, row, dir, "127.77.1.1"));
      const { host } = bed.servers[row.server];
      const config = `${dir}/config`;
      const without = { ...side.door, run: () => Promise.resolve(null) };
      const [bySsh, byUs] = [
        await settingsOf(host, { config }, side.door),
        await settingsOf(host, { config }, without),
      ];
      ok(bySsh.ok && byUs.ok);
      deepStrictEqual(
        comparable(byUs.value),
        comparable(bySsh.value),
        row.name,
      );
    }
  },
);

/** ssh writes whole lists where there were parts. */
function comparable(settings: SshSettings) {
  const refused = settings.policy.refused.map((line) => line.split(" ")[0]);
  return { ...settings, policy: { ...settings.policy, refused } };
}

Deno.test("The table has the cases that it should, each once", () => {
  ok(cases.length >= 45);
  const names = cases.map(({ name }) => name);
  deepStrictEqual(names, [...new Set(names)]);
});
