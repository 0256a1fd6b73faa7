/** One login by the system's `ssh` and one by dpdisp, for a row of the table. */
import { ok } from "node:assert/strict";
import { plainSecret } from "../../../../src/schema/secret.ts";
import { run } from "../../../helpers/remote_dir.ts";
import { logOf, type SshBed, type SshServer } from "../../../helpers/sshd.ts";
import { withSocket } from "../../../helpers/ssh_agent.ts";
import { sshWith } from "../../../helpers/system_ssh.ts";
import { codeAt } from "../../../helpers/totp.ts";
import { at, near, sayIn } from "../../../helpers/ssh_client.ts";
import { KNOWN, type Outcome, type PolicyCase } from "./policy_cases.ts";

/** The result of one login. */
export interface Login {
  readonly outcome: Outcome;
  /** True where a password or answers were sent to the host. */
  readonly sent: boolean;
  readonly knownHosts: string;
  readonly said: string;
}

/** The default settings of the cases. */
export function configOf(
  bed: SshBed,
  row: PolicyCase,
  dir: string,
  from: string,
) {
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

/** As `type base64`; "" where the server has no key of the type. */
function keyOf({ hostKeys }: SshServer, type: string): string {
  try {
    const text = Deno.readTextFileSync(`${hostKeys}/${type}.pub`);
    return text.split(" ").slice(0, 2).join(" ");
  } catch {
    return "";
  }
}

export async function place(dir: string, bed: SshBed, row: PolicyCase) {
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

/** What the log of the server shows about a login from this address. */
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
    // Through a jump host all logins come from its address.
    outcome: isIn ? (by ?? "publickey") as Outcome : "refused",
    sent: lines.some((line) =>
      /^(Accepted|Failed|Postponed) (password|keyboard)/.test(line)
    ),
    knownHosts: Deno.readTextFileSync(`${dir}/known_hosts`),
    said,
  };
}

export async function bySsh(
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
    {
      ...row.password && { password: bed.password },
      ...row.code && { code: codeAt(bed.totpSecret) },
    },
    row.agent ? socket : "",
  );
  const login = loginOf(bed, row, from, stdout || stderr, dir);
  await Deno.remove(dir, { recursive: true });
  return login;
}

export async function byUs(
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
    ...row.code && { totpSecret: plainSecret(bed.totpSecret) },
    ...row.accepts && { acceptNewHostKey: true },
  });
  return loginOf(bed, row, from, said, dir);
}
