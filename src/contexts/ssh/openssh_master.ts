/** The master connection of the system's `ssh`, which all scripts share: ssh(1), -M and -O; ssh_config(5), ControlMaster. */
import { excerpt } from "../../text/excerpt.ts";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import { outputWithin } from "../output_within.ts";
import { spawnStandby } from "../child_process.ts";
import { LOADER } from "../shell.ts";
import type { MasterWatch } from "./master_watch.ts";
import {
  type ExecuteCommand,
  executeCommandScript,
  waitFor,
} from "./execute_command.ts";

export interface Master {
  /** The host name for `ssh`. */
  readonly name: string;
  /** Options of the login. */
  readonly options: readonly string[];
  readonly executeCommand: ExecuteCommand | null;
  /** The ssh command that logs in in the same way. */
  readonly sshCommand: string;
  /** Accessible to this user only; holds the socket and the messages of ssh. */
  readonly directory: string;
  readonly watch: MasterWatch;
}

/** With these options a lost connection is noticed after 9 s. */
const KEEPALIVE = [
  ...["-o", "ServerAliveInterval=3"],
  ...["-o", "ServerAliveCountMax=2"],
];

/**
 * The master runs as long as there are scripts or standby loaders. After that
 * master_watch.ts ends it, or ControlPersist does. Port forwardings of the
 * user belong to other sessions.
 */
const MASTER = [
  ...["-f", "-N", "-M", "-o", "ControlPersist=5m"],
  ...["-o", "ClearAllForwardings=yes"],
];

/** Where the master has ended, ssh would log in by itself, for each script again: a ProxyCommand that fails prevents that. */
const CLIENT = [
  ...["-T", "-o", "BatchMode=yes", "-o", "ProxyCommand=false"],
  ...["-o", "RemoteCommand=none", "-o", "ClearAllForwardings=yes"],
];

/** How long a login may take (s): the user may be asked for a password, or an agent may hang, which no option of ssh limits. */
const LOGIN_LIMIT_S = 300;

/** How long the master may take to answer (s): it is on this computer. */
const CONTROL_LIMIT_S = 10;

/** The longest path of a socket (unix(7): 108 bytes), less what ssh appends while it creates one. */
const MAX_SOCKET_PATH = 108 - 20;

/** Creates a directory that only this user can access. It is in /tmp where the default temporary directory has too long a path for a socket. */
export function makeSocketDirectory(within?: string): string {
  const preferred = Deno.makeTempDirSync(
    within === undefined ? {} : { dir: within },
  );
  if (preferred.length + "/s".length < MAX_SOCKET_PATH) return preferred;
  Deno.removeSync(preferred);
  return Deno.makeTempDirSync({ dir: "/tmp" });
}

/** The arguments of `ssh` for a command over the master. */
export function clientArguments(
  { name, directory }: Master,
  command: string,
): readonly string[] {
  return ["-S", `${directory}/s`, ...CLIENT, "--", name, command];
}

/** Logs in unless the master is running; ssh may prompt at the terminal. Its messages go to a file, because a pipe would stay open as long as the master runs. */
export async function startMaster(
  master: Master,
  environment: Pick<Environment, "clock">,
): Promise<Result<Master>> {
  if (await control(master, "check", environment) === 0) return ok(master);
  const { name, directory, options, executeCommand, sshCommand } = master;
  const log = `${directory}/log`;
  // ssh does not create the socket where the one of a lost master still exists.
  await Deno.remove(`${directory}/s`).catch(() => {});
  const args = ["-S", `${directory}/s`, ...options, ...MASTER, ...KEEPALIVE];
  const code = await run(
    [...args, "--", name],
    LOGIN_LIMIT_S,
    environment,
    log,
  );
  if (code === null) {
    const detail = `ssh has not logged in within ${LOGIN_LIMIT_S} s`;
    return fail(connectFailure(name, sshCommand, detail));
  }
  if (code !== 0) {
    const said = await Deno.readTextFile(log);
    const message = excerpt(said.replaceAll("\r", ""));
    const detail = message || `ssh ended with exit code ${code}`;
    return fail(connectFailure(name, sshCommand, detail));
  }
  if (executeCommand) {
    await runExecuteCommand(master, executeCommand, environment);
  }
  return ok(master);
}

/** Runs execute_command, until it ends or its time is over. */
async function runExecuteCommand(
  master: Master,
  command: ExecuteCommand,
  environment: Pick<Environment, "clock">,
): Promise<void> {
  const shell = spawnStandby("ssh", clientArguments(master, LOADER));
  if (!shell.ok) return;
  const { exit } = shell.value.run(executeCommandScript(command), {});
  await waitFor(exit, command, environment);
  await shell.value.close();
}

export async function endMaster(
  master: Master,
  environment: Pick<Environment, "clock">,
): Promise<void> {
  await control(master, "exit", environment);
  await Deno.remove(master.directory, { recursive: true }).catch(() => {});
  await master.watch.stop();
}

/** ssh -O: returns the exit code; null: the master does not answer. */
function control(
  { name, directory }: Master,
  command: "check" | "exit",
  environment: Pick<Environment, "clock">,
) {
  const args = ["-S", `${directory}/s`, "-O", command, "--", name];
  return run(args, CONTROL_LIMIT_S, environment);
}

function connectFailure(
  name: string,
  sshCommand: string,
  detail: string,
): Failure {
  return {
    kind: "connection",
    summary: `Cannot connect to ${name}`,
    detail,
    hint:
      `Try \`${sshCommand}\`: with transport = "openssh" the login is that of ssh`,
    isRetryable: false,
  };
}

/** Returns the exit code of ssh, null where it took longer than the limit; `log` gets its error messages and those of its helpers. */
async function run(
  args: readonly string[],
  limit_s: number,
  environment: Pick<Environment, "clock">,
  log = "/dev/null",
): Promise<number | null> {
  const output = await outputWithin(limit_s, "sh", {
    args: ["-c", 'exec ssh "$@" 2>"$0"', log, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }, environment);
  return output && output.code;
}
