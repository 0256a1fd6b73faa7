/** Rests between attempts. */

/** How long to rest between attempts, and when to stop. */
export interface RetryOptions {
  /** Rest in ms after the first, second, … attempt; the last one stands for all that follow. */
  readonly restsMs: readonly number[];
  /** The last of so many attempts counts, whatever it gives. */
  readonly maxAttempts?: number;
  /** As does the first that ends this long after the beginning (ms). */
  readonly timeoutMs?: number;
}

interface Sleeper {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** The rest in ms after so many attempts. */
export function restAfter({ restsMs }: RetryOptions, attempts: number): number {
  return attempts === 0 ? 0 : restsMs[attempts - 1] ?? restsMs.at(-1) ?? 0;
}

/** Attempts something until it is good enough, and gives the last that it gave; attempts count from 1. */
export async function retry<T>(
  attempt: (number: number) => Promise<T> | T,
  isEnough: (value: T) => boolean,
  { clock, ...options }: RetryOptions & { readonly clock: Sleeper },
): Promise<T> {
  const { maxAttempts = Infinity, timeoutMs = Infinity } = options;
  const since = clock.now();
  for (let number = 1;; number++) {
    const value = await attempt(number);
    const isLast = number >= maxAttempts || clock.now() - since >= timeoutMs;
    if (isLast || isEnough(value)) return value;
    await clock.sleep(restAfter(options, number));
  }
}
