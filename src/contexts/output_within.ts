/** Programs on the local host that end by themselves, within a time limit. */
import type { Clock } from "../environment/environment.ts";

/** Runs a program to its end, and returns its output; null: it took longer, and was killed. Throws where there is no such program. */
export async function outputWithin(
  limit_s: number,
  program: string,
  options: Omit<Deno.CommandOptions, "signal">,
  { clock }: { readonly clock: Clock },
): Promise<Deno.CommandOutput | null> {
  const killed = new AbortController();
  const ended = new AbortController();
  const output = new Deno.Command(program, {
    ...options,
    signal: killed.signal,
  }).output();
  try {
    return await Promise.race([
      output,
      clock.sleep(1000 * limit_s, ended.signal).then(() => null),
    ]);
  } finally {
    ended.abort();
    killed.abort();
    // A process that the program started may keep its output open: nobody waits for that.
    output.catch(() => {});
  }
}
