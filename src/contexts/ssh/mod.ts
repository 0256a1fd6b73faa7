import type { Context } from "../context.ts";

/** A machine behind SSH, in a folder of the submission's own below `remote_root`. */
export const ssh: Context = {
  name: "SSHContext",
  compress: ({ profile }) => profile.compress === true,
  async open(machine, world) {
    // Who works on this machine does not wait until an SSH client is loaded.
    const { openSsh } = await import("./open.ts");
    return openSsh(machine, world);
  },
};
