/** How much a remote host may send: what nobody wants is no reason to fill a disk. */
import type { Machine } from "../../model/config.ts";

/** What all that a session collects may come to, and has come to. */
export interface DownloadBudget {
  readonly mostBytes: number;
  readonly mostFiles: number;
  /** What is unpacked may be so many times what came. */
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

/** Throws where that is more than may come; `isOverLimit` knows the error. */
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
      `more than ${budget.mostBytes} bytes came`,
      "machine.max_download_size",
    );
  }
  if (budget.files > budget.mostFiles) {
    throw overLimit(
      `more than ${budget.mostFiles} files came`,
      "machine.max_download_files",
    );
  }
}

/** `field`: what the user may raise. */
export function overLimit(saw: string, field: string): Error {
  return new Error(saw, { cause: { limit: field } });
}

/** The field that sets the limit; null: the error is another. */
export function limitOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : null;
  return typeof cause === "object" && cause !== null && "limit" in cause
    ? String(cause.limit)
    : null;
}
