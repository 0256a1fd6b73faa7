/** Signals that ask dpdisp to stop. */
import { STOP_SIGNALS } from "../environment/prompt.ts";

export interface Interrupts extends Disposable {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Resolves at the second Ctrl-C: stop at once. */
  readonly second: Promise<void>;
}

/**
 * Listens from the first time `signal` is read until it is disposed of. Until
 * then no code would react to an interrupt, so it ends the program.
 */
export function watchInterrupts(): Interrupts {
  const first = new AbortController();
  const second = Promise.withResolvers<void>();
  const listeners = STOP_SIGNALS.map((name) => ({
    name,
    listener() {
      if (first.signal.aborted && name === "SIGINT") second.resolve();
      first.abort();
    },
  }));
  const state = { isListening: false };
  const listen = () => {
    if (state.isListening) return;
    state.isListening = true;
    for (const { name, listener } of listeners) {
      Deno.addSignalListener(name, listener);
    }
  };
  return {
    get signal() {
      listen();
      return first.signal;
    },
    second: second.promise,
    [Symbol.dispose]() {
      if (!state.isListening) return;
      for (const { name, listener } of listeners) {
        Deno.removeSignalListener(name, listener);
      }
    },
  };
}
