/** Ctrl-C at a question during login. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { scriptWith } from "../helpers/checked.ts";
import { withDirectory } from "../helpers/dpdisp.ts";
import { sshTest } from "../helpers/sshd.ts";

const typist =
  new URL("../helpers/terminal_driver.py", import.meta.url).pathname;

for (const command of ["run", "doctor"]) {
  sshTest(
    `Ctrl-C at the host key question ends ${command}, and leaves nothing`,
    (testbed) =>
      withDirectory(async (directory, env) => {
        const { host, port } = testbed.servers.keys;
        const machine = `batch_type = "Shell"
context_type = "SSHContext"
local_root = "./"
remote_root = "~/far side"
remote_profile = { hostname = "far" }`;
        const files = {
          config:
            `Host *\n  HostName ${host}\n  Port ${port}\n  User ${testbed.users.plain}\n  UserKnownHostsFile "${directory}/known"\n  GlobalKnownHostsFile none\n`,
          "bin/ssh":
            `#!/bin/sh\nexec /usr/bin/ssh -F '${directory}/config' "$@"\n`,
          "run.py": scriptWith({ machine }),
        };
        for (const [name, text] of Object.entries(files)) {
          await Deno.writeTextFile(`${directory}/${name}`, text, {
            mode: 0o755,
          });
        }
        const words = [`${directory}/bin/dpdisp`, command, "run.py"];
        const { code, stdout } = await new Deno.Command("timeout", {
          args: ["60", "python3", typist, "yes/no", "03", ...words],
          cwd: directory,
          env,
        }).output();
        const output = new TextDecoder().decode(stdout);
        match(output, /yes\/no/);
        strictEqual(code, 130, output);
        const left = await Array.fromAsync(
          Deno.readDir(directory),
          ({ name }) => name,
        );
        deepStrictEqual(left.filter((name) => name === "known"), []);
      }),
  );
}
