/** Remembers content digests from one command to the next, so that large inputs are read once. */
import type { HashCache } from "./mod.ts";
import type { FileStat } from "../../environment/environment.ts";

export interface SavedHashCache extends HashCache {
  /** What was asked for in this session, to be kept; null where nothing is new. */
  text(): string | null;
}

/** A file changed this shortly before it was read may change again with the same time (ms). */
const MIN_AGE_MS = 2_000;

/** @param kept the text of an earlier session; @param now ms since 1970 */
export function openHashCache(kept: string, now: number): SavedHashCache {
  const known = parseSaved(kept);
  const used = new Map<string, string>();
  const news = { any: false };
  return {
    get(path, stat) {
      const name = nameOf(path, stat);
      const digest = known.get(name);
      if (digest !== undefined) used.set(name, digest);
      return digest;
    },
    set(path, stat, digest) {
      const name = nameOf(path, stat);
      known.set(name, digest);
      if (now - stat.modified < MIN_AGE_MS) return;
      used.set(name, digest);
      news.any = true;
    },
    text: () => news.any ? JSON.stringify([...used]) : null,
  };
}

function nameOf(path: string, { bytes, modified }: FileStat): string {
  return `${bytes} ${modified} ${path}`;
}

/** A damaged memory is no memory. */
function parseSaved(text: string): Map<string, string> {
  try {
    return new Map(JSON.parse(text) as [string, string][]);
  } catch {
    return new Map();
  }
}
