/** Saves content hashes between commands, so that large inputs are read only once. */
import type { HashCache } from "./mod.ts";
import type { FileStat } from "../../environment/environment.ts";

export interface SavedHashCache extends HashCache {
  /** The hashes that this session used, to be saved; null where none is new. */
  text(): string | null;
}

/** A file that was modified less than this before it was read may change again within the same timestamp (ms). */
const MIN_AGE_MS = 2_000;

/** @param saved the text of an earlier session; @param now ms since 1970 */
export function openHashCache(saved: string, now: number): SavedHashCache {
  const known = parseSaved(saved);
  const used = new Map<string, string>();
  const changes = { any: false };
  return {
    get(path, stat) {
      const name = nameOf(path, stat);
      const hash = known.get(name);
      if (hash !== undefined) used.set(name, hash);
      return hash;
    },
    set(path, stat, hash) {
      const name = nameOf(path, stat);
      known.set(name, hash);
      if (now - stat.modified < MIN_AGE_MS) return;
      used.set(name, hash);
      changes.any = true;
    },
    text: () => changes.any ? JSON.stringify([...used]) : null,
  };
}

function nameOf(path: string, { bytes, modified }: FileStat): string {
  return `${bytes} ${modified} ${path}`;
}

/** A damaged file counts as empty. */
function parseSaved(text: string): Map<string, string> {
  try {
    return new Map(JSON.parse(text) as [string, string][]);
  } catch {
    return new Map();
  }
}
