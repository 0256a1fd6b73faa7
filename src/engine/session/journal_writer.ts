/** Writes a session's journal, also where its directory is away for a moment. */
import type { Clock } from "../../environment/environment.ts";
import { type Failure, ok, type Result } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";

/** How long lines are kept that cannot be written, and how often that is tried again (ms). */
const AWAY = { timeoutMs: 180_000, restsMs: [1_000] };

export interface JournalWriter {
  /** Lines that cannot be written now are kept: the remote host has what a resumed run needs, should this process die meanwhile. Fails after some minutes. */
  write(lines: string): Result<void>;
  /** Waits until all lines are written, or cannot be; not after `signal`. */
  flush(signal: AbortSignal): Promise<Result<void>>;
}

/** `onAway`: lines are kept from now on. `isNew`: the journal has no line yet. */
export function journalWriter(
  append: (lines: string) => Result<void>,
  clock: Clock,
  onAway: (failure: Failure) => void,
  isNew: boolean,
): JournalWriter {
  const kept = { lines: "", since: 0, isRetrying: false, hasWritten: !isNew };
  const attempt = (): Result<void> => {
    if (kept.lines === "") return ok(undefined);
    const written = append(kept.lines);
    if (written.ok) {
      Object.assign(kept, { lines: "", hasWritten: true });
      return written;
    }
    // A part of a line may have been written.
    if (kept.hasWritten) kept.lines = `\n${kept.lines.replace(/^\n/, "")}`;
    return written;
  };
  const isOver = () => clock.elapsed() - kept.since >= AWAY.timeoutMs;
  const untilWritten = (signal?: AbortSignal) =>
    retry(
      attempt,
      (result) =>
        result.ok || !result.error.isRetryable || isOver() ||
        signal?.aborted === true,
      {
        restsMs: AWAY.restsMs,
        clock: {
          elapsed: () => clock.elapsed(),
          sleep: (ms) => clock.sleep(ms, signal),
        },
      },
    );
  return {
    write(lines) {
      const wasKept = kept.lines !== "";
      kept.lines += lines;
      const written = attempt();
      if (written.ok || !written.error.isRetryable) return written;
      if (!wasKept) {
        kept.since = clock.elapsed();
        onAway(written.error);
      }
      if (!kept.isRetrying) {
        kept.isRetrying = true;
        untilWritten().finally(() => kept.isRetrying = false);
      }
      return isOver() ? written : ok(undefined);
    },
    async flush(signal) {
      const written = await untilWritten(signal);
      // Nothing is tried after the end.
      kept.lines = "";
      return written;
    },
  };
}
