/** Signals that ask dpdisp to leave. */

export interface Interrupts extends Disposable {
  /** Aborts at the first of them. */
  readonly signal: AbortSignal;
  /** Resolves at the second Ctrl-C: leave at once. */
  readonly second: Promise<void>;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens until it is disposed of. */
export function watchInterrupts(): Interrupts {
  const first = new AbortController();
  const again = Promise.withResolvers<void>();
  const listeners = SIGNALS.map((name) => {
    const hear = (): void => {
      if (first.signal.aborted && name === "SIGINT") again.resolve();
      first.abort();
    };
    Deno.addSignalListener(name, hear);
    return () => Deno.removeSignalListener(name, hear);
  });
  return {
    signal: first.signal,
    second: again.promise,
    [Symbol.dispose]: () => listeners.forEach((stop) => stop()),
  };
}
