/** Programs that tests start beside Deno and what every Debian has, and where they come from. */

/** The Debian package of each program; null: Debian has none. */
const packageOf = {
  bsdtar: "libarchive-tools",
  busybox: "busybox",
  dash: "dash",
  faketime: "faketime",
  "google-authenticator": "libpam-google-authenticator",
  ksh: "ksh",
  pkill: "procps",
  ps: "procps",
  python3: "python3",
  setpriv: "util-linux",
  shellcheck: "shellcheck",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  sshd: "openssh-server",
  strace: "strace",
  tcsh: "tcsh",
  uv: null,
  zsh: "zsh",
  zstd: "zstd",
} as const;

export type Tool = keyof typeof packageOf;

export const TOOLS = Object.keys(packageOf) as readonly Tool[];

/** Debian has sshd where the PATH of plain users does not lead. */
export function isThere(tool: Tool): boolean {
  const path = Deno.env.get("PATH") ?? "";
  return [...path.split(":"), "/usr/sbin"].some((dir) =>
    isProgram(`${dir}/${tool}`)
  );
}

function isProgram(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** The command that brings them. */
export function installCommand(tools: readonly Tool[]): string {
  const packages = packagesOf(tools);
  const others = tools.filter((tool) => packageOf[tool] === null);
  return [
    ...packages.length > 0 ? [`apt-get install ${packages.join(" ")}`] : [],
    ...others.length > 0 ? [`pipx install ${others.join(" ")}`] : [],
  ].join("; ");
}

export function packagesOf(tools: readonly Tool[]): readonly string[] {
  return [...new Set(tools.flatMap((tool) => packageOf[tool] ?? []))];
}
