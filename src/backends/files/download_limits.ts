/** Limits of what a remote host may send, so that it cannot fill the disk. */
import type { Machine } from "../../model/config.ts";

/** The limits of all downloads of a session, and the amounts so far. */
export interface DownloadBudget {
  readonly mostBytes: number;
  readonly mostFiles: number;
  /** How many times larger than the compressed data the unpacked data may be. */
  readonly mostExpansion: number;
  bytes: number;
  files: number;
}

export function budgetOf(
  { maxDownload, maxDownloadFiles, maxExpansion }: Pick<
    Machine,
    "maxDownload" | "maxDownloadFiles" | "maxExpansion"
  >,
): DownloadBudget {
  return {
    mostBytes: maxDownload * 2 ** 20,
    mostFiles: maxDownloadFiles,
    mostExpansion: maxExpansion,
    bytes: 0,
    files: 0,
  };
}

/** Throws where a limit is exceeded; `limitOf` recognises the error. */
export function spend(
  budget: DownloadBudget,
  { bytes = 0, files = 0 }: {
    readonly bytes?: number;
    readonly files?: number;
  },
): void {
  budget.bytes += bytes;
  budget.files += files;
  if (budget.bytes > budget.mostBytes) {
    throw overLimit(
      `more than ${budget.mostBytes} bytes were received`,
      "machine.max_download_size",
    );
  }
  if (budget.files > budget.mostFiles) {
    throw overLimit(
      `more than ${budget.mostFiles} files were received`,
      "machine.max_download_files",
    );
  }
}

/** `field`: the limit that the user may raise. */
export function overLimit(message: string, field: string): Error {
  return new Error(message, { cause: { limit: field } });
}

/** The field that sets the limit; null: another error. */
export function limitOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : null;
  return typeof cause === "object" && cause !== null && "limit" in cause
    ? String(cause.limit)
    : null;
}
