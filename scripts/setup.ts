/**
 * Installs what tests need: `deno run -A scripts/setup.ts`. As root on Debian all of it; elsewhere nothing,
 * and the tests that need it are left out. In CI nothing may be left out.
 */
import { installCommand, isThere, packagesOf, TOOLS } from "./tools.ts";

export async function setUp(): Promise<boolean> {
  const absent = TOOLS.filter((tool) => !isThere(tool));
  const packages = packagesOf(absent);
  if (packages.length > 0 && canInstall()) await install(packages);
  const left = TOOLS.filter((tool) => !isThere(tool));
  if (left.length === 0 || !Deno.env.get("CI")) return true;
  say(
    `error: CI must have ${left.join(", ")}: ${installCommand(left)}`,
  );
  return false;
}

function canInstall(): boolean {
  try {
    return Deno.uid() === 0 && Deno.statSync("/etc/debian_version").isFile;
  } catch {
    return false;
  }
}

/** Another apt may be at work on a machine that has just started. */
async function install(packages: readonly string[]): Promise<void> {
  say(`installing ${packages.join(" ")}`);
  const patient = ["-qq", "-o", "DPkg::Lock::Timeout=120"];
  const apt = (...args: readonly string[]) =>
    new Deno.Command("apt-get", {
      args: [...patient, ...args],
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdin: "null",
      stdout: "null",
    }).spawn().status;
  await apt("update");
  await apt("-y", "install", ...packages);
}

export function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** One line about the tests that are left out on this machine, or null. */
export function leftOut(): string | null {
  const absent = TOOLS.filter((tool) => !isThere(tool));
  const reasons = [
    ...absent.length > 0
      ? [`those that need ${absent.join(", ")} (${installCommand(absent)})`]
      : [],
    ...Deno.uid() === 0 ? [] : ["those that need root (SSH servers)"],
  ];
  return reasons.length > 0 ? `tests left out: ${reasons.join("; ")}` : null;
}

if (import.meta.main) Deno.exit(await setUp() ? 0 : 1);
