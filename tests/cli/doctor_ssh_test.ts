/** The whole command against a real sshd. */
import { match, strictEqual } from "node:assert/strict";
import { DPDISP } from "../helpers/dpdisp.ts";
import { type SshBed, sshTest } from "../helpers/sshd.ts";

interface Said {
  readonly code: number;
  readonly out: string;
}

/** `ssh` reads the home directory from the password database, so the path of its configuration is an option. */
async function doctor(
  bed: SshBed,
  user: keyof SshBed["users"],
  { knownHosts, profile = "" }: {
    readonly knownHosts: string;
    readonly profile?: string;
  },
): Promise<Said> {
  const folder = await Deno.makeTempDir();
  const { host, port } = bed.servers.keys;
  const files = {
    config: `Host far
  HostName ${host}
  Port ${port}
  User ${bed.users[user]}
  IdentityFile ${bed.keys.ed25519}
  IdentitiesOnly yes
Host *
  UserKnownHostsFile "${knownHosts}"
  GlobalKnownHostsFile none
`,
    ssh: `#!/bin/sh\nexec /usr/bin/ssh -F '${folder}/config' "$@"\n`,
    "hello.py": `# /// script
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "SSHContext"
# local_root = "./"
# remote_root = "~/far side"
# [tool.dpdispatcher.machine.remote_profile]
# hostname = "far"
${profile}# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "sh"
# task_work_path = "./"
# ///
`,
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
  }
  const { code, stdout, stderr } = await new Deno.Command(DPDISP[0]!, {
    args: [...DPDISP.slice(1), "doctor", "hello.py"],
    cwd: folder,
    env: {
      PATH: `${folder}:${Deno.env.get("PATH")}`,
      XDG_STATE_HOME: `${folder}/state`,
    },
    stdin: "null",
  }).output();
  await Deno.remove(folder, { recursive: true });
  const text = new TextDecoder();
  strictEqual(text.decode(stderr), "");
  return { code, out: text.decode(stdout) };
}

for (const transport of ["ssh2", "openssh"]) {
  const profile = `# transport = "${transport}"\n`;
  sshTest(
    `doctor checks a host behind SSH through ${transport}, whatever its login shell prints`,
    async (bed) => {
      const { knownHosts } = bed;
      for (const user of ["plain", "banner", "csh"] as const) {
        const { code, out } = await doctor(bed, user, { knownHosts, profile });
        strictEqual(code, 0, out);
        match(
          out,
          new RegExp(
            `^ok {4}login {8}${
              bed.users[user]
            } on \\S+, Linux .*; in after \\d+\\.\\d s$`,
            "m",
          ),
        );
        match(
          out,
          /^ok {4}remote root {2}\/\S+\/far side\/\S+, to be made in \/\S+$/m,
        );
        match(out, /^ok {4}compression {2}(zstd, )?gzip$/m);
        match(out, /^ok {4}cpus {9}\d+$/m);
        if (user === "csh") {
          match(out, /^ok {4}shell {8}\S+csh; scripts run in /m);
        }
        strictEqual(/^ok {4}banner /m.test(out), user !== "plain", out);
      }
    },
  );

  sshTest(
    `an unknown host is the last line through ${transport}, with a hint, and exit 3`,
    async (bed) => {
      const { code, out } = await doctor(bed, "plain", {
        knownHosts: "/dev/null",
        profile,
      });
      strictEqual(code, 3, out);
      match(
        out,
        /^ok {4}script .*\nerror login {8}Cannot (trust|connect to) [^]*\n1 error\n$/,
      );
      match(out, /host is not known|Host key verification failed/);
    },
  );
}
