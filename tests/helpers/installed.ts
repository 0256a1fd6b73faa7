/** dpdisp as users have it: with the permissions that it is shipped with, by a plain user, in surroundings that differ. */
import { PERMISSIONS } from "../../scripts/permissions.ts";
import { type Tool, TOOLS } from "../../scripts/tools.ts";
import {
  copyProgram,
  ownProgram,
  type Program,
  succeed,
} from "./program_copy.ts";
import type { CaseDirectory, Outcome } from "./spec.ts";

export interface InstallOptions {
  /** HOME; `[TOP]` is a directory of the test's own. Absent: not set. */
  readonly home?: string;
  readonly state?: string;
  /** The home directory that the user database names; null: it has none for this user. Absent: as on this machine. */
  readonly entry?: string | null;
  /** Which programs are on PATH: all of this machine, or none that dpdisp can do without. */
  readonly tools: "all" | "needed";
}

interface Installation extends Program {
  /** A directory for PATH that has no optional tools. */
  readonly needed: string;
}

const isRoot = Deno.uid() === 0;

/** What {@linkcode installedDirectory} needs. */
export const INSTALLING: readonly Tool[] = isRoot ? ["setpriv"] : [];

/** No account of Debian has it. */
const OTHER_USER = 64321;

/** Why tests cannot change what the user database says, or null. */
export const NO_NAMESPACE: string | null = whyNoNamespace();

function whyNoNamespace(): string | null {
  const options = { args: [isRoot ? "-m" : "-rm", "true"] };
  try {
    const { success } = new Deno.Command("unshare", options).outputSync();
    return success ? null : "needs a mount namespace";
  } catch {
    return "needs unshare";
  }
}

const shared: { installation?: Promise<Installation> } = {};

/** A place of its own for each call; the installation is this file's. */
export async function installedDirectory(
  { home, state, entry, tools }: InstallOptions,
): Promise<CaseDirectory> {
  const { deno, main, cache, needed } =
    await (shared.installation ??= install());
  const top = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "dpdisp-plain-" }),
  );
  const directory = `${top}/my work/of today`;
  const at = (path: string) => path.replace("[TOP]", top);
  await Deno.mkdir(directory, { recursive: true });
  for (const path of [home, state, entry]) {
    if (path?.startsWith("[TOP]")) {
      await Deno.mkdir(at(path), { recursive: true });
    }
  }
  const env = {
    PATH: tools === "all" ? Deno.env.get("PATH") ?? "" : needed,
    LANG: "C.UTF-8",
    DENO_DIR: cache,
    ...home === undefined ? {} : { HOME: at(home) },
    ...state === undefined ? {} : { XDG_STATE_HOME: at(state) },
  };
  const words = [
    ...entry === undefined ? [] : withEntry(top, entry && at(entry)),
    ...isRoot ? asOtherUser() : [],
    ...[deno, "run", "--quiet", "--no-check", ...PERMISSIONS, main],
  ];
  return {
    directory,
    async run(args): Promise<Outcome> {
      await giveAway(top);
      const { code, stdout, stderr } = await new Deno.Command(words[0]!, {
        args: [...words.slice(1), ...args],
        cwd: directory,
        env,
        clearEnv: true,
        stdin: "null",
      }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { exit: code, stdout: text(stdout), stderr: text(stderr) };
    },
    [Symbol.asyncDispose]: () => Deno.remove(top, { recursive: true }),
  };
}

function asOtherUser(): readonly string[] {
  const ids = [`--reuid=${OTHER_USER}`, `--regid=${OTHER_USER}`];
  return ["setpriv", ...ids, "--clear-groups", "--"];
}

/** In a mount namespace, with a user database of one entry or none. */
function withEntry(top: string, home: string | null): readonly string[] {
  const id = isRoot ? OTHER_USER : 0;
  const file = `${top}/passwd`;
  const line = `stranger:x:${id}:${id}::${home}:/bin/sh\n`;
  Deno.writeTextFileSync(file, home === null ? "" : line);
  const script = 'mount --bind "$0" /etc/passwd && exec "$@"';
  return ["unshare", isRoot ? "-m" : "-rm", "sh", "-c", script, file];
}

async function giveAway(path: string): Promise<void> {
  if (isRoot) await succeed("chown", "-R", `${OTHER_USER}:${OTHER_USER}`, path);
}

/** Root's own files are out of a plain user's reach: they are copied. */
async function install(): Promise<Installation> {
  const top = await Deno.makeTempDir({ prefix: "dpdisp installed " });
  globalThis.addEventListener("unload", () => {
    Deno.removeSync(top, { recursive: true });
  });
  await Deno.chmod(top, 0o755);
  const needed = `${top}/bin`;
  await linkNeeded(needed);
  const owner = `${OTHER_USER}:${OTHER_USER}`;
  const program = isRoot ? await copyProgram(top, owner) : ownProgram();
  return { ...program, needed };
}

/** Every program of the system but the optional ones; python3 runs the tasks, setpriv starts all. */
async function linkNeeded(bin: string): Promise<void> {
  const optional: readonly string[] = TOOLS.filter((tool) =>
    tool !== "python3" && tool !== "setpriv"
  );
  await Deno.mkdir(bin);
  for (const dir of ["/usr/local/bin", "/usr/bin", "/bin"]) {
    for await (const { name } of Deno.readDir(dir)) {
      if (optional.includes(name)) continue;
      await Deno.symlink(`${dir}/${name}`, `${bin}/${name}`).catch(() => {});
    }
  }
}
