/** Is told by the kernel when a local folder changes. */

export interface Watcher {
  /** Resolves at the next change; never where the folder cannot be watched. */
  changed(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Hidden names do not count: they are our own scratch files. */
export function watchFolder(folder: () => string): Watcher {
  const state: { watcher: Deno.FsWatcher | null } = { watcher: null };
  return {
    async changed(signal) {
      try {
        state.watcher ??= Deno.watchFs(folder(), { recursive: false });
        for await (const { kind, paths } of iterate(state.watcher)) {
          if (signal.aborted) break;
          if (kind !== "access" && paths.some(isVisible)) return;
        }
      } catch {
        // No such folder yet, or no more watches to be had: the rounds go on by the clock.
      }
      await new Promise<void>((resolve) =>
        signal.addEventListener("abort", () => resolve())
      );
    },
    close() {
      state.watcher?.close();
    },
  };
}

/** Leaves the watcher open when the loop over it ends. */
function iterate(watcher: Deno.FsWatcher): AsyncIterable<Deno.FsEvent> {
  const events = watcher[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => events.next() }) };
}

function isVisible(path: string): boolean {
  return !path.slice(path.lastIndexOf("/") + 1).startsWith(".");
}
