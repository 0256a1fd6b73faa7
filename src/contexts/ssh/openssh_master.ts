/** The connection of the system's own `ssh` that all scripts share: ssh(1), -M and -O; ssh_config(5), ControlMaster. */
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import { spawnWaiting } from "../child_process.ts";
import { LOADER } from "../shell.ts";
import type { MasterWatch } from "./master_watch.ts";
import {
  type ExecuteCommand,
  executeCommandScript,
  waitFor,
} from "./execute_command.ts";

export interface Master {
  /** As `ssh` is called by it. */
  readonly name: string;
  /** Options of the login. */
  readonly options: readonly string[];
  readonly onceIn: ExecuteCommand | null;
  /** What a person types to log in in the same way. */
  readonly byHand: string;
  /** Of this user alone; holds the socket and what ssh says. */
  readonly folder: string;
  readonly watch: MasterWatch;
}

/** A drop is known after 9 s. */
const ALIVE = ["-o", "ServerAliveInterval=3", "-o", "ServerAliveCountMax=2"];

/**
 * Scripts, and loaders that wait for one, keep it alive. Where nobody is left
 * to have any it is told to end (master_watch.ts), or ends by itself.
 * Forwardings of the user's own belong to other sessions.
 */
const MASTER = [
  ...["-f", "-N", "-M", "-o", "ControlPersist=5m"],
  ...["-o", "ClearAllForwardings=yes"],
];

/** Where the master is gone, ssh would log in by itself, and again for each script: the command that fails keeps it from that. */
const GUEST = [
  ...["-T", "-o", "BatchMode=yes", "-o", "ProxyCommand=false"],
  ...["-o", "RemoteCommand=none", "-o", "ClearAllForwardings=yes"],
];

/** Longest path of a socket (unix(7): 108 bytes), less what ssh appends while it makes one. */
const LONGEST = 108 - 20;

/** A new folder, for this user's eyes only, where a socket can be made; the usual place may be too deep. */
export function socketFolder(within?: string): string {
  const usual = Deno.makeTempDirSync(
    within === undefined ? {} : { dir: within },
  );
  if (usual.length + "/s".length < LONGEST) return usual;
  Deno.removeSync(usual);
  return Deno.makeTempDirSync({ dir: "/tmp" });
}

/** Words behind `ssh` for a command over the master. */
export function guestWords(
  { name, folder }: Master,
  command: string,
): readonly string[] {
  return ["-S", `${folder}/s`, ...GUEST, "--", name, command];
}

/** Logs in, unless it is; ssh may ask at the terminal. What it says goes to a file: a pipe would stay open with the master. */
export async function startMaster(
  master: Master,
  world: Pick<Environment, "clock">,
): Promise<Result<Master>> {
  if (await tell(master, "check") === 0) return ok(master);
  const { name, folder, options, onceIn, byHand } = master;
  const log = `${folder}/log`;
  // The socket of a master that was lost would be in the way.
  await Deno.remove(`${folder}/s`).catch(() => {});
  const words = ["-S", `${folder}/s`, ...options, ...MASTER, ...ALIVE];
  const code = await run([...words, "--", name], log);
  if (code !== 0) {
    const said = (await Deno.readTextFile(log)).trim().replaceAll("\r", "");
    return fail(
      refused(name, byHand, said || `ssh ended with exit code ${code}`),
    );
  }
  if (onceIn) await runOnce(master, onceIn, world);
  return ok(master);
}

/** Runs a command until it ends, or was waited for long enough. */
async function runOnce(
  master: Master,
  once: ExecuteCommand,
  world: Pick<Environment, "clock">,
): Promise<void> {
  const guest = spawnWaiting("ssh", guestWords(master, LOADER));
  if (!guest.ok) return;
  const { exit } = guest.value.give(executeCommandScript(once), {});
  await waitFor(exit, once, world);
  await guest.value.drop();
}

export async function endMaster(master: Master): Promise<void> {
  await tell(master, "exit");
  await Deno.remove(master.folder, { recursive: true }).catch(() => {});
  await master.watch.stop();
}

function tell({ name, folder }: Master, word: "check" | "exit") {
  return run(["-S", `${folder}/s`, "-O", word, "--", name]);
}

function refused(name: string, byHand: string, saw: string): Failure {
  return {
    kind: "connection",
    summary: `Cannot connect to ${name}`,
    detail: saw,
    hint:
      `Try \`${byHand}\`: with transport = "openssh" it decides who gets in`,
    isRetryable: false,
  };
}

/** Its exit code. `log`: where it and its helpers say what is wrong. */
async function run(
  args: readonly string[],
  log = "/dev/null",
): Promise<number> {
  const { code } = await new Deno.Command("sh", {
    args: ["-c", 'exec ssh "$@" 2>"$0"', log, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return code;
}
