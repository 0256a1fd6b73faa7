import { ssh } from "../../../src/contexts/ssh/mod.ts";
import {
  executeCommandOf,
  opensshOptions,
  sshCommandOf,
} from "../../../src/contexts/ssh/open.ts";
import { opensshShell } from "../../../src/contexts/ssh/openssh_shell.ts";
import {
  checkContext,
  type OpenGround,
} from "../../helpers/context_contract/mod.ts";
import { KEY } from "../../helpers/remote_dir.ts";
import { type SshBed, sshBed, whereSshd } from "../../helpers/sshd.ts";
import {
  at,
  machineOf,
  type Near,
  near,
  type Profile,
  profileOf,
} from "../../helpers/ssh_client.ts";

type User = keyof SshBed["users"];

/** A context that logs in as this user, in a folder of its own below the user's home. */
function groundOf(user: User, transport: Profile["transport"]): OpenGround {
  return async () => {
    const bed = await sshBed();
    const name = bed.users[user];
    const side = await near({
      knownHosts: await Deno.readTextFile(bed.knownHosts),
    });
    const profile = {
      ...at(bed, "keys"),
      username: name,
      keyFile: bed.keys.ed25519,
      transport,
    };
    const shell = await openBy(transport, profile, side);
    const remoteRoot = `/home/${name}/remote root`;
    const top = `${remoteRoot}/${crypto.randomUUID().slice(0, 8)}`;
    return {
      shell,
      staging: ssh.staging(machineOf(profile)),
      root: `${top}/${KEY}`,
      async [Symbol.asyncDispose]() {
        await shell[Symbol.asyncDispose]();
        await side[Symbol.asyncDispose]();
        await Deno.remove(top, { recursive: true }).catch(() => {});
        // Another test may have its folder there.
        await Deno.remove(remoteRoot).catch(() => {});
      },
    };
  };
}

async function openBy(
  transport: Profile["transport"],
  profile: Partial<Profile>,
  side: Near,
) {
  if (transport === "openssh") {
    const said = profileOf(profile);
    const config = ["-F", `${side.home}/.ssh/config`];
    return opensshShell({
      name: said.hostname,
      options: [...config, ...opensshOptions(said)],
      executeCommand: executeCommandOf(said),
      sshCommand: sshCommandOf(said),
    }, side.world);
  }
  const shell = await side.open(profile);
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
