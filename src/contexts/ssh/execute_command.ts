/** A command of the script's author that is run after each login; how it ends does not matter. */
import { quote } from "../../script/quote.ts";
import type { Environment } from "../../environment/environment.ts";

export interface ExecuteCommand {
  /** For the login shell, whichever that is. */
  readonly command: string;
  /** How long it is waited for; after that it goes on by itself. */
  readonly most_s: number;
}

/** As sshd(8) runs a command. What it leaves in the background must not hold the connection's channel open. */
export function executeCommandScript({ command }: ExecuteCommand): string {
  return `exec "\${SHELL:-sh}" -c ${quote(command)} </dev/null >/dev/null 2>&1`;
}

/** Waits for the end of what it began, but not for ever. */
export async function waitFor(
  end: Promise<unknown>,
  { most_s }: ExecuteCommand,
  { clock }: Pick<Environment, "clock">,
): Promise<void> {
  const enough = new AbortController();
  await Promise.race([end, clock.sleep(1000 * most_s, enough.signal)]);
  enough.abort();
}
