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
import type { ServerName, SshTestbed } from "./sshd.ts";
import { fakeEnvironment, fakeTerminal } from "./environment.ts";

export type Profile = ProfileOf<"SSHContext">;

/** Answers of whoever sits at the terminal; null: nobody does. */
export type Typist = (question: string, hidden: boolean) => string | null;

export interface SshClient extends AsyncDisposable {
  readonly home: string;
  readonly environment: Environment;
  readonly lookup: SshLookup;
  /** Questions that were asked at the terminal, in their order. */
  readonly questions: readonly string[];
  /** The text of ~/.ssh/config, but for what it says of every host. */
  config(text: string): void;
  /** A file below ~/.ssh, or "". */
  read(name: string): string;
  write(name: string, text: string): void;
  /** `door`: another way to the settings. */
  open(
    profile: Partial<Profile>,
    lookup?: SshLookup,
  ): Promise<Result<Shell>>;
}

/** `knownHosts`: the text of the user's known_hosts. */
export async function openSshClient(
  { knownHosts = "", typist = () => null, environment = {} }: {
    readonly knownHosts?: string;
    readonly typist?: Typist;
    readonly environment?: Partial<Environment>;
  } = {},
): Promise<SshClient> {
  const home = await Deno.makeTempDir({ prefix: "dpdisp near " });
  const ssh = `${home}/.ssh`;
  await Deno.mkdir(ssh, { mode: 0o700 });
  const questions: string[] = [];
  const screen = {
    ...fakeTerminal(),
    ask(question: string, { hidden }: { readonly hidden: boolean }) {
      questions.push(question);
      return Promise.resolve(typist(question, hidden));
    },
  };
  const own = fakeEnvironment({
    files: localFiles,
    clock: realEnvironment().clock as never,
    cwd: home,
    terminal: screen,
    ...environment as object,
  });
  const lookup = lookupIn(home, own);
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(`${ssh}/${name}`, text);
  const config = (text: string) => write("config", `${text}\n${always(ssh)}`);
  config("");
  if (knownHosts !== "") write("known_hosts", knownHosts);
  return {
    ...{ home, environment: own, lookup, questions, config, write },
    read(name) {
      const bytes = localFiles.read(`${ssh}/${name}`);
      return bytes === null ? "" : new TextDecoder().decode(bytes);
    },
    open: (profile, another = lookup) =>
      openSsh(machineOf(profile), own, another),
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}

/** ssh takes the home from the password file: it is told where the settings are. */
function lookupIn(home: string, environment: Environment): SshLookup {
  const { localUser, run, files } = localSsh(environment);
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
export function loginAt(
  { servers, users }: SshTestbed,
  name: ServerName,
): Pick<Profile, "hostname" | "port" | "username"> {
  const { host, port } = servers[name];
  return { hostname: host, port, username: users.plain };
}

/** What ~/.ssh/config says of each server under its name; `more` are lines for one of them. */
export function hostBlocks(
  { servers, users, keys }: SshTestbed,
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
export async function clientOf(
  testbed: SshTestbed,
  config: string,
): Promise<SshClient> {
  const client = await openSshClient({
    knownHosts: await Deno.readTextFile(testbed.knownHosts),
  });
  client.config(config);
  return client;
}

/** A near side that knows every server, and its shell, for one script. */
export async function tryLogin(
  testbed: SshTestbed,
  profile: Partial<Profile>,
  { typist, environment, script = "id -un" }: {
    readonly typist?: Typist;
    readonly environment?: Partial<Environment>;
    readonly script?: string;
  } = {},
): Promise<{ readonly output: string; readonly questions: readonly string[] }> {
  await using client = await openSshClient({
    knownHosts: await Deno.readTextFile(testbed.knownHosts),
    ...typist && { typist },
    ...environment && { environment },
  });
  return {
    output: await loginOutput(client, profile, script),
    questions: client.questions,
  };
}

/** What a script says over a login of its own, or the whole text of the failure. */
export async function loginOutput(
  client: SshClient,
  profile: Partial<Profile>,
  script = "id -un",
): Promise<string> {
  const opened = await client.open(profile);
  if (!opened.ok) return formatFailure(opened.error);
  await using shell = opened.value;
  return await outputOf(shell, script);
}

/** What a script says, or the whole text of the failure. */
export async function outputOf(shell: Shell, script: string): Promise<string> {
  const opening = await shell.open("exit");
  if (!opening.ok) return formatFailure(opening.error);
  await drain(opening.value);
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
  const directory = await Deno.makeTempDir();
  await Deno.chmod(directory, 0o777);
  const pidFile = `${directory}/$$`;
  try {
    await body([
      [`sh -c 'echo >${pidFile}; exec sleep 600'`, 1],
      [`sh -c 'echo >${pidFile}; exec sleep 600' &`, 300],
    ]);
    strictEqual(namesIn(directory).length, 2);
  } finally {
    for (const name of namesIn(directory)) {
      Deno.kill(Number(name), "SIGKILL");
    }
    await Deno.remove(directory, { recursive: true });
  }
}

export { plainSecret };
