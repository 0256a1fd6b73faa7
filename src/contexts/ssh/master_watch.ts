/** Ends the master connection of the system's `ssh` with dpdisp, however that ends: it outlives us in the background. */

export interface MasterWatch {
  /** Lets it go; the master has ended. */
  stop(): Promise<void>;
}

/** How long a login that is under way may still take, in tries a second apart; as LoginGraceTime of sshd_config(5). */
const TRIES = 120;

/**
 * Nothing is ever written to its input, which ends when no process has the
 * other end: also where dpdisp was killed. A login may be under way then, and
 * the socket not there yet; without its folder ssh cannot make one, and ends.
 */
const SCRIPT = `read -r _
tries=${TRIES}
while [ -d "$1" ] && [ "$tries" -gt 0 ]; do
  ssh -S "$1/s" -O exit -- "$2" && break
  tries=$((tries - 1))
  sleep 1
done
rm -rf "$1"`;

/** In a session of its own: what is typed at the terminal, or kills the group of dpdisp, is not for it. */
export function watchMaster(folder: string, name: string): MasterWatch {
  const child = new Deno.Command("sh", {
    args: ["-c", SCRIPT, "dpdisp-ssh", folder, name],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  child.unref();
  return {
    async stop() {
      child.ref();
      await child.stdin.close().catch(() => {});
      await child.status;
    },
  };
}
