/** The timeout of a login. */
import type { Environment } from "../../../environment/environment.ts";

/** Counts the time that the host takes, not the time in which the user answers a prompt. */
export interface AuthTimeout {
  /** Starts again with this many seconds; without a number, with the default. */
  restart(seconds?: number): void;
  /** Stops it for good. */
  end(): void;
  onTimeout(then: (seconds: number) => void): void;
  /** Wraps a function so that its time does not count. */
  paused<A extends readonly unknown[], R>(
    work: (...args: A) => Promise<R>,
  ): (...args: A) => Promise<R>;
}

export function authTimeout(
  defaultSeconds: number,
  { clock }: Pick<Environment, "clock">,
): AuthTimeout {
  const state = {
    timer: new AbortController(),
    seconds: defaultSeconds,
    isEnded: false,
    timedOut: (_seconds: number) => {},
  };
  const stop = () => state.timer.abort();
  const restart = (seconds = state.seconds) => {
    stop();
    if (state.isEnded) return;
    const timer = new AbortController();
    Object.assign(state, { timer, seconds });
    clock.sleep(1000 * seconds, timer.signal).then(() => {
      if (!timer.signal.aborted) state.timedOut(seconds);
    });
  };
  return {
    restart: (seconds = defaultSeconds) => restart(seconds),
    end() {
      state.isEnded = true;
      stop();
    },
    onTimeout(then) {
      state.timedOut = then;
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
