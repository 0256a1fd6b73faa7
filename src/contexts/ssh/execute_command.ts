/** remote_profile.execute_command, which is run after each login; its exit code is ignored. */
import { quote } from "../../script/quote.ts";
import type { Environment } from "../../environment/environment.ts";

export interface ExecuteCommand {
  /** Run by the login shell. */
  readonly command: string;
  /** After this time it is no longer waited for, and keeps running. */
  readonly timeout_s: number;
}

/** Runs it as sshd(8) runs a command. Its background processes must not keep the channel open. */
export function executeCommandScript({ command }: ExecuteCommand): string {
  return `exec "\${SHELL:-sh}" -c ${quote(command)} </dev/null >/dev/null 2>&1`;
}

/** Waits for the end of the command, at most until its timeout. */
export async function waitFor(
  end: Promise<unknown>,
  { timeout_s }: ExecuteCommand,
  { clock }: Pick<Environment, "clock">,
): Promise<void> {
  const timer = new AbortController();
  await Promise.race([end, clock.sleep(1000 * timeout_s, timer.signal)]);
  timer.abort();
}
