/** Ends the master connection of the system's `ssh` when dpdisp ends, in whatever way: it runs in the background and would stay. */

export interface MasterWatch {
  /** Called after the master has ended. */
  stop(): Promise<void>;
}

/** How long a login may still take, as attempts one second apart; as LoginGraceTime of sshd_config(5). */
const TRIES = 120;

/**
 * Nothing is written to its input, which ends when dpdisp ends, also where
 * dpdisp is killed. The login may not be finished then, and the socket may not
 * exist yet; after the directory is removed ssh cannot create it, and ends.
 */
const SCRIPT = `read -r _
tries=${TRIES}
while [ -d "$1" ] && [ "$tries" -gt 0 ]; do
  ssh -S "$1/s" -O exit -- "$2" && break
  tries=$((tries - 1))
  sleep 1
done
rm -rf "$1"`;

/** Runs in a session of its own, so that a Ctrl-C, or a signal to the process group of dpdisp, does not reach it. */
export function watchMaster(directory: string, name: string): MasterWatch {
  const child = new Deno.Command("sh", {
    args: ["-c", SCRIPT, "dpdisp-ssh", directory, name],
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
