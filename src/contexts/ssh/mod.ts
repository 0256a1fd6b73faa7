import type { Context } from "../context.ts";

/** Runs on a host over SSH, in a remote directory of the run's own below `remote_root`. */
export const ssh: Context = {
  name: "SSHContext",
  canCompress: ({ profile }) => profile.compress === true,
  async open(machine, environment) {
    // Local runs should not wait until an SSH client is loaded.
    const { openSsh } = await import("./open.ts");
    return openSsh(machine, environment);
  },
};
