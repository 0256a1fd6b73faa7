/** The system's `ssh`, at a server of the testbed: what dpdisp is measured by. */
import { run } from "./remote_dir.ts";
import type { KeyName, ServerName, SshTestbed } from "./sshd.ts";

export interface SystemSsh {
  readonly key?: KeyName;
  readonly user?: string;
  /** What ssh is answered where it asks for these. */
  readonly answers?: Readonly<
    Partial<Record<"passphrase" | "password" | "code", string>>
  >;
  /** Servers on the way, the nearest first. */
  readonly jumps?: readonly ServerName[];
  /** As after `-o`, for the last hop only. */
  readonly options?: readonly string[];
}

/** Runs a command by `ssh` within 30 s; nothing of this machine's own settings is used. */
export async function systemSsh(
  testbed: SshTestbed,
  server: ServerName,
  command: string,
  { key, user = testbed.users.plain, answers = {}, jumps = [], options = [] }:
    SystemSsh = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const args = [
    ...options.flatMap((option) => ["-o", option]),
    ...(jumps.length > 0 ? ["-J", jumps.join(",")] : []),
  ];
  const config = configOf(testbed, user, key);
  return await sshWith(config, [...args, server, command], answers);
}

/** Runs `ssh` with a configuration file of this text, within 30 s; where it asks anything else it hears nothing. `agent`: its socket. */
export async function sshWith(
  config: string,
  args: readonly string[],
  answers: NonNullable<SystemSsh["answers"]>,
  agent = "",
): Promise<{ code: number; stdout: string; stderr: string }> {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/askpass`, ASKPASS, { mode: 0o700 });
  await Deno.writeTextFile(`${directory}/config`, config);
  const said = await run(
    ["timeout", "30", "ssh", "-F", `${directory}/config`, ...args],
    {
      env: {
        SSH_AUTH_SOCK: agent,
        SSH_ASKPASS: `${directory}/askpass`,
        SSH_ASKPASS_REQUIRE: "force",
        ...Object.fromEntries(
          Object.entries(answers).map((
            [what, text],
          ) => [`ANSWER_${what}`, text]),
        ),
      },
    },
  );
  await Deno.remove(directory, { recursive: true });
  return said;
}

const ASKPASS = `#!/bin/sh
case $1 in
  *passphrase*) printf '%s\\n' "$ANSWER_passphrase" ;;
  *assword*) printf '%s\\n' "$ANSWER_password" ;;
  *'erification code'*) printf '%s\\n' "$ANSWER_code" ;;
esac
`;

/** See ssh_config(5): each server under its name. */
function configOf(
  testbed: SshTestbed,
  user: string,
  key: KeyName | undefined,
): string {
  const hosts = Object.entries(testbed.servers).map(([name, { host, port }]) =>
    `Host ${name}\n  HostName ${host}\n  Port ${port}\n`
  );
  return `${hosts.join("")}
Host *
  User ${user}
  ConnectTimeout 10
  StrictHostKeyChecking yes
  UserKnownHostsFile ${testbed.knownHosts}
  GlobalKnownHostsFile none
  IdentitiesOnly yes
  IdentityFile ${key ? testbed.keys[key] : "none"}
  NumberOfPasswordPrompts 1
`;
}
