/** Searches for texts in files and in the visible data of processes. */
import { run } from "../helpers/remote_dir.ts";

/** Files below a directory whose name or content has one of the texts; grep(1) reads them as bytes. */
export async function filesWith(
  directory: string,
  texts: readonly string[],
): Promise<readonly string[]> {
  // Through stdin: as arguments they would be where others look for them.
  const { code, stdout, stderr } = await run(
    ["grep", "-rlaF", "-f", "-", "--", directory],
    { stdin: texts.join("\n") },
  );
  if (code > 1) throw new Error(stderr);
  return stdout.split("\n").filter(Boolean);
}

export interface Watcher {
  /** What was seen until now, and how many processes were looked at. */
  stop(): Promise<{ readonly found: readonly string[]; readonly seen: number }>;
}

/**
 * Looks again and again at every process of this machine: its arguments, and
 * the environment of those whose owner `inEnv` holds for (proc(5)).
 */
export function watchProcesses(
  texts: readonly string[],
  inEnv: (uid: number) => boolean,
): Watcher {
  const found = new Set<string>();
  const seen = new Set<string>();
  const state = { over: false };
  const look = async () => {
    while (!state.over) {
      for (const pid of processes()) {
        const args = read(`/proc/${pid}/cmdline`);
        seen.add(pid);
        const uid = ownerOf(pid);
        const env = uid !== null && inEnv(uid)
          ? read(`/proc/${pid}/environ`)
          : "";
        if (holds(args)) found.add(`arguments: ${args.replaceAll("\0", " ")}`);
        if (holds(env)) {
          found.add(`environment of ${args.replaceAll("\0", " ")}`);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const holds = (shown: string) => texts.some((text) => shown.includes(text));
  const looking = look();
  return {
    async stop() {
      state.over = true;
      await looking;
      return { found: [...found], seen: seen.size };
    },
  };
}

function processes(): readonly string[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => name)
    .filter((name) => /^\d+$/.test(name));
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function ownerOf(pid: string): number | null {
  try {
    return Deno.statSync(`/proc/${pid}`).uid;
  } catch {
    return null;
  }
}
