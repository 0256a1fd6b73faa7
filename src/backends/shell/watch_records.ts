/** Watches a local directory for changes. */

export interface Watcher {
  /**
   * Resolves at the next change in the directory, which is the same at each call, or at once where there was one after the
   * last call; where the directory cannot be watched, only with the signal.
   */
  changed(directory: string, signal: AbortSignal): Promise<void>;
  close(): void;
}

interface Watch {
  watcher: Deno.FsWatcher | null;
  /** Changes that were not waited for count as one. */
  moved: boolean;
  wake: () => void;
}

/** Hidden names do not count: they are our own temporary files. */
export function watchDirectory(): Watcher {
  const watch: Watch = { watcher: null, moved: false, wake: () => {} };
  return {
    async changed(directory, signal) {
      watch.watcher ??= start(watch, directory);
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = () => resolve();
      watch.wake = end;
      if (watch.moved || signal.aborted) end();
      signal.addEventListener("abort", end);
      await promise;
      // A run has many changes and one signal.
      signal.removeEventListener("abort", end);
      watch.moved = false;
    },
    close() {
      watch.watcher?.close();
    },
  };
}

/** Null: the directory does not exist yet, or no watch is available; polls follow the clock. */
function start(watch: Watch, directory: string): Deno.FsWatcher | null {
  try {
    const watcher = Deno.watchFs(directory, { recursive: false });
    listen(watch, watcher);
    return watcher;
  } catch {
    return null;
  }
}

async function listen(watch: Watch, watcher: Deno.FsWatcher): Promise<void> {
  for await (const { kind, paths } of watcher) {
    if (kind === "access" || !paths.some(isVisible)) continue;
    watch.moved = true;
    watch.wake();
  }
}

function isVisible(path: string): boolean {
  return !path.slice(path.lastIndexOf("/") + 1).startsWith(".");
}
