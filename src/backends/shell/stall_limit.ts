/** How long one waits for what does not move. */
import type { Clock } from "../../environment/environment.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Nothing that is asked takes so long without a word (s). */
export const STALL_LIMIT_S = 120;

/** Work with files: a file system may be slow, and says nothing meanwhile (s). */
export const FILE_STALL_LIMIT_S = 900;

export interface StallLimit extends Disposable {
  /** Something moved. */
  moved(): void;
  /** The stream; each chunk of it is a move, and it ends when nothing has moved for too long. */
  watch(stream: Bytes): Bytes;
  /** Resolves then. */
  readonly isOver: Promise<null>;
}

/** Looks so often within the time: it ends at most this part of it too late. */
const LOOKS = 4;

/** Until it is disposed of. What nobody waits for, because its reader has not come to it yet, may take its time. */
export function stallLimit(seconds: number, clock: Clock): StallLimit {
  const seen = { moves: 0, isAwaited: true };
  const over = new AbortController();
  const done = new AbortController();
  const isOver = new Promise<null>((resolve) =>
    over.signal.addEventListener("abort", () => resolve(null))
  );
  const wait = async () => {
    for (let quiet = 0; quiet < LOOKS; quiet++) {
      const { moves } = seen;
      await clock.sleep(1000 * seconds / LOOKS, done.signal);
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
    moved: () => void seen.moves++,
    isOver,
    watch(stream) {
      const reader = stream.getReader();
      return new ReadableStream({
        async pull(controller) {
          seen.isAwaited = true;
          const next = await orGivenUp(reader.read());
          if (next === null) reader.cancel().catch(() => {});
          // Then its script's end is awaited.
          if (next === null || next.done) return controller.close();
          seen.moves++;
          seen.isAwaited = false;
          controller.enqueue(next.value);
        },
        cancel: (reason) => reader.cancel(reason),
      }, { highWaterMark: 0 });
    },
    [Symbol.dispose]: () => done.abort(),
  };
}
