/** Programs of the batch system that were given up: polls go on without them until they answer again. */
import type { Clock } from "../../environment/environment.ts";
import { GIVEN_UP, type SiteCommand } from "../../script/command_limit.ts";
import { capturedCommand } from "../../script/poll_script.ts";
import { restAfter } from "../../text/retry.ts";
import { callRemote, type Remote } from "./call_remote.ts";

export interface SilentPrograms {
  /** The command, unless its program is known not to answer. */
  unlessSilent(command: SiteCommand): SiteCommand | null;
  /** The program did not answer this command: it is asked again with back-off, in calls of its own, whose answers are not used. */
  gaveUp(command: SiteCommand): void;
  /** Ends the calls. */
  close(): void;
}

/** Between two calls, in addition to the limit that each of them reaches. */
const RESTS = { restsMs: [10, 30, 60, 120].map((s) => 1000 * s) };

export function silentPrograms(
  remote: Remote,
  { clock }: { readonly clock: Clock },
): SilentPrograms {
  const silent = new Set<string>();
  const closed = new AbortController();
  const askAgain = async (command: SiteCommand, program: string) => {
    for (let calls = 1; !closed.signal.aborted; calls++) {
      await clock.sleep(restAfter(RESTS, calls), closed.signal);
      if (closed.signal.aborted) return;
      if (await answers(remote, command, closed.signal)) break;
    }
    silent.delete(program);
  };
  return {
    unlessSilent: (command) =>
      silent.has(command.program ?? "") ? null : command,
    gaveUp(command) {
      const { program } = command;
      if (program === null || silent.has(program)) return;
      silent.add(program);
      askAgain(command, program);
    },
    close: () => closed.abort(),
  };
}

/** Whether the command ends by itself, with whatever answer. */
async function answers(
  remote: Remote,
  command: SiteCommand,
  signal: AbortSignal,
): Promise<boolean> {
  const reply = await callRemote(remote, {
    purpose: "reach the batch system",
    body: capturedCommand(command),
    signal,
  });
  return reply.ok &&
    reply.value.some(({ header: [name, code] }) =>
      name === "queue" && Number(code) !== GIVEN_UP
    );
}
