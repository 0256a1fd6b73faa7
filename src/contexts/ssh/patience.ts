/** How long a host is waited for. */
import type { World } from "../../world.ts";

/** Time that the host takes; what a person takes to answer does not count. */
export interface Patience {
  restart(): void;
  end(): void;
  onOut(then: () => void): void;
  /** The function, during which no time counts. */
  paused<A extends readonly unknown[], R>(
    work: (...args: A) => Promise<R>,
  ): (...args: A) => Promise<R>;
}

export function patienceOf(
  seconds: number,
  { clock }: Pick<World, "clock">,
): Patience {
  const now = { wait: new AbortController(), out: () => {} };
  const end = () => now.wait.abort();
  const restart = () => {
    end();
    const wait = new AbortController();
    now.wait = wait;
    clock.sleep(1000 * seconds, wait.signal).then(() => {
      if (!wait.signal.aborted) now.out();
    });
  };
  return {
    restart,
    end,
    onOut(then) {
      now.out = then;
      restart();
    },
    paused: (work) => async (...args) => {
      end();
      try {
        return await work(...args);
      } finally {
        restart();
      }
    },
  };
}
