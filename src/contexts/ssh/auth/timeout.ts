/** How long a host is waited for. */
import type { Environment } from "../../../environment/environment.ts";

/** Time that the host takes; what a person takes to answer here does not count. */
export interface AuthTimeout {
  /** From now on it may take so many seconds; without a number: the usual time. */
  restart(seconds?: number): void;
  /** For good. */
  end(): void;
  onOut(then: (seconds: number) => void): void;
  /** The function, during which no time counts. */
  paused<A extends readonly unknown[], R>(
    work: (...args: A) => Promise<R>,
  ): (...args: A) => Promise<R>;
}

export function authTimeout(
  usual: number,
  { clock }: Pick<Environment, "clock">,
): AuthTimeout {
  const now = {
    wait: new AbortController(),
    seconds: usual,
    isOver: false,
    out: (_seconds: number) => {},
  };
  const stop = () => now.wait.abort();
  const restart = (seconds = now.seconds) => {
    stop();
    if (now.isOver) return;
    const wait = new AbortController();
    Object.assign(now, { wait, seconds });
    clock.sleep(1000 * seconds, wait.signal).then(() => {
      if (!wait.signal.aborted) now.out(seconds);
    });
  };
  return {
    restart: (seconds = usual) => restart(seconds),
    end() {
      now.isOver = true;
      stop();
    },
    onOut(then) {
      now.out = then;
      restart();
    },
    paused: (work) => async (...args) => {
      stop();
      try {
        return await work(...args);
      } finally {
        restart();
      }
    },
  };
}
