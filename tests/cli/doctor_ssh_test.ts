/** The whole command against a real sshd. */
import { match, strictEqual } from "node:assert/strict";
import { DPDISP } from "../helpers/dpdisp.ts";
import { sshTest, type SshTestbed } from "../helpers/sshd.ts";

interface Said {
  readonly code: number;
  readonly out: string;
}

/** `ssh` reads the home directory from the password database, so the path of its configuration is an option. */
async function doctor(
  testbed: SshTestbed,
  user: keyof SshTestbed["users"],
  { knownHosts, profile = "" }: {
    readonly knownHosts: string;
    readonly profile?: string;
  },
): Promise<Said> {
  const directory = await Deno.makeTempDir();
  const { host, port } = testbed.servers.keys;
  const files = {
    config: `Host far
  HostName ${host}
  Port ${port}
  User ${testbed.users[user]}
  IdentityFile ${testbed.keys.ed25519}
  IdentitiesOnly yes
Host *
  UserKnownHostsFile "${knownHosts}"
  GlobalKnownHostsFile none
`,
    ssh: `#!/bin/sh\nexec /usr/bin/ssh -F '${directory}/config' "$@"\n`,
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
    await Deno.writeTextFile(`${directory}/${name}`, text, { mode: 0o755 });
  }
  const { code, stdout, stderr } = await new Deno.Command(DPDISP[0]!, {
    args: [...DPDISP.slice(1), "doctor", "hello.py"],
    cwd: directory,
    env: {
      PATH: `${directory}:${Deno.env.get("PATH")}`,
      XDG_STATE_HOME: `${directory}/state`,
    },
    stdin: "null",
  }).output();
  await Deno.remove(directory, { recursive: true });
  const text = new TextDecoder();
  strictEqual(text.decode(stderr), "");
  return { code, out: text.decode(stdout) };
}

for (const transport of ["ssh2", "openssh"]) {
  const profile = `# transport = "${transport}"\n`;
  sshTest(
    `doctor checks a host behind SSH through ${transport}, whatever its login shell prints`,
    async (testbed) => {
      const { knownHosts } = testbed;
      for (const user of ["plain", "banner", "csh"] as const) {
        const { code, out } = await doctor(testbed, user, {
          knownHosts,
          profile,
        });
        strictEqual(code, 0, out);
        match(
          out,
          new RegExp(
            `^ok {4}login {8}${
              testbed.users[user]
            } on \\S+, Linux .*; took \\d+\\.\\d s$`,
            "m",
          ),
        );
        match(
          out,
          /^ok {4}remote root {2}\/\S+\/far side\/\S+, will be created in \/\S+$/m,
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
    async (testbed) => {
      const { code, out } = await doctor(testbed, "plain", {
        knownHosts: "/dev/null",
        profile,
      });
      strictEqual(code, 3, out);
      match(
        out,
        /^ok {4}script .*\nerror login {8}(Host key verification failed: |Cannot connect to )[^]*\n1 error\n$/,
      );
      match(out, /host is not known|Host key verification failed/);
    },
  );
}
