import type { HashCache } from "../../src/pipeline/plan/mod.ts";

/** A digest cache in memory; `kept` is what it holds. */
export function memoryDigests(
  kept: Map<string, string> = new Map(),
): HashCache & { readonly kept: Map<string, string> } {
  const name = (
    path: string,
    { bytes, modified }: { bytes: number; modified: number },
  ): string => `${path}\0${bytes}\0${modified}`;
  return {
    kept,
    get: (path, stat) => kept.get(name(path, stat)),
    set: (path, stat, digest) => void kept.set(name(path, stat), digest),
  };
}
