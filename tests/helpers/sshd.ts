/**
 * The OpenSSH servers of scripts/testbeds/sshd.sh for tests: one set for each test file, in a
 * directory and at ports of its own, started when first asked for, gone when the file has ended
 * (or this process has, however that came about).
 */
const script = `${import.meta.dirname}/../../scripts/testbeds/sshd.sh`;

export type ServerName =
  /** Keys only; also at `ipv6`; host keys of three types, RSA also by SHA-1. Leads anywhere. */
  | "keys"
  /** A password. */
  | "password"
  /** A key, a password, or the same password as an answer (keyboard-interactive); also by algorithms of old. */
  | "every"
  /** Keyboard-interactive: a verification code. */
  | "code"
  /** Keyboard-interactive: password, then verification code. */
  | "password_code"
  /** As `code`, but takes no code twice. */
  | "once"
  /** First a key, then as `code`. */
  | "key_code"
  /** Keys only; leads to `inner` and nowhere else, `inner` to `innermost`. */
  | "jump"
  | "inner"
  | "innermost";

export type KeyName =
  | `${"ed25519" | "rsa" | "rsa_pem"}${"" | "_passphrase"}`
  | `ecdsa${256 | 384 | 521}`
  /** In no authorized_keys. */
  | "stranger"
  /** Let in by its certificate alone (`certified-cert.pub`). */
  | "certified";

export interface SshServer {
  readonly host: string;
  readonly port: number;
  /** What it logs (VERBOSE). */
  readonly log: string;
  /** Holds the process id of the listener. */
  readonly pidFile: string;
  /** A directory with `ed25519`, `ed25519.pub` (and so on). */
  readonly hostKeys: string;
}

export interface SshTestbed {
  readonly dir: string;
  /** Names of accounts; the rc files of `banner` (bash) and `csh` print. */
  readonly users: Readonly<Record<"plain" | "banner" | "csh", string>>;
  /** Of every user; has a space, a `$` and quotes. */
  readonly password: string;
  /** Of the keys whose names end so; of the same kind. */
  readonly passphrase: string;
  /** Base32; see `codeAt` of totp.ts. */
  readonly totpSecret: string;
  /** A file with every host key of every server. */
  readonly knownHosts: string;
  /** Another address of `keys`, or "" where there is none. */
  readonly ipv6: string;
  /** Files; each key is good for every user. */
  readonly keys: Readonly<Record<KeyName, string>>;
  readonly servers: Readonly<Record<ServerName, SshServer>>;
}

/** Why no server can be started on this machine, or null. CI machines have no excuse. */
export const NO_SSHD: string | null = Deno.env.get("CI") ? null : whyNot();

function whyNot(): string | null {
  if (Deno.build.os !== "linux") return "sshd testbed: needs Linux";
  if (Deno.uid() !== 0) return "sshd testbed: needs root, for several users";
  try {
    Deno.statSync("/etc/debian_version");
    return null;
  } catch {
    return "sshd testbed: needs Debian's packages";
  }
}

const shared: { bed?: Promise<SshTestbed> } = {};

/** This file's servers. */
export function sshTestbed(): Promise<SshTestbed> {
  return shared.bed ??= start();
}

async function start(): Promise<SshTestbed> {
  const root = await Deno.makeTempDir({ prefix: "dpdisp-sshd-" });
  const command = (...args: readonly string[]) =>
    new Deno.Command(script, {
      args: [...args],
      env: { DPDISP_TESTBED_DIR: root },
    });
  globalThis.addEventListener("unload", () => {
    command("stop").outputSync();
    Deno.removeSync(root, { recursive: true });
  });
  const { success, stdout, stderr } = await command(
    "start",
    "--until",
    String(Deno.pid),
  ).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return JSON.parse(text.decode(stdout)) as SshTestbed;
}

/** Registers tests where servers can be started; elsewhere one that is ignored and says why. */
export function whereSshd(subject: string, register: () => void): void {
  if (NO_SSHD === null) return register();
  Deno.test({ name: `${subject} (${NO_SSHD})`, ignore: true, fn() {} });
}

/** A test with this file's servers. */
export function sshTest(
  name: string,
  body: (testbed: SshTestbed) => Promise<void>,
): void {
  whereSshd(name, () => Deno.test(name, async () => body(await sshTestbed())));
}

/** What a server has logged. */
export function logOf({ log }: SshServer): string {
  return Deno.readTextFileSync(log);
}

/** How often somebody has logged in: one line each, whatever the ways were. */
export function loginsOf(server: SshServer): number {
  return logOf(server).match(/^Accepted \S+ for /gm)?.length ?? 0;
}
