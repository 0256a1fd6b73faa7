/** One login by the system's `ssh` and one by dpdisp, for a row of the table. */
import { ok } from "node:assert/strict";
import { plainSecret } from "../../../../src/schema/secret.ts";
import { run } from "../../../helpers/remote_dir.ts";
import {
  logOf,
  type SshServer,
  type SshTestbed,
} from "../../../helpers/sshd.ts";
import { withSocket } from "../../../helpers/ssh_agent.ts";
import { sshWith } from "../../../helpers/system_ssh.ts";
import { codeAt } from "../../../helpers/totp.ts";
import {
  loginAt,
  loginOutput,
  openSshClient,
} from "../../../helpers/ssh_client.ts";
import { KNOWN, type Outcome, type PolicyCase } from "./policy_cases.ts";

/** The result of one login. */
export interface Login {
  readonly outcome: Outcome;
  /** True where a password or answers were sent to the host. */
  readonly sent: boolean;
  readonly knownHosts: string;
  readonly output: string;
}

/** The default settings of the cases. */
export function configOf(
  testbed: SshTestbed,
  row: PolicyCase,
  dir: string,
  from: string,
) {
  const agent = row.agent ? [] : ["IdentityAgent none"];
  return [
    "Host *",
    filled(row.config ?? "", testbed, row, dir),
    "Host *",
    `BindAddress ${from}`,
    `User ${testbed.users.plain}`,
    `UserKnownHostsFile "${dir}/known_hosts"`,
    "GlobalKnownHostsFile none",
    `IdentityFile ${row.key ? testbed.keys[row.key] : "none"}`,
    "ConnectTimeout 20",
    ...agent,
    ...row.agent ? [] : ["IdentitiesOnly yes"],
    "",
  ].join("\n");
}

function filled(
  text: string,
  testbed: SshTestbed,
  row: PolicyCase,
  dir: string,
) {
  const { keys, jump, [row.server]: server } = testbed.servers;
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

/** As `type base64`; "" where the server has no key of the type. */
function keyOf({ hostKeys }: SshServer, type: string): string {
  try {
    const text = Deno.readTextFileSync(`${hostKeys}/${type}.pub`);
    return text.split(" ").slice(0, 2).join(" ");
  } catch {
    return "";
  }
}

export async function makeHome(
  dir: string,
  testbed: SshTestbed,
  row: PolicyCase,
) {
  const text = filled(row.known ?? KNOWN, testbed, row, dir);
  await Deno.writeTextFile(`${dir}/known_hosts`, text);
  for (const [name, raw] of Object.entries(row.files ?? {})) {
    const path = `${dir}/${name}`;
    await Deno.writeTextFile(path, filled(raw, testbed, row, dir));
    if (!name.endsWith(".krl")) continue;
    await Deno.rename(path, `${path}.list`);
    const made = await run(["ssh-keygen", "-k", "-f", path, `${path}.list`]);
    ok(made.code === 0, made.stderr);
  }
}

/** What the log of the server shows about a login from this address. */
function loginOf(
  testbed: SshTestbed,
  row: PolicyCase,
  from: string,
  output: string,
  dir: string,
): Login {
  const lines = logOf(testbed.servers[row.server]).split("\n")
    .filter((line) => line.includes(` from ${from} port `));
  const isIn = output.trim() === testbed.users.plain;
  const by = lines.map((line) => /^Accepted ([\w-]+)/.exec(line)?.[1]).find(
    Boolean,
  );
  return {
    // Through a jump host all logins come from its address.
    outcome: isIn ? (by ?? "publickey") as Outcome : "refused",
    sent: lines.some((line) =>
      /^(Accepted|Failed|Postponed) (password|keyboard)/.test(line)
    ),
    knownHosts: Deno.readTextFileSync(`${dir}/known_hosts`),
    output,
  };
}

export async function loginBySsh(
  testbed: SshTestbed,
  row: PolicyCase,
  from: string,
  socket: string,
): Promise<Login> {
  const dir = await Deno.makeTempDir({ prefix: "dpdisp ssh " });
  await makeHome(dir, testbed, row);
  const { host, port } = testbed.servers[row.server];
  const config = configOf(testbed, row, dir, from) +
    (row.accepts ? "StrictHostKeyChecking accept-new\n" : "");
  const { stdout, stderr } = await sshWith(
    config,
    ["-p", String(port), host, "id -un"],
    {
      ...row.password && { password: testbed.password },
      ...row.code && { code: codeAt(testbed.totpSecret) },
    },
    row.agent ? socket : "",
  );
  const login = loginOf(testbed, row, from, stdout || stderr, dir);
  await Deno.remove(dir, { recursive: true });
  return login;
}

export async function loginByDpdisp(
  testbed: SshTestbed,
  row: PolicyCase,
  from: string,
  socket: string,
): Promise<Login> {
  await using client = await openSshClient(
    row.agent ? { environment: withSocket(socket) } : {},
  );
  const dir = `${client.home}/.ssh`;
  await makeHome(dir, testbed, row);
  client.config(configOf(testbed, row, dir, from));
  const output = await loginOutput(client, {
    ...loginAt(testbed, row.server),
    ...row.password && { password: plainSecret(testbed.password) },
    ...row.code && { totpSecret: plainSecret(testbed.totpSecret) },
    ...row.accepts && { acceptNewHostKey: true },
  });
  return loginOf(testbed, row, from, output, dir);
}
