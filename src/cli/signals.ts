/** Signals that ask dpdisp to leave. */

export interface Interrupts extends Disposable {
  /** Aborts at the first of them. */
  readonly signal: AbortSignal;
  /** Resolves at the second Ctrl-C: leave at once. */
  readonly second: Promise<void>;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Listens from the first look at the signal until it is disposed of: as long
 * as nobody would act on it, it ends the program, whatever that is doing.
 */
export function watchInterrupts(): Interrupts {
  const first = new AbortController();
  const again = Promise.withResolvers<void>();
  const hearers = SIGNALS.map((name) => ({
    name,
    hear() {
      if (first.signal.aborted && name === "SIGINT") again.resolve();
      first.abort();
    },
  }));
  const listening = { is: false };
  const listen = () => {
    if (listening.is) return;
    listening.is = true;
    for (const { name, hear } of hearers) Deno.addSignalListener(name, hear);
  };
  return {
    get signal() {
      listen();
      return first.signal;
    },
    second: again.promise,
    [Symbol.dispose]() {
      if (!listening.is) return;
      for (const { name, hear } of hearers) {
        Deno.removeSignalListener(name, hear);
      }
    },
  };
}
