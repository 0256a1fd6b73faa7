/** Time limits for streams that make no progress. */
import type { Clock } from "../../environment/environment.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** No remote call takes this long without output (s). */
export const STALL_LIMIT_S = 120;

/** For calls that work with files: a slow file system gives no output meanwhile (s). */
export const FILE_STALL_LIMIT_S = 900;

export interface StallLimit extends Disposable {
  /** Data was transferred. */
  progressed(): void;
  /** The stream; each chunk resets the limit, and the stream ends when the limit is reached. */
  watch(stream: Bytes): Bytes;
  /** Resolves when the limit is reached. */
  readonly isOver: Promise<null>;
}

/** Checks within the limit: it is exceeded by at most this fraction. */
const CHECKS = 4;

/** Active until it is disposed of. Time in which nobody reads the stream does not count. */
export function stallLimit(
  seconds: number,
  clock: Clock,
  onProgress: () => void = () => {},
): StallLimit {
  const seen = { moves: 0, isAwaited: true };
  const progressed = () => {
    seen.moves++;
    onProgress();
  };
  const over = new AbortController();
  const done = new AbortController();
  const isOver = new Promise<null>((resolve) =>
    over.signal.addEventListener("abort", () => resolve(null))
  );
  const wait = async () => {
    for (let quiet = 0; quiet < CHECKS; quiet++) {
      const { moves } = seen;
      await clock.sleep(1000 * seconds / CHECKS, done.signal);
      if (done.signal.aborted) return;
      if (moves !== seen.moves || !seen.isAwaited) quiet = -1;
    }
    over.abort();
  };
  if (seconds < Infinity) wait();
  // Not a race with `isOver`, which would remember each chunk of a long stream.
  const waiting = { giveUp: () => {} };
  over.signal.addEventListener("abort", () => waiting.giveUp());
  const orGivenUp = <T>(promise: Promise<T>): Promise<T | null> =>
    new Promise((resolve, reject) => {
      waiting.giveUp = () => resolve(null);
      if (over.signal.aborted) waiting.giveUp();
      promise.then(resolve, reject);
    });
  return {
    progressed,
    isOver,
    watch(stream) {
      const reader = stream.getReader();
      return new ReadableStream({
        async pull(controller) {
          seen.isAwaited = true;
          const next = await orGivenUp(reader.read());
          if (next === null) reader.cancel().catch(() => {});
          // The end of the script is awaited elsewhere.
          if (next === null || next.done) return controller.close();
          progressed();
          seen.isAwaited = false;
          controller.enqueue(next.value);
        },
        cancel: (reason) => reader.cancel(reason),
      }, { highWaterMark: 0 });
    },
    [Symbol.dispose]: () => done.abort(),
  };
}
