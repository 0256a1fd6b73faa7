/** This side of SSH: a home of a test's own, and somebody at its terminal. */
import { strictEqual } from "node:assert/strict";
import type { Machine } from "../../src/model/config.ts";
import type { Shell, Stream } from "../../src/contexts/shell.ts";
import { openSsh } from "../../src/contexts/ssh/open.ts";
import { localSsh } from "../../src/contexts/ssh/config/local_ssh.ts";
import type { SshLookup } from "../../src/contexts/ssh/config/mod.ts";
import { formatFailure, type Result } from "../../src/text/result.ts";
import type { ProfileOf } from "../../src/schema/profiles/mod.ts";
import { plainSecret } from "../../src/schema/secret.ts";
import type { Environment } from "../../src/environment/environment.ts";
import { localFiles } from "../../src/environment/local_files.ts";
import { realEnvironment } from "../../src/environment/mod.ts";
import { configOf } from "./config.ts";
import { namesIn } from "./remote_dir.ts";
import { runScript, textOf } from "./run_script.ts";
import type { ServerName, SshBed } from "./sshd.ts";
import { fakeScreen, fakeWorld } from "./environment.ts";

export type Profile = ProfileOf<"SSHContext">;

/** Answers of whoever sits at the terminal; null: nobody does. */
export type Typist = (question: string, hidden: boolean) => string | null;

export interface Near extends AsyncDisposable {
  readonly home: string;
  readonly world: Environment;
  readonly door: SshLookup;
  /** Questions that were asked at the terminal, in their order. */
  readonly asked: readonly string[];
  /** The text of ~/.ssh/config, but for what it says of every host. */
  config(text: string): void;
  /** A file below ~/.ssh, or "". */
  read(name: string): string;
  write(name: string, text: string): void;
  /** `door`: another way to the settings. */
  open(
    profile: Partial<Profile>,
    door?: SshLookup,
  ): Promise<Result<Shell>>;
}

/** `knownHosts`: the text of the user's known_hosts. */
export async function near(
  { knownHosts = "", typist = () => null, world = {} }: {
    readonly knownHosts?: string;
    readonly typist?: Typist;
    readonly world?: Partial<Environment>;
  } = {},
): Promise<Near> {
  const home = await Deno.makeTempDir({ prefix: "dpdisp near " });
  const ssh = `${home}/.ssh`;
  await Deno.mkdir(ssh, { mode: 0o700 });
  const asked: string[] = [];
  const screen = {
    ...fakeScreen(),
    ask(question: string, { hidden }: { readonly hidden: boolean }) {
      asked.push(question);
      return Promise.resolve(typist(question, hidden));
    },
  };
  const outside = fakeWorld({
    files: localFiles,
    clock: realEnvironment().clock as never,
    cwd: home,
    terminal: screen,
    ...world as object,
  });
  const door = doorTo(home, outside);
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(`${ssh}/${name}`, text);
  const config = (text: string) => write("config", `${text}\n${always(ssh)}`);
  config("");
  if (knownHosts !== "") write("known_hosts", knownHosts);
  return {
    ...{ home, world: outside, door, asked, config, write },
    read(name) {
      const bytes = localFiles.read(`${ssh}/${name}`);
      return bytes === null ? "" : new TextDecoder().decode(bytes);
    },
    open: (profile, another = door) =>
      openSsh(machineOf(profile), outside, another),
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}

/** ssh takes the home from the password file: it is told where the settings are. */
function doorTo(home: string, world: Environment): SshLookup {
  const { localUser, run, files } = localSsh(world);
  return {
    files,
    localUser: { ...localUser, home },
    run: ([program, ...args]) =>
      run([program!, "-F", `${home}/.ssh/config`, ...args]),
  };
}

const always = (ssh: string) => `
Host *
  UserKnownHostsFile "${ssh}/known_hosts"
  GlobalKnownHostsFile none
`;

/** What a script says that says nothing but these fields; 60 s, since a busy machine is slow. */
export function profileOf(fields: Partial<Profile>): Profile {
  return {
    hostname: "nowhere.invalid",
    username: null,
    password: null,
    port: null,
    keyFile: null,
    passphrase: null,
    timeoutSeconds: 60,
    totpSecret: null,
    compress: true,
    lookForKeys: true,
    executeCommand: null,
    proxyCommand: null,
    transport: "ssh2",
    acceptNewHostKey: false,
    ...fields,
  };
}

export function machineOf(fields: Partial<Profile>): Machine {
  const { machine } = configOf();
  return { ...machine, context: "SSHContext", profile: profileOf(fields) };
}

/** The plain user at a server of the testbed. */
export function at(
  { servers, users }: SshBed,
  name: ServerName,
): Pick<Profile, "hostname" | "port" | "username"> {
  const { host, port } = servers[name];
  return { hostname: host, port, username: users.plain };
}

/** What ~/.ssh/config says of each server under its name; `more` are lines for one of them. */
export function hosts(
  { servers, users, keys }: SshBed,
  more: Partial<Record<ServerName, string>> = {},
): string {
  return Object.entries(servers).map(([name, { host, port }]) =>
    [
      `Host ${name}`,
      `HostName ${host}`,
      `Port ${port}`,
      more[name as ServerName] ?? "",
      `User ${users.plain}`,
      `IdentityFile ${keys.ed25519}`,
    ].join("\n")
  ).join("\n");
}

/** A near side that knows every server. */
export async function sideOf(bed: SshBed, config: string): Promise<Near> {
  const side = await near({
    knownHosts: await Deno.readTextFile(bed.knownHosts),
  });
  side.config(config);
  return side;
}

/** A near side that knows every server, and its shell, for one script. */
export async function tryIn(
  bed: SshBed,
  profile: Partial<Profile>,
  { typist, world, script = "id -un" }: {
    readonly typist?: Typist;
    readonly world?: Partial<Environment>;
    readonly script?: string;
  } = {},
): Promise<{ readonly said: string; readonly asked: readonly string[] }> {
  await using side = await near({
    knownHosts: await Deno.readTextFile(bed.knownHosts),
    ...typist && { typist },
    ...world && { world },
  });
  return { said: await sayIn(side, profile, script), asked: side.asked };
}

/** What a script says over a login of its own, or the whole text of the failure. */
export async function sayIn(
  side: Near,
  profile: Partial<Profile>,
  script = "id -un",
): Promise<string> {
  const opened = await side.open(profile);
  if (!opened.ok) return formatFailure(opened.error);
  await using shell = opened.value;
  return await said(shell, script);
}

/** What a script says, or the whole text of the failure. */
export async function said(shell: Shell, script: string): Promise<string> {
  const begun = await shell.open("exit");
  if (!begun.ok) return formatFailure(begun.error);
  await drain(begun.value);
  return textOf((await runScript(shell, script)).stdout).trimEnd();
}

/** Reads to the end what nobody listens to. */
export async function drain({ stdout, stderr, exit }: Stream) {
  const [, , end] = await Promise.all([
    stdout.pipeTo(new WritableStream()),
    stderr.pipeTo(new WritableStream()),
    exit,
  ]);
  return end;
}

/** Commands that do not end while `body` runs, and the time in s that may be waited for them. */
export async function withSleeper(
  body: (commands: readonly (readonly [string, number])[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  const note = `${folder}/$$`;
  try {
    await body([
      [`sh -c 'echo >${note}; exec sleep 600'`, 1],
      [`sh -c 'echo >${note}; exec sleep 600' &`, 300],
    ]);
    strictEqual(namesIn(folder).length, 2);
  } finally {
    for (const name of namesIn(folder)) {
      Deno.kill(Number(name), "SIGKILL");
    }
    await Deno.remove(folder, { recursive: true });
  }
}

export { plainSecret };
