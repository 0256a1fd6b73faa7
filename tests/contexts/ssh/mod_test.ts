import {
  executeCommandOf,
  opensshOptions,
  sshCommandOf,
} from "../../../src/contexts/ssh/open.ts";
import { opensshShell } from "../../../src/contexts/ssh/openssh_shell.ts";
import {
  checkContext,
  type OpenContext,
} from "../../helpers/context_contract/mod.ts";
import { KEY } from "../../helpers/remote_dir.ts";
import { type SshTestbed, sshTestbed, whereSshd } from "../../helpers/sshd.ts";
import {
  loginAt,
  openSshClient,
  type Profile,
  profileOf,
  type SshClient,
} from "../../helpers/ssh_client.ts";

type User = keyof SshTestbed["users"];

/** A context that logs in as this user, in a directory of its own below the user's home. */
function groundOf(user: User, transport: Profile["transport"]): OpenContext {
  return async () => {
    const testbed = await sshTestbed();
    const name = testbed.users[user];
    const client = await openSshClient({
      knownHosts: await Deno.readTextFile(testbed.knownHosts),
    });
    const profile = {
      ...loginAt(testbed, "keys"),
      username: name,
      keyFile: testbed.keys.ed25519,
      transport,
    };
    const shell = await openBy(transport, profile, client);
    const remoteRoot = `/home/${name}/remote root`;
    const top = `${remoteRoot}/${crypto.randomUUID().slice(0, 8)}`;
    return {
      shell,
      staging: "copy",
      root: `${top}/${KEY}`,
      async [Symbol.asyncDispose]() {
        await shell[Symbol.asyncDispose]();
        await client[Symbol.asyncDispose]();
        await Deno.remove(top, { recursive: true }).catch(() => {});
        // Another test may have its directory in it.
        await Deno.remove(remoteRoot).catch(() => {});
      },
    };
  };
}

async function openBy(
  transport: Profile["transport"],
  profile: Partial<Profile>,
  client: SshClient,
) {
  if (transport === "openssh") {
    const output = profileOf(profile);
    const config = ["-F", `${client.home}/.ssh/config`];
    return opensshShell({
      name: output.hostname,
      options: [...config, ...opensshOptions(output)],
      executeCommand: executeCommandOf(output),
      sshCommand: sshCommandOf(output),
    }, client.environment);
  }
  const shell = await client.open(profile);
  if (!shell.ok) throw new Error(shell.error.detail);
  return shell.value;
}

whereSshd("SSHContext", () => {
  checkContext("SSHContext", groundOf("plain", "ssh2"), { many: 1_000 });
  const few = { many: 200 };
  for (const user of ["csh", "banner"] as const) {
    checkContext(`SSHContext, ${user}`, groundOf(user, "ssh2"), few);
  }
  checkContext("SSHContext by openssh", groundOf("plain", "openssh"), few);
});
