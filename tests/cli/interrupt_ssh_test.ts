/** Ctrl-C at a question during login. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { scriptWith } from "../helpers/checked.ts";
import { withFolder } from "../helpers/dpdisp.ts";
import { sshTest } from "../helpers/sshd.ts";

const typist =
  new URL("../helpers/terminal_driver.py", import.meta.url).pathname;

for (const command of ["run", "doctor"]) {
  sshTest(
    `Ctrl-C at the host key question ends ${command}, and leaves nothing`,
    (bed) =>
      withFolder(async (folder, env) => {
        const { host, port } = bed.servers.keys;
        const machine = `batch_type = "Shell"
context_type = "SSHContext"
local_root = "./"
remote_root = "~/far side"
remote_profile = { hostname = "far" }`;
        const files = {
          config:
            `Host *\n  HostName ${host}\n  Port ${port}\n  User ${bed.users.plain}\n  UserKnownHostsFile "${folder}/known"\n  GlobalKnownHostsFile none\n`,
          "bin/ssh":
            `#!/bin/sh\nexec /usr/bin/ssh -F '${folder}/config' "$@"\n`,
          "run.py": scriptWith({ machine }),
        };
        for (const [name, text] of Object.entries(files)) {
          await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
        }
        const words = [`${folder}/bin/dpdisp`, command, "run.py"];
        const { code, stdout } = await new Deno.Command("timeout", {
          args: ["60", "python3", typist, "yes/no", "03", ...words],
          cwd: folder,
          env,
        }).output();
        const said = new TextDecoder().decode(stdout);
        match(said, /yes\/no/);
        strictEqual(code, 130, said);
        const left = await Array.fromAsync(
          Deno.readDir(folder),
          ({ name }) => name,
        );
        deepStrictEqual(left.filter((name) => name === "known"), []);
      }),
  );
}
