import { ok } from "node:assert/strict";
import { readKey } from "../../../../src/contexts/ssh/auth/key_file.ts";
import { localFiles } from "../../../../src/environment/local_files.ts";
import { run } from "../../../helpers/remote_dir.ts";
import { toolTest } from "../../../helpers/tools.ts";

for (const bits of [256, 384, 521]) {
  toolTest(
    "ssh-keygen",
    `ECDSA keys of ${bits} bits sign, however many bytes their number has`,
    async () => {
      const directory = await Deno.makeTempDir();
      // Every second number has a high bit, one in 256 is short.
      for (let i = 0; i < 12; i++) {
        const path = `${directory}/${i}`;
        const args = ["-t", "ecdsa", "-b", `${bits}`, "-N", "", "-f", path];
        await run(["ssh-keygen", "-q", ...args]);
        const file = readKey(path, null, { files: localFiles });
        ok(file.is === "usable");
        const signature = file.key.sign(new TextEncoder().encode("text"));
        ok(!(signature instanceof Error), String(signature));
        ok(file.key.verify(new TextEncoder().encode("text"), signature));
      }
      await Deno.remove(directory, { recursive: true });
    },
  );
}
