import type { HashCache } from "../../src/pipeline/plan/mod.ts";

/** A digest cache in memory; `kept` is what it holds. */
export function memoryHashes(
  saved: Map<string, string> = new Map(),
): HashCache & { readonly saved: Map<string, string> } {
  const name = (
    path: string,
    { bytes, modified }: { bytes: number; modified: number },
  ): string => `${path}\0${bytes}\0${modified}`;
  return {
    saved,
    get: (path, stat) => saved.get(name(path, stat)),
    set: (path, stat, digest) => void saved.set(name(path, stat), digest),
  };
}
