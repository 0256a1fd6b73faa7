/** Repeated attempts with delays between them. */

/** How long to wait between attempts, and when to stop. */
export interface RetryOptions {
  /** Delay in ms after the first, second, … attempt; the last delay is used for all later attempts. */
  readonly restsMs: readonly number[];
  /** The result of attempt number `maxAttempts` is returned, whatever it is. */
  readonly maxAttempts?: number;
  /** So is the result of the first attempt that ends this long after the beginning (ms). */
  readonly timeoutMs?: number;
}

interface Sleeper {
  elapsed(): number;
  sleep(ms: number): Promise<void>;
}

/** The delay in ms after so many attempts. */
export function restAfter({ restsMs }: RetryOptions, attempts: number): number {
  return attempts === 0 ? 0 : restsMs[attempts - 1] ?? restsMs.at(-1) ?? 0;
}

/** Calls `attempt` until `isEnough` accepts its result, and returns the last result; attempts count from 1. */
export async function retry<T>(
  attempt: (number: number) => Promise<T> | T,
  isEnough: (value: T) => boolean,
  { clock, ...options }: RetryOptions & { readonly clock: Sleeper },
): Promise<T> {
  const { maxAttempts = Infinity, timeoutMs = Infinity } = options;
  const since = clock.elapsed();
  for (let number = 1;; number++) {
    const value = await attempt(number);
    const isLast = number >= maxAttempts ||
      clock.elapsed() - since >= timeoutMs;
    if (isLast || isEnough(value)) return value;
    await clock.sleep(restAfter(options, number));
  }
}
